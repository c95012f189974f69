import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { bytesOfBase64 } from "../../../../src/wire/base64/base64-text.js";

describe("the bytes of a text in base64", () => {
  it("are those that were written, padded or not", () => {
    for (let length = 0; length < 70; length++) {
      const bytes = randomBytes(length);
      const text = bytes.toString("base64");

      expect(bytesOfBase64(text)).toEqual(new Uint8Array(bytes));
      expect(bytesOfBase64(text.replace(/=+$/, ""))).toEqual(new Uint8Array(bytes));
    }
  });

  it.each([
    "!",
    "a",
    "abcde",
    "not base64!",
    "eA==eA==",
    "eA= ",
    "e\nA==",
    "=",
    "ä",
    '{"a":1}',
    "====",
    "AA=A",
    "\u0141AAA",
    "\u0141\u0141==",
  ])("are none for %j", (text) => {
    expect(bytesOfBase64(text)).toBeUndefined();
  });
});
