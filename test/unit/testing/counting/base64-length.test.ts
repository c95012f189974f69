import { describe, expect, it } from "vitest";
import { base64Length } from "../../../../src/testing/counting/base64-length.js";

const lengthOf = (text: string): number | undefined => {
  // Between other bytes, which do not count.
  const body = Buffer.from(`"${text}"`, "latin1");
  return base64Length(body, 1, body.length - 1);
};

/**
 * Lengths on both sides of the part that is checked character by character, of a block of 16, and of a piece of 64 KiB.
 */
const LENGTHS = [0, 1, 2, 3, 92, 93, 94, 95, 96, 97, 98, 108, 109, 49_152, 49_153, 98_304, 98_311];

describe("base64Length", () => {
  it.each(LENGTHS)("tells the length of %i bytes", (length) => {
    const bytes = Buffer.from(Array.from({ length }, (_, index) => (index * 151) % 256));

    expect(lengthOf(bytes.toString("base64"))).toBe(length);
  });

  it.each([4, 124, 128, 160, 65_536, 65_552])(
    "knows each character that is none of base64, in %i of them",
    (length) => {
      const places = [0, 1, 15, 16, 17, length - 17, length - 16, length - 1].filter((at) => at >= 0 && at < length);
      for (const at of places) {
        for (let code = 0; code < 256; code++) {
          const character = String.fromCharCode(code);
          const text = `${"A".repeat(at)}${character}${"A".repeat(length - at - 1)}`;
          const isPadding = character === "=" && at === length - 1;
          const isRight = isPadding || /[A-Za-z0-9+/]/.test(character);

          expect(lengthOf(text), `${code} at ${at}`).toBe(isRight ? (length / 4) * 3 - (isPadding ? 1 : 0) : undefined);
        }
      }
    },
  );

  it.each(["A", "AB", "ABC", "ABCDE", "=", "==", "====", "A===", "AB=C", "=ABC", "ABC=ABC=", "AB= "])(
    "refuses %s",
    (text) => {
      expect(lengthOf(text)).toBeUndefined();
    },
  );

  it("does not look behind the end, nor before the start", () => {
    const body = Buffer.from(`${"é".repeat(20)}${"A".repeat(200)}${"é".repeat(20)}`);

    expect(base64Length(body, 40, 240)).toBe(150);
    expect(base64Length(body, 40, 244)).toBeUndefined();
    expect(base64Length(body, 36, 240)).toBeUndefined();
  });
});
