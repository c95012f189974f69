import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { Stretches } from "../../../../src/core/spool/stretches.js";

const START = 32;
const PART = Buffer.alloc(50_000, "one part of a stretch ");

describe("Stretches", () => {
  it("finishes a stretch of 128 KiB or more, and knows its bytes", () => {
    const stretches = new Stretches(START);
    stretches.add(PART, START, crc32);
    stretches.add(PART, START + PART.length, crc32);
    expect(stretches.bytesAt(START)).toBe(0);
    stretches.add(PART, START + 2 * PART.length, crc32);

    const whole = Buffer.concat([PART, PART, PART]);
    expect(stretches.bytesAt(START)).toBe(whole.length);
    expect(stretches.isWhole(whole, START, crc32)).toBe(true);
    for (const at of [0, 77_777, whole.length - 1]) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] as number) ^ 1;
      expect(stretches.isWhole(changed, START, crc32)).toBe(false);
    }
    expect(stretches.isWhole(whole.subarray(1), START, crc32)).toBe(false);
    expect(stretches.isWhole(whole, START + 1, crc32)).toBe(false);
  });

  it("begins another stretch behind a gap", () => {
    const stretches = new Stretches(START);
    stretches.add(PART, START, crc32);
    const behind = START + PART.length + 10;
    for (let i = 0; i < 3; i++) stretches.add(PART, behind + i * PART.length, crc32);

    expect([stretches.bytesAt(START), stretches.bytesAt(behind)]).toEqual([0, 3 * PART.length]);
  });

  it("finds each of many", () => {
    const stretches = new Stretches(START);
    const large = Buffer.alloc(128 * 1024, 1);
    for (let i = 0; i < 50; i++) stretches.add(large, START + i * large.length, crc32);

    for (let i = 0; i < 50; i++) expect(stretches.bytesAt(START + i * large.length)).toBe(large.length);
    expect(stretches.bytesAt(START + 50 * large.length)).toBe(0);
  });
});
