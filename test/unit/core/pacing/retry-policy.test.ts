import { describe, expect, test } from "vitest";

import { backoffMs, Pause, REFRESH_BACKOFF, RETRY_BACKOFF } from "../../../../src/core/pacing/retry-policy.js";

const LIMITS = { baseMs: 100, maxMs: 1_000 };
/** As near to 1 as a random number comes. */
const LONGEST = (): number => 1 - 2 ** -53;

describe("backoffMs", () => {
  test.each([
    [1, 100],
    [2, 200],
    [3, 400],
    [4, 800],
    [5, 1_000],
    [6, 1_000],
    [10_000, 1_000],
  ])("after failure %d is at most %d ms", (failures, ceiling) => {
    expect(backoffMs(LIMITS, failures, LONGEST)).toBeCloseTo(ceiling, 6);
    expect(backoffMs(LIMITS, failures, () => 0.5)).toBe(ceiling / 2);
    expect(backoffMs(LIMITS, failures, () => 0)).toBe(0);
  });

  test("draws as much of a pause as its limits say", () => {
    const limits = { ...LIMITS, drawnPart: 0.25 };

    expect(backoffMs(limits, 2, () => 0)).toBe(150);
    expect(backoffMs(limits, 2, () => 0.5)).toBe(175);
    expect(backoffMs(limits, 2, LONGEST)).toBeCloseTo(200, 6);
  });

  test("of a shard never keeps it from one attempt in 5 s", () => {
    expect(backoffMs(RETRY_BACKOFF, 1_000, LONGEST)).toBeLessThanOrEqual(5_000);
  });

  test("of a refresh starts below a second and ends at half a minute", () => {
    expect(backoffMs(REFRESH_BACKOFF, 1, LONGEST)).toBeLessThan(1_000);
    expect(backoffMs(REFRESH_BACKOFF, 1_000, LONGEST)).toBeCloseTo(30_000, 6);
  });
});

describe("a pause", () => {
  const newPause = (): Pause => new Pause(LIMITS, () => 0.5);

  test("is over before it begins", () => {
    expect(newPause().until).toBe(Number.NEGATIVE_INFINITY);
    expect(newPause().failures).toBe(0);
  });

  test("grows with failures in a row", () => {
    const pause = newPause();

    const until = [0, 1_000, 2_000, 3_000, 4_000, 5_000].map((now) => {
      pause.onFailure(now, now + 10);
      return pause.until - (now + 10);
    });

    expect(until).toEqual([50, 100, 200, 400, 500, 500]);
    expect(pause.failures).toBe(6);
  });

  test("is neither prolonged nor deepened by the answers to requests that were in flight when it began", () => {
    const pause = newPause();
    pause.onFailure(0, 10);

    pause.onFailure(5, 30);
    pause.onFailure(9, 40);

    expect(pause.until).toBe(60);
    expect(pause.failures).toBe(1);
  });

  test("starts again from the shortest pause after a success", () => {
    const pause = newPause();
    pause.onFailure(0, 10);
    pause.onFailure(20, 30);

    pause.onSuccess(40);
    pause.onFailure(50, 60);

    expect(pause.until).toBe(110);
    expect(pause.failures).toBe(1);
  });

  test("takes no notice of the success of a request that was in flight when it began", () => {
    const pause = newPause();
    pause.onFailure(0, 10);

    pause.onSuccess(9);

    expect(pause.failures).toBe(1);
  });

  test("is not cut short by a success", () => {
    const pause = newPause();
    pause.onFailure(0, 10);

    pause.onSuccess(20);

    expect(pause.until).toBe(60);
  });
});

describe("before a record expires", () => {
  test.each([
    [Number.POSITIVE_INFINITY, 5_000],
    [30_000, 5_000],
    [20_000, 5_000],
    [8_000, 2_000],
    [1_000, 250],
    [-5, 250],
  ])("with %d ms left a pause takes at most %d ms", (leftMs, most) => {
    const pause = new Pause(RETRY_BACKOFF, LONGEST);
    for (let now = 0; now < 20; now++) pause.onFailure(now, now);

    pause.onFailure(100, 100, 100 + leftMs);

    expect(pause.until - 100).toBeCloseTo(most, 6);
  });
});
