import { describe, expect, it } from "vitest";
import { BucketMeter, type RateMeter, WindowMeter } from "../../../../src/testing/limits/rate-meter.js";

/** Number of single units out of `tries` that are admitted at one moment. */
function takeAll(meter: RateMeter, tries: number, now: number, amount = 1): number {
  let taken = 0;
  for (let i = 0; i < tries; i++) {
    if (!meter.has(amount, now)) continue;
    meter.take(amount, now);
    taken++;
  }
  return taken;
}

describe("BucketMeter", () => {
  it("is full at first, empty after a second's worth, and refilled all the time", () => {
    const meter = new BucketMeter(1000);

    expect(takeAll(meter, 1200, 0)).toBe(1000);
    expect(takeAll(meter, 1200, 500)).toBe(500);
    expect(takeAll(meter, 5000, 60_000)).toBe(1000);
  });

  it("lets an amount above its capacity through when it is full, and is in debt then", () => {
    const meter = new BucketMeter(1000);

    expect(takeAll(meter, 2, 0, 3000)).toBe(1);
    expect(meter.has(1, 2000)).toBe(false);
    expect(meter.has(1, 2001)).toBe(true);
    expect(meter.has(3000, 2999)).toBe(false);
    expect(meter.has(3000, 3000)).toBe(true);
  });

  it("saves up to its capacity", () => {
    const meter = new BucketMeter(1, 10);

    expect(takeAll(meter, 20, 0)).toBe(10);
    expect(takeAll(meter, 20, 3000)).toBe(3);
  });

  it("is not refilled by a time that runs back", () => {
    const meter = new BucketMeter(10);
    takeAll(meter, 10, 1000);

    expect(meter.has(1, 0)).toBe(false);
    expect(meter.has(1, 1100)).toBe(true);
  });
});

describe("WindowMeter", () => {
  it("starts again with each second of the clock", () => {
    const meter = new WindowMeter(1000);

    expect(takeAll(meter, 1200, 999)).toBe(1000);
    expect(takeAll(meter, 1200, 1000)).toBe(1000);
    expect(takeAll(meter, 1, 1999)).toBe(0);
  });

  it("lets an amount above the limit through in an untouched window and has the next ones pay for it", () => {
    const meter = new WindowMeter(1000);

    expect(takeAll(meter, 2, 0, 2500)).toBe(1);
    expect(takeAll(meter, 2000, 1000)).toBe(0);
    expect(takeAll(meter, 2000, 2000)).toBe(500);
    expect(takeAll(meter, 2000, 3000)).toBe(1000);
  });
});
