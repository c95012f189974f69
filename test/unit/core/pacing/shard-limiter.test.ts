import { describe, expect, test } from "vitest";

import { ShardLimiter, type ShardLimits } from "../../../../src/core/pacing/shard-limiter.js";

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
  test("lowers the rate, once for all refusals of an answer", () => {
    const limiter = new ShardLimiter(LIMITS, 0);
    takeAll(limiter, 51_200, 0);

    for (let i = 0; i < 5; i++) limiter.onThrottled(0, 20);
    const once = limiter.rateFactor;
    limiter.onThrottled(19, 21);

    expect(once).toBeGreaterThan(0.5);
    expect(once).toBeLessThan(1);
    expect(limiter.rateFactor).toBe(once);
  });

  test("changes nothing where the rate is not adaptive", () => {
    const limiter = new ShardLimiter({ ...LIMITS, adaptive: false }, 0);
    takeAll(limiter, 1, 0);

    limiter.onThrottled(0, 10);

    expect(limiter.rateFactor).toBe(1);
    expect(takeAll(limiter, 1, 1_000)).toBe(1_000);
  });

  test("leaves of what was saved up one record, so that the pause is not followed by a burst that is refused again", () => {
    const limiter = new ShardLimiter(LIMITS, 0);
    limiter.tryTake(51_200, 0);

    limiter.onThrottled(0, 20);

    expect(takeAll(limiter, 51_200, 20)).toBe(1);
  });

  test("of who sends little does not hold up the retry, nor what comes along with it", () => {
    const limiter = new ShardLimiter(LIMITS, 0);
    limiter.tryTake(100, 0);

    limiter.onThrottled(0, 20);

    expect(takeAll(limiter, 100, 20)).toBeGreaterThanOrEqual(2);
  });

  test("lowered to a share, that share goes", () => {
    const limiter = new ShardLimiter({ ...LIMITS, recordsPerSecond: 1_000_000 }, 0);
    for (let now = 0; now < 5_000; now += 1_001) {
      const refused = takeAll(limiter, 1024, now) * 0.9;
      for (let i = 0; i < refused; i++) limiter.onThrottled(now, now + 1);
    }
    takeAll(limiter, 1024, 5_000);

    const share = limiter.rateFactor;
    const perSecond = takeAll(limiter, 1024, 6_000);

    expect(share).toBeLessThan(0.2);
    expect(perSecond).toBeCloseTo(share * 1024, -1);
  });

  test("with a low rate and small records, requests still carry what waits, not one record each", () => {
    const limiter = new ShardLimiter(LIMITS, 0);
    // Half of what is sent is refused: the rate falls to some tenths of the ceiling.
    for (let now = 0; now < 3_000; now += 1_001) {
      const refused = takeAll(limiter, 100, now) / 2;
      for (let i = 0; i < refused; i++) limiter.onThrottled(now, now + 1);
    }
    takeAll(limiter, 100, 3_100);

    const times: number[] = [];
    let now = 3_100;
    let taken = 0;
    while (now < 8_100) {
      taken += takeAll(limiter, 100, now);
      times.push(now);
      now = limiter.retryAt(100, 100_000, 10_000_000, now);
    }

    expect(taken / times.length).toBeGreaterThan(2);
    expect(times.length).toBeLessThanOrEqual(5_000 / 15);
  });
});

describe("however low the adapted rate", () => {
  /** Throttled on every attempt, so that the rate falls to its floor and stays there. */
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

  test.each([51_200, 200_000, 8 * MIB])("a record of %d bytes goes, though its tokens would take longer", (bytes) => {
    const times = throttledTimes(bytes, 30);

    const longest = Math.max(...times.slice(1).map((at, i) => at - (times[i] as number)));
    expect(longest).toBeLessThanOrEqual(Math.max(5_000, (bytes / MIB) * 1000) + 1);
  });

  test("with a ceiling below one aggregate, aggregates go as fast as the ceiling allows", () => {
    const limiter = new ShardLimiter({ ...LIMITS, bytesPerSecond: 10_000 }, 0);

    const times = goTimes(limiter, 5, 51_200, 0);

    expect(times.map((at) => Math.round(at / 10) * 10)).toEqual([0, 5_120, 10_240, 15_360, 20_480]);
  });

  test("producers that were refused at one moment do not meet again: each comes at another time", () => {
    const seconds = Array.from({ length: 100 }, (_, i) => {
      const limiter = new ShardLimiter(LIMITS, 0);
      const from = i / 10;
      const times = goTimes(limiter, 60, 51_200, from, (now) => limiter.onThrottled(now, now + 5));
      return Math.floor((times.at(-1) as number) / 500);
    });

    const bySecond = new Map<number, number>();
    for (const second of seconds) bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
    expect(Math.max(...bySecond.values())).toBeLessThan(40);
  });

  test("one that is not refused any more keeps to its time", () => {
    const limiter = new ShardLimiter(LIMITS, 0);
    const last = goTimes(limiter, 60, 51_200, 0, (now) => limiter.onThrottled(now, now + 5)).at(-1) as number;

    const [, second, third, fourth] = goTimes(limiter, 4, 51_200, last) as [number, number, number, number];

    expect(third - second).toBeCloseTo(5_000, 1);
    expect(fourth - third).toBeCloseTo(5_000, 1);
  });
});

describe("a record that waits", () => {
  const TIMES = { lingerMs: 0, recordTtlMs: 30_000 };

  /** Throttled for so long that the rate is far below the ceilings. */
  function slowed(): ShardLimiter {
    const limiter = new ShardLimiter(LIMITS, 0, TIMES);
    for (let now = 0; now < 70_000; now += 1_001) {
      takeAll(limiter, 51_200, now);
      for (let i = 0; i < 20; i++) limiter.onThrottled(now, now + 1);
    }
    takeAll(limiter, 51_200, 70_000);
    return limiter;
  }

  test("for two thirds of the time until it expires goes at the ceilings, whatever was refused", () => {
    const limiter = slowed();
    const before = limiter.rateFactor;
    limiter.tryTake(51_200, 70_001, 70_001 - 20_000);

    let taken = 0;
    while (limiter.tryTake(51_200, 71_001, 71_001 - 20_000)) taken++;

    expect(before).toBeLessThan(0.2);
    expect(limiter.rateFactor).toBe(1);
    expect(taken).toBeGreaterThanOrEqual(19);
  });

  test("at the ceilings, whatever is refused meanwhile", () => {
    const limiter = slowed();
    limiter.tryTake(51_200, 70_001, 70_001 - 20_000);
    for (let i = 0; i < 20; i++) limiter.onThrottled(70_500, 70_501);

    let taken = 0;
    while (limiter.tryTake(51_200, 71_001, 71_001 - 20_000)) taken++;

    expect(taken).toBeGreaterThanOrEqual(19);
  });

  test("no more, once the oldest is at half of that age: then the rate begins again at the ceilings", () => {
    const limiter = slowed();
    limiter.tryTake(51_200, 70_001, 70_001 - 20_000);

    limiter.tryTake(51_200, 71_001, 71_001 - 9_999);
    const after = limiter.rateFactor;
    for (let now = 72_000; now < 145_000; now += 1_001) {
      takeAll(limiter, 51_200, now);
      for (let i = 0; i < 20; i++) limiter.onThrottled(now, now + 1);
    }

    expect(after).toBe(1);
    expect(limiter.rateFactor).toBeLessThan(0.5);
  });

  test("is looked at again when that time comes, though its tokens take longer", () => {
    const limiter = slowed();

    expect(limiter.tryTake(51_200, 70_001, 70_001 - 19_900)).toBe(false);

    expect(limiter.retryAt(51_200, 1, 51_200, 70_001, 70_001 - 19_900)).toBeLessThanOrEqual(70_101);
  });

  test("for less time goes at the adapted rate", () => {
    const limiter = slowed();

    let taken = 0;
    while (limiter.tryTake(51_200, 71_001, 71_001 - 19_900)) taken++;

    expect(taken).toBeLessThan(5);
  });
});

test("a refused record of more than a quarter of a second's worth does not lower the rate: it needs a bucket nearly full", () => {
  const limiter = new ShardLimiter(LIMITS, 0);
  limiter.tryTake(MIB, 0);

  limiter.onThrottled(0, 20);

  expect(limiter.rateFactor).toBe(1);
});
