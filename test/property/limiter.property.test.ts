import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { ShardLimiter, type ShardLimits } from "../../src/core/pacing/shard-limiter.js";
import { TokenBucket } from "../../src/core/pacing/token-bucket.js";

/** An attempt that was sent. */
interface Gone {
  readonly at: number;
  readonly cost: number;
}

/**
 * The largest excess of any window over `capacity + rate * w` plus one debt. The debt is the cost of a record beyond
 * the capacity or, where attempts may go overdue, the whole cost of a record.
 */
function worstExcess(gone: readonly Gone[], capacity: number, perSecond: number, debt: number): number {
  // The best window that ends here either begins here or extends the best window that ended before.
  let worst = Number.NEGATIVE_INFINITY;
  let best = Number.NEGATIVE_INFINITY;
  let last = 0;
  for (const { at, cost } of gone) {
    best = Math.max(0, best - ((at - last) / 1_000) * perSecond) + cost;
    worst = Math.max(worst, best);
    last = at;
  }
  return worst - capacity - debt;
}

/** Tolerance for rounding of sums of fractions. */
function tolerance(capacity: number, perSecond: number): number {
  return (capacity + perSecond) * 1e-6;
}

describe("a token bucket", () => {
  test("never lets pass capacity + rate * w plus one debt in any window w, however it is asked", () => {
    const asks = fc.array(
      fc.record({
        afterMs: fc.oneof(
          fc.constant(0),
          fc.double({ min: 0, max: 50, noNaN: true }),
          fc.double({ min: 0, max: 5_000, noNaN: true }),
        ),
        share: fc.oneof(fc.double({ min: 0, max: 0.1, noNaN: true }), fc.double({ min: 0, max: 4, noNaN: true })),
      }),
      { maxLength: 200, size: "max" },
    );

    fc.assert(
      fc.property(
        fc.constantFrom(1, 1_000, 1_048_576),
        fc.constantFrom(0.5, 1, 3),
        asks,
        (capacity, ratio, sequence) => {
          const perSecond = capacity * ratio;
          const bucket = new TokenBucket(capacity, perSecond, 0);
          const gone: Gone[] = [];
          let now = 0;
          for (const { afterMs, share } of sequence) {
            now += afterMs;
            const cost = share * capacity;
            if (!bucket.covers(cost, now)) continue;
            bucket.take(cost, now);
            gone.push({ at: now, cost });
          }

          const debt = Math.max(0, ...gone.map(({ cost }) => cost - capacity));
          expect(worstExcess(gone, capacity, perSecond, debt)).toBeLessThanOrEqual(tolerance(capacity, perSecond));
        },
      ),
      { numRuns: 500 },
    );
  });

  test("covers a cost at the moment it names, and not a millisecond before", () => {
    const number = (max: number) => fc.double({ min: 0.001, max, noNaN: true });

    fc.assert(
      fc.property(number(1e9), number(1e6), number(1e6), number(1e7), number(2), (now, capacity, rate, cost, debt) => {
        const bucket = new TokenBucket(capacity, rate, now);
        bucket.take(capacity * debt, now);

        const at = bucket.coversAt(cost, now);
        const early = new TokenBucket(capacity, rate, now);
        early.take(capacity * debt, now);

        expect(bucket.covers(cost, at)).toBe(true);
        if (at - 1 > now) expect(early.covers(cost, at - 1)).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** An answer with one or several refusals, to a request that started earlier. */
function throttle(limiter: ShardLimiter, share: number, startedBefore: number, now: number): void {
  for (let i = 0; i <= share * 10; i++) limiter.onThrottled(now - startedBefore, now);
}

describe("a shard limiter", () => {
  const limits: fc.Arbitrary<ShardLimits> = fc.record({
    recordsPerSecond: fc.constantFrom(0.5, 10, 1_000),
    bytesPerSecond: fc.constantFrom(100, 1_048_576),
    adaptive: fc.boolean(),
  });
  const steps = fc.array(
    fc.record({
      kind: fc.constantFrom("take", "take", "take", "take-when-told", "throttled"),
      afterMs: fc.oneof(
        fc.constant(0),
        fc.double({ min: 0, max: 20, noNaN: true }),
        fc.double({ min: 0, max: 8_000, noNaN: true }),
      ),
      /** Share of the bytes of a second. */
      share: fc.oneof(
        fc.constant(0.001),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 10, noNaN: true }),
      ),
    }),
    { maxLength: 300, size: "max" },
  );

  test("never lets pass capacity + rate * w plus one record of debt in any window w, whatever was throttled", () => {
    fc.assert(
      fc.property(limits, steps, (itsLimits, sequence) => {
        const limiter = new ShardLimiter(itsLimits, 0);
        const { recordsPerSecond, bytesPerSecond } = itsLimits;
        const gone: Gone[] = [];
        let now = 0;
        for (const { kind, afterMs, share } of sequence) {
          now += afterMs;
          const bytes = Math.ceil(share * bytesPerSecond);
          if (kind === "throttled") throttle(limiter, share, afterMs, now);
          else {
            if (kind === "take-when-told") now = Math.max(now, limiter.retryAt(bytes, 1, bytes, now));
            if (limiter.tryTake(bytes, now)) gone.push({ at: now, cost: bytes });
          }
        }

        const records = gone.map(({ at }) => ({ at, cost: 1 }));
        const capacity = Math.max(1, recordsPerSecond);
        const dearest = Math.max(0, ...gone.map(({ cost }) => cost));
        expect(worstExcess(records, capacity, recordsPerSecond, 1)).toBeLessThanOrEqual(
          tolerance(capacity, recordsPerSecond),
        );
        expect(worstExcess(gone, bytesPerSecond, bytesPerSecond, dearest)).toBeLessThanOrEqual(
          tolerance(bytesPerSecond, bytesPerSecond),
        );
      }),
      { numRuns: 1_000 },
    );
  });

  test("lets a record go at the moment it named, however low the rate, so that nobody asks twice", () => {
    fc.assert(
      fc.property(limits, steps, (itsLimits, sequence) => {
        const limiter = new ShardLimiter(itsLimits, 0);
        let now = 0;
        for (const { kind, afterMs, share } of sequence) {
          now += afterMs;
          const bytes = Math.ceil(share * itsLimits.bytesPerSecond);
          if (kind === "throttled") throttle(limiter, share, afterMs, now);
          else if (!limiter.tryTake(bytes, now)) {
            const at = limiter.retryAt(bytes, 1, bytes, now);

            expect(at).toBeGreaterThan(now);
            now = at;
            expect(limiter.tryTake(bytes, now)).toBe(true);
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  test("never makes a shard wait longer for one attempt than 5 s, or than its ceilings take to pay for what went", () => {
    fc.assert(
      fc.property(limits, steps, (itsLimits, sequence) => {
        const limiter = new ShardLimiter(itsLimits, 0);
        const { recordsPerSecond, bytesPerSecond } = itsLimits;
        let now = 0;
        let lastAt = 0;
        let lastBytes = 0;
        for (const { kind, afterMs, share } of sequence) {
          now += afterMs;
          const bytes = Math.ceil(share * bytesPerSecond);
          if (kind === "throttled") throttle(limiter, share, afterMs, now);
          else {
            const at = limiter.tryTake(bytes, now) ? now : limiter.retryAt(bytes, 1, bytes, now);
            const payMs = (lastBytes / bytesPerSecond + 1 / recordsPerSecond + 1) * 1_000;

            // One second more for filling the bucket, which a record above its capacity needs.
            expect(at - Math.max(now, lastAt)).toBeLessThanOrEqual(Math.max(5_000, payMs) + 1_000);
            if (at > now) limiter.tryTake(bytes, at);
            [now, lastAt, lastBytes] = [at, at, bytes];
          }
        }
      }),
      { numRuns: 400 },
    );
  });
});
