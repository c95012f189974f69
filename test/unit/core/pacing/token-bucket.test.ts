import { describe, expect, test } from "vitest";

import { TokenBucket } from "../../../../src/core/pacing/token-bucket.js";

describe("a bucket of 10 tokens that gains 2 a second", () => {
  const newBucket = (): TokenBucket => new TokenBucket(10, 2, 1000);

  test("starts full", () => {
    expect(newBucket().available(1000)).toBe(10);
  });

  test.each([
    [9, true],
    [10, true],
    [11, true],
    [1e9, true],
  ])("when full covers a cost of %d: %j", (cost, covered) => {
    expect(newBucket().covers(cost, 1000)).toBe(covered);
  });

  test.each([
    [4, true],
    [5, true],
    [6, false],
    [11, false],
  ])("with 5 tokens covers a cost of %d: %j", (cost, covered) => {
    const bucket = newBucket();
    bucket.take(5, 1000);

    expect(bucket.covers(cost, 1000)).toBe(covered);
  });

  test("gains with time, and never more than its capacity", () => {
    const bucket = newBucket();
    bucket.take(10, 1000);

    const gained = [1000, 1500, 2000, 5500, 6000, 60_000].map((now) => bucket.available(now));

    expect(gained).toEqual([0, 1, 2, 9, 10, 10]);
  });

  test("loses nothing when time steps back", () => {
    const bucket = newBucket();
    bucket.take(4, 1000);

    expect(bucket.available(500)).toBe(6);
    expect(bucket.available(1500)).toBe(7);
  });

  test("a cost above the capacity leaves a debt, which is paid before anything else goes", () => {
    const bucket = newBucket();

    bucket.take(14, 1000);

    expect(bucket.available(1000)).toBe(-4);
    expect(bucket.covers(1, 3000)).toBe(false);
    expect(bucket.covers(1, 3500)).toBe(true);
  });

  test("a debt can be forgiven; tokens that are there stay", () => {
    const [indebted, half] = [newBucket(), newBucket()];
    indebted.take(14, 1000);
    half.take(5, 1000);

    indebted.forgive(1500);
    half.forgive(1500);

    expect(indebted.available(1500)).toBe(0);
    expect(half.available(1500)).toBe(6);
  });

  test("gives up what it has saved above what is to be kept; a debt stays", () => {
    const [full, indebted] = [newBucket(), newBucket()];
    indebted.take(14, 1000);

    full.drain(3, 1000);
    indebted.drain(3, 1000);

    expect(full.available(1000)).toBe(3);
    expect(full.available(1500)).toBe(4);
    expect(indebted.available(1000)).toBe(-4);
  });

  test("a new rate counts from the moment it is set", () => {
    const bucket = newBucket();
    bucket.take(10, 1000);

    bucket.setRate(4, 2000);

    expect(bucket.perSecond).toBe(4);
    expect(bucket.available(3000)).toBe(6);
  });
});

describe("coversAt", () => {
  test("is now when the cost is covered already", () => {
    expect(new TokenBucket(10, 2, 0).coversAt(10, 500)).toBe(500);
    expect(new TokenBucket(10, 2, 0).coversAt(11, 500)).toBe(500);
  });

  test("is the moment at which the tokens are there", () => {
    const bucket = new TokenBucket(10, 2, 0);
    bucket.take(10, 0);

    expect(bucket.coversAt(4, 0)).toBeCloseTo(2000, 2);
    expect(bucket.coversAt(1000, 0)).toBeCloseTo(5000, 2);
  });

  test("at that moment the cost is covered, however the numbers round: nobody waits again for a time too short to pass", () => {
    const missed: number[] = [];
    for (let i = 1; i < 20_000; i++) {
      const now = i * 977.7 + 1 / i;
      const bucket = new TokenBucket(1000, [1000, 333.3, 10][i % 3] as number, now);
      bucket.take(1000 + i / 7, now);

      if (!bucket.covers(i % 1000, bucket.coversAt(i % 1000, now))) missed.push(i);
    }

    expect(missed).toEqual([]);
  });
});
