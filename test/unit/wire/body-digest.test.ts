import { describe, expect, test } from "vitest";

import { digestMatches, writeDigest } from "../../../src/wire/body-digest.js";
import { md5 } from "../../support/proto-bytes.js";

describe("writeDigest", () => {
  test.each([0, 1, 63, 64, 1000, 51_200])(
    "writes the MD5 of the %d bytes between start and end, and nothing else",
    (length) => {
      const bytes = Buffer.alloc(4 + length + 16 + 1, 0xa5);

      writeDigest(bytes, 4, 4 + length);

      expect(bytes.subarray(4 + length, 4 + length + 16)).toEqual(md5(Buffer.alloc(length, 0xa5)));
      expect(bytes[4 + length + 16]).toBe(0xa5);
      expect(bytes[3]).toBe(0xa5);
    },
  );
});

describe("digestMatches", () => {
  test("holds for the MD5 of the bytes, in a Buffer and in a plain Uint8Array", () => {
    const bytes = Buffer.concat([Buffer.from("head"), Buffer.from("body"), md5(Buffer.from("body"))]);

    expect(digestMatches(bytes, 4, 8)).toBe(true);
    expect(digestMatches(new Uint8Array(bytes), 4, 8)).toBe(true);
  });

  test("does not hold when any bit of body or digest is turned", () => {
    const good = Buffer.concat([Buffer.from("body"), md5(Buffer.from("body"))]);

    for (let bit = 0; bit < good.length * 8; bit++) {
      const bad = Buffer.from(good);
      bad[bit >> 3] = (bad[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(digestMatches(bad, 0, 4)).toBe(false);
    }
  });

  test("does not hold, and does not throw, when the digest is cut short", () => {
    const bytes = Buffer.concat([Buffer.from("body"), md5(Buffer.from("body")).subarray(0, 15)]);

    expect(digestMatches(bytes, 0, 4)).toBe(false);
  });
});
