import { describe, expect, it } from "vitest";
import { crc32 } from "../../../../src/core/spool/crc32.js";
import {
  encodeSegmentHeader,
  NO_HEADER,
  newSegmentHeader,
  readSegmentHeader,
  recordIdOf,
  SEGMENT_HEADER_BYTES,
} from "../../../../src/core/spool/segment-header.js";

const HEADER = newSegmentHeader(Buffer.from(Array.from({ length: 13 }, (_, i) => i + 200)));

describe("a segment header", () => {
  it("is read as it was written", () => {
    const bytes = encodeSegmentHeader(HEADER);

    expect(bytes.length).toBe(SEGMENT_HEADER_BYTES);
    expect(HEADER.idPrefix).toHaveLength(12);
    expect(readSegmentHeader(bytes)).toEqual(HEADER);
  });

  it("of another version is that version's number, whatever follows", () => {
    const bytes = encodeSegmentHeader(HEADER);
    bytes.writeUInt16LE(2, 8);
    expect(readSegmentHeader(bytes)).toBe(2);

    bytes.writeUInt32LE(crc32(bytes, 0, 28), 28);
    expect(readSegmentHeader(bytes)).toBe(2);
  });

  it("is none when a byte is missing or changed", () => {
    const bytes = encodeSegmentHeader(HEADER);

    expect(readSegmentHeader(bytes.subarray(0, -1))).toBe(NO_HEADER);
    expect(readSegmentHeader(Buffer.alloc(SEGMENT_HEADER_BYTES))).toBe(NO_HEADER);
    for (const at of [0, 7, 12, 16, 24, 28, 31]) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ 1;
      expect(readSegmentHeader(changed)).toBe(NO_HEADER);
    }
  });
});

describe("recordIdOf", () => {
  it("is the prefix and the index in base64url digits", () => {
    expect([0, 1, 63, 64, 4_095, 4_096, 2 ** 32 - 1].map((index) => recordIdOf("p-", index))).toEqual([
      "p-A",
      "p-B",
      "p-_",
      "p-BA",
      "p-__",
      "p-BAA",
      "p-D_____",
    ]);
  });
});
