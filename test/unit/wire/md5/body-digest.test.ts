import { describe, expect, test } from "vitest";

import { checkDigests, digestMatches, writeDigest, writeDigests } from "../../../../src/wire/md5/body-digest.js";
import { md5 } from "../../../support/proto-bytes.js";

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

/** The parts of an aggregate that matter for digests: four bytes, a body, sixteen bytes. */
function aggregateOf(bodyBytes: number, seed: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: 4 + bodyBytes + 16 }, (_, i) => (i * 7 + seed * 31) & 0xff));
}

/** Different counts and lengths, because they decide which aggregates are hashed together. */
const LENGTHS: readonly (readonly [name: string, lengths: readonly number[]])[] = [
  ["none", []],
  ["one", [1_000]],
  ["two", [1_000, 1_001]],
  ["three of different lengths", [0, 5_000, 51_180]],
  ["eight", [51_180, 51_100, 51_179, 51_000, 51_180, 50_999, 51_064, 51_063]],
  ["nine, one of them long", [100, 200, 300, 400, 500, 600, 700, 800, 90_000]],
  ["twenty-one", Array.from({ length: 21 }, (_, i) => 1 + i * 64)],
];

describe("writeDigests", () => {
  test.each(LENGTHS)("writes the digest of each aggregate and nothing else: %s", (_, lengths) => {
    const aggregates = lengths.map(aggregateOf);
    const before = aggregates.map((aggregate) => Buffer.from(aggregate.subarray(0, -16)));

    writeDigests(aggregates);

    for (const [i, aggregate] of aggregates.entries()) {
      const body = (before[i] as Buffer).subarray(4);
      expect(aggregate.equals(Buffer.concat([before[i] as Buffer, md5(body)]))).toBe(true);
    }
  });
});

describe("checkDigests", () => {
  test.each(LENGTHS)("tells of each aggregate once whether its digest is right: %s", (_, lengths) => {
    const aggregates = lengths.map(aggregateOf);
    writeDigests(aggregates);
    const bad = aggregates.filter((_aggregate, i) => i % 3 === 1);
    for (const [i, aggregate] of bad.entries()) {
      const at = aggregate.length - 16 + (i % 16);
      aggregate[at] = (aggregate[at] as number) ^ 0x80;
    }

    const told = new Map<Buffer, boolean>();
    let count = 0;
    checkDigests(aggregates, (aggregate, isRight) => {
      told.set(aggregate, isRight);
      count++;
    });

    expect(count).toBe(aggregates.length);
    for (const aggregate of aggregates) expect(told.get(aggregate)).toBe(!bad.includes(aggregate));
  });
});
