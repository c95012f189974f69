import { describe, expect, test } from "vitest";

import { md5Text } from "../../../../src/wire/md5/md5-text.js";
import { md5 } from "../../../support/proto-bytes.js";

function hashed(text: string): string {
  const words = new Uint32Array(4);
  md5Text(text, words);
  return [...words].map((word) => word.toString(16).padStart(8, "0")).join("");
}

function expected(text: string): string {
  return md5(Buffer.from(text, "utf8")).toString("hex");
}

describe("md5Text", () => {
  test("gives the words with the most significant first", () => {
    expect(hashed("abcd")).toBe("e2fc714c4727ee9395f324cd2e7f331f");
  });

  test.each([
    ["ASCII", "0123456789abcdefghijklmnopqrstuvwxyz"],
    ["two bytes a character", "éüñîß"],
    ["three bytes a character", "東京大阪語"],
    ["surrogate pairs", "𝒳😀"],
    ["lone surrogates", "\ud800x\udfff"],
    ["NUL and DEL", "\0\x7f"],
    ["the first character beyond ASCII", "\x7f\x80"],
  ])("agrees with node:crypto at every length from 0 to 300: %s", (_, alphabet) => {
    for (let length = 0; length <= 300; length++) {
      const text = alphabet.repeat(Math.ceil(length / alphabet.length)).slice(0, length);

      expect(hashed(text)).toBe(expected(text));
    }
  });

  test("one character beyond ASCII at any place of a short text is seen", () => {
    for (let at = 0; at < 55; at++) {
      const text = `${"x".repeat(at)}ÿ${"x".repeat(54 - at)}`;

      expect(hashed(text)).toBe(expected(text));
    }
  });

  test("a long text leaves nothing behind for a short one", () => {
    hashed("東".repeat(256));

    expect(hashed("a")).toBe(expected("a"));
    expect(hashed("")).toBe(expected(""));
  });
});
