import { describe, expect, it } from "vitest";
import { Segment } from "../../../../src/core/spool/segment.js";
import { SEGMENT_HEADER_BYTES } from "../../../../src/core/spool/segment-header.js";

const HEADER = { nonce: 1, idPrefix: "AAAAAAAAAAAA" };

describe("Segment", () => {
  it("grows until it is sealed", () => {
    const segment = new Segment(1, HEADER, 0);

    segment.grow(2, 100, 1_000);

    expect([segment.records, segment.bytes, segment.isDelivered]).toEqual([2, SEGMENT_HEADER_BYTES + 100, false]);
    segment.isSealed = true;
    expect(() => segment.grow(1, 50, 1_001)).toThrow("a sealed segment does not grow");
  });

  it("is delivered when every record is", () => {
    const segment = new Segment(1, HEADER, 0);
    segment.grow(2, 100, 1_000);

    segment.delivered.add(1);
    expect(segment.isDelivered).toBe(false);

    segment.delivered.add(0);
    expect(segment.isDelivered).toBe(true);
  });
});
