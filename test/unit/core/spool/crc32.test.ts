import { crc32 as crcOfZlib } from "node:zlib";
import { describe, expect, it } from "vitest";
import { crc32 } from "../../../../src/core/spool/crc32.js";

const bytes = Buffer.from(Array.from({ length: 100 }, (_, i) => (i * 37) % 256));

describe("crc32", () => {
  it.each([0, 1, 7, 8, 9, 15, 16, 17, 99, 100])("of %i bytes is that of zlib", (length) => {
    expect(crc32(bytes, 0, length)).toBe(crcOfZlib(bytes.subarray(0, length)));
  });

  it.each([1, 0xffff_ffff, 12_345])("goes on from %i as zlib does", (seed) => {
    expect(crc32(bytes, 3, 90, seed)).toBe(crcOfZlib(bytes.subarray(3, 90), seed));
  });
});
