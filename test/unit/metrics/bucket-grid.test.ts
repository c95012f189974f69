import { expect, test } from "vitest";

import { FINE_MILLISECONDS, MILLISECONDS, WHOLE_NUMBERS } from "../../../src/metrics/bucket-grid.js";

const GRIDS = [
  ["milliseconds", MILLISECONDS],
  ["whole numbers", WHOLE_NUMBERS],
  ["fine milliseconds", FINE_MILLISECONDS],
] as const;

test.each(GRIDS)("every bucket of %s ends at its bound, and the next one begins above it", (_, grid) => {
  for (let bucket = 0; bucket < grid.buckets; bucket++) {
    const upTo = grid.upTo(bucket);

    expect(grid.bucketOf(upTo)).toBe(bucket);
    expect(grid.bucketOf(upTo + 1 / 1_000)).toBe(Math.min(bucket + 1, grid.buckets - 1));
  }
});

test.each(GRIDS)("the middle of a bucket of %s is in the bucket", (_, grid) => {
  for (let bucket = 0; bucket < grid.buckets; bucket++) expect(grid.bucketOf(grid.middleOf(bucket))).toBe(bucket);
});

test("milliseconds and whole numbers have as many buckets as CloudWatch takes values, and no more", () => {
  expect([MILLISECONDS.buckets, WHOLE_NUMBERS.buckets]).toEqual([150, 150]);
});

test("small whole numbers are exact", () => {
  const middles = Array.from({ length: 17 }, (_, value) => WHOLE_NUMBERS.middleOf(WHOLE_NUMBERS.bucketOf(value)));

  expect(middles).toEqual(Array.from({ length: 17 }, (_, value) => value));
});

test("values above all bounds are in the last bucket", () => {
  expect(MILLISECONDS.bucketOf(1e15)).toBe(149);
});
