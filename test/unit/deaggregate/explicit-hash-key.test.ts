import { describe, expect, test } from "vitest";

import { readExplicitHashKey } from "../../../src/deaggregate/explicit-hash-key.js";
import { MAX_HASH_KEY } from "../../../src/quotas.js";

describe("readExplicitHashKey, like Java's BigInteger", () => {
  test.each<[string, bigint]>([
    ["0", 0n],
    ["-0", 0n],
    ["+0", 0n],
    ["-000", 0n],
    ["007", 7n],
    ["+5", 5n],
    [String(MAX_HASH_KEY), MAX_HASH_KEY],
    [`+${"0".repeat(100)}${MAX_HASH_KEY}`, MAX_HASH_KEY],
    ["٣٤", 34n],
    ["1٢３", 123n],
  ])("%j is %d", (text, value) => {
    expect(readExplicitHashKey(text)).toBe(value);
  });

  test.each(["-1", "-5", String(MAX_HASH_KEY + 1n), "9".repeat(39), "1".repeat(40), `1${"0".repeat(100)}`])(
    "%j is a number out of range",
    (text) => {
      expect(readExplicitHashKey(text)).toBe("out-of-range");
    },
  );

  test.each([
    "",
    "+",
    "-",
    "+-1",
    "--1",
    "1-",
    "1+",
    "-1-1",
    " 1",
    "1 ",
    "1.0",
    "1e3",
    "0x10",
    "abc",
    "5a",
    "\uFEFF5",
    "\uFFFD",
    "𝟓",
    "²",
    "Ⅷ",
    "五",
  ])("%j is no number", (text) => {
    expect(readExplicitHashKey(text)).toBe("unreadable");
  });

  test("reads the decimal digits of every script in the Basic Multilingual Plane, and nothing else as one", () => {
    const wrong: string[] = [];
    let zero = 0;
    for (let code = 0; code <= 0xffff; code++) {
      const character = String.fromCharCode(code);
      const isDigit = /^\p{Nd}$/u.test(character);
      // Unicode gives each script's ten digits in one run, from 0 to 9.
      if (isDigit && !/^\p{Nd}$/u.test(String.fromCharCode(code - 1))) zero = code;
      const expected = isDigit ? BigInt(code - zero) : "unreadable";
      if (readExplicitHashKey(character) !== expected) wrong.push(code.toString(16));
    }

    expect(wrong).toEqual([]);
  });

  test("a million digits take linear time", () => {
    expect(readExplicitHashKey("9".repeat(1_000_000))).toBe("out-of-range");
    expect(readExplicitHashKey(`${"9".repeat(1_000_000)}x`)).toBe("unreadable");
  });
});
