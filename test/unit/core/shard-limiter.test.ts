import { describe, expect, test } from "vitest";

import { ShardLimiter, type ShardLimits } from "../../../src/core/shard-limiter.js";

const MIB = 1024 * 1024;
const LIMITS: ShardLimits = { recordsPerSecond: 1000, bytesPerSecond: MIB, adaptive: true };

/** Takes as many records of this size as go at one moment. */
function takeAll(limiter: ShardLimiter, bytes: number, now: number): number {
  let taken = 0;
  while (taken < 1_000_000 && limiter.tryTake(bytes, now)) taken++;
  return taken;
}

/** The moments at which one record after the other goes, each as early as the limiter says. */
function goTimes(
  limiter: ShardLimiter,
  count: number,
  bytes: number,
  from: number,
  onGone = (_: number) => {},
): number[] {
  const times: number[] = [];
  let now = from;
  while (times.length < count) {
    if (limiter.tryTake(bytes, now)) {
      times.push(now);
      onGone(now);
    } else now = limiter.retryAt(bytes, 1, bytes, now);
  }
  return times;
}

describe("at the ceilings", () => {
  test("a second's worth of records goes at once, and not one more", () => {
    expect(takeAll(new ShardLimiter(LIMITS, 0), 1, 0)).toBe(1000);
  });

  test("a second's worth of bytes goes at once, and not one record more", () => {
    expect(takeAll(new ShardLimiter(LIMITS, 0), 50 * 1024, 0)).toBe(20);
  });

  test("after that, what goes in a second is a second's worth", () => {
    const limiter = new ShardLimiter(LIMITS, 0);
    takeAll(limiter, 1, 0);

    expect(takeAll(limiter, 1, 500)).toBe(500);
    expect(takeAll(limiter, 1, 1500)).toBe(1000);
  });

  test.each([MIB - 1, MIB, MIB + 1, 10 * MIB])("a record of %d bytes goes when the bucket is full", (bytes) => {
    const limiter = new ShardLimiter(LIMITS, 0);

    expect(limiter.tryTake(bytes, 0)).toBe(true);
    expect(limiter.tryTake(bytes, 0)).toBe(false);
  });

  test("a record above the bucket's capacity is paid for before the next one goes", () => {
    const times = goTimes(new ShardLimiter(LIMITS, 0), 4, 3 * MIB, 0);

    expect(times.map((at) => Math.round(at))).toEqual([0, 3000, 6000, 9000]);
  });

  test("a rate below one record a second is kept: the bucket still holds one record", () => {
    const times = goTimes(new ShardLimiter({ ...LIMITS, recordsPerSecond: 0.1 }, 0), 3, 1, 0);

    expect(times.map((at) => Math.round(at))).toEqual([0, 10_000, 20_000]);
  });
});

describe("when to ask again", () => {
  /** A limiter that has just given all it had, to records of one byte. */
  function emptied(limits = LIMITS): ShardLimiter {
    const limiter = new ShardLimiter(limits, 0);
    takeAll(limiter, 1, 0);
    return limiter;
  }

  test("with one record waiting: when there is a token for it", () => {
    expect(emptied().retryAt(1, 1, 1, 0)).toBeCloseTo(1, 2);
  });

  test("with few records waiting: when there are tokens for all of them", () => {
    expect(emptied().retryAt(1, 5, 5, 0)).toBeCloseTo(5, 2);
  });

  test("with many records waiting: when there are tokens for 20 ms of the rate, so that requests do not carry one each", () => {
    const limiter = emptied();

    const at = limiter.retryAt(1, 100_000, 100_000, 0);

    expect(at).toBeCloseTo(20, 2);
    expect(takeAll(limiter, 1, at)).toBe(20);
  });

  test("with large records waiting: when there are tokens for the first one, even if that takes longer than 20 ms", () => {
    const limiter = new ShardLimiter(LIMITS, 0);
    limiter.tryTake(MIB, 0);

    const at = limiter.retryAt(MIB / 2, 100, 50 * MIB, 0);

    expect(at).toBeCloseTo(500, 2);
    expect(limiter.tryTake(MIB / 2, at)).toBe(true);
  });

  test("with a low rate: when there is a token for one record", () => {
    expect(emptied({ ...LIMITS, recordsPerSecond: 10 }).retryAt(1, 100, 100, 0)).toBeCloseTo(100, 2);
  });
});

describe("throttling", () => {
  test("lowers the rate by a factor", () => {
    const limiter = new ShardLimiter(LIMITS, 0);

    limiter.onThrottled(0, 10);

    expect(limiter.rateFactor).toBe(0.7);
  });

  test("lowers it once for all requests that were on their way together", () => {
    const limiter = new ShardLimiter(LIMITS, 0);

    limiter.onThrottled(0, 10);
    limiter.onThrottled(1, 11);
    limiter.onThrottled(9, 12);

    expect(limiter.rateFactor).toBeCloseTo(0.7, 3);
  });

  test("lowers it again for a request that started after the last lowering", () => {
    const limiter = new ShardLimiter(LIMITS, 0);
    limiter.onThrottled(0, 10);

    limiter.onThrottled(10, 20);

    expect(limiter.rateFactor).toBeCloseTo(0.49, 3);
  });

  test("never lowers it below a hundredth of the ceiling", () => {
    const limiter = new ShardLimiter(LIMITS, 0);

    for (let now = 0; now < 100; now++) limiter.onThrottled(now, now);

    expect(limiter.rateFactor).toBe(0.01);
  });

  test("is forgotten by steps of a twentieth of the ceiling a second, up to the ceiling", () => {
    const limiter = new ShardLimiter(LIMITS, 0);
    for (let now = 0; now < 100; now++) limiter.onThrottled(now, now);

    limiter.tryTake(1, 99 + 10_000);
    const after10Seconds = limiter.rateFactor;
    limiter.tryTake(1, 99 + 60_000);

    expect(after10Seconds).toBeCloseTo(0.51, 5);
    expect(limiter.rateFactor).toBe(1);
  });

  test("changes nothing where the rate is not adaptive", () => {
    const limiter = new ShardLimiter({ ...LIMITS, adaptive: false }, 0);

    limiter.onThrottled(0, 10);

    expect(limiter.rateFactor).toBe(1);
  });

  test("lowered to half, half as much goes", () => {
    const limiter = new ShardLimiter({ ...LIMITS, recordsPerSecond: 1_000_000 }, 0);
    limiter.onThrottled(0, 0);
    limiter.onThrottled(0, 0);
    takeAll(limiter, 1024, 0);

    const perSecond = takeAll(limiter, 1024, 1000);

    // 49 % at first, 54 % a second later.
    expect(perSecond).toBeGreaterThanOrEqual(Math.floor(0.49 * 1024));
    expect(perSecond).toBeLessThanOrEqual(Math.ceil(0.54 * 1024));
  });
});

describe("however low the adapted rate", () => {
  /** Throttled on every attempt, so that the rate never recovers far. */
  function throttledTimes(bytes: number, count: number, limiter = new ShardLimiter(LIMITS, 0)): number[] {
    return goTimes(limiter, count, bytes, 0, (now) => limiter.onThrottled(now, now + 5));
  }

  test("one record goes every 5 s", () => {
    const times = throttledTimes(4 * MIB, 50);

    const longest = Math.max(...times.slice(1).map((at, i) => at - (times[i] as number)));
    expect(longest).toBeLessThanOrEqual(5_001);
  });

  test("a record that takes longer at the ceiling waits that long, so that no window carries more than the ceilings", () => {
    const times = throttledTimes(6 * MIB, 50);

    const shortest = Math.min(...times.slice(1).map((at, i) => at - (times[i] as number)));
    expect(shortest).toBeGreaterThanOrEqual(6_000);
  });

  test("a shard that was throttled for an hour is not held up for minutes once it recovers", () => {
    const limiter = new ShardLimiter(LIMITS, 0);
    const last = throttledTimes(4 * MIB, 720, limiter).at(-1) as number;

    const [first, second] = goTimes(limiter, 2, 4 * MIB, last) as [number, number];

    expect(first - last).toBeLessThan(10_000);
    expect(second - first).toBeLessThan(10_000);
  });
});
