import { describe, expect, test } from "vitest";

import { Haste } from "../../../../src/core/pacing/haste.js";

/** Due after 100 ms; two thirds of the way from there to the expiry are at 20.1 s, one third is at 10.1 s. */
const TIMES = { lingerMs: 100, recordTtlMs: 30_100 };

describe("haste", () => {
  test("begins when the oldest record has waited for two thirds of the time between being due and expiring", () => {
    const haste = new Haste(TIMES);

    expect(haste.onFront(0, 20_099)).toBe(false);
    expect(haste.beginsAt(0)).toBe(20_100);
    expect(haste.onFront(0, 20_100)).toBe(true);
    expect(haste.isOn).toBe(true);
  });

  test("lasts until the oldest has waited for half of that, so that a backlog does not stay at that age", () => {
    const haste = new Haste(TIMES);
    haste.onFront(0, 21_000);

    expect(haste.onFront(10_900, 21_000)).toBe(false);
    expect(haste.isOn).toBe(true);
    expect(haste.onFront(10_901, 21_000)).toBe(true);
    expect(haste.isOn).toBe(false);
  });

  test("never begins for records that never expire", () => {
    const haste = new Haste({ lingerMs: 100, recordTtlMs: Number.POSITIVE_INFINITY });

    expect(haste.onFront(0, 1e12)).toBe(false);
    expect(haste.beginsAt(0)).toBe(Number.POSITIVE_INFINITY);
  });

  test("a linger longer than the time to live does not make a record hasty before it is due", () => {
    const haste = new Haste({ lingerMs: 1_000, recordTtlMs: 500 });

    expect(haste.onFront(0, 999)).toBe(false);
    expect(haste.onFront(0, 1_000)).toBe(true);
  });
});
