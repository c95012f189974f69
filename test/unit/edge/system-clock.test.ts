import { describe, expect, it } from "vitest";
import { SystemClock } from "../../../src/edge/system-clock.js";

const clock = new SystemClock();

describe("SystemClock", () => {
  it("has a monotonic time, and the time of day for showing", () => {
    const [before, epochBefore] = [clock.now(), Date.now()];

    const [now, epochNow] = [clock.now(), clock.epochNow()];

    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThan(before + 60_000);
    expect(epochNow).toBeGreaterThanOrEqual(epochBefore);
    expect(epochNow).toBeLessThan(epochBefore + 60_000);
  });

  it("never calls back before the time that was asked for", async () => {
    for (const delayMs of [0, 0.2, 1.4, 3.9]) {
      const begin = clock.now();

      await new Promise<void>((resolve) => clock.setTimer(delayMs, resolve));

      // Node's timers count from the loop's own whole milliseconds, so up to one is missing at the end.
      expect(clock.now() - begin).toBeGreaterThan(delayMs - 1);
    }
  });

  it("waits, and does not fire at once, for a time beyond what setTimeout takes", async () => {
    let fired = 0;
    const timer = clock.setTimer(2 ** 31, () => fired++);
    const forever = clock.setTimer(Number.POSITIVE_INFINITY, () => fired++);

    await new Promise<void>((resolve) => clock.setTimer(5, resolve));
    timer.cancel();
    forever.cancel();

    expect(fired).toBe(0);
  });

  it("does not call back a cancelled timer, which may be cancelled again, and after it fired", async () => {
    let fired = 0;
    const cancelled = clock.setTimer(1, () => fired++);
    cancelled.cancel();
    cancelled.cancel();

    const last = await new Promise<{ cancel(): void }>((resolve) => {
      const timer = clock.setTimer(5, () => resolve(timer));
    });
    last.cancel();

    expect(fired).toBe(0);
  });

  it("defers past the promises and the ticks of this turn", async () => {
    const order: string[] = [];
    const deferred = new Promise<void>((resolve) => {
      clock.defer(() => {
        order.push("deferred");
        resolve();
      });
    });
    for (let i = 0; i < 3; i++) await Promise.resolve();
    process.nextTick(() => order.push("next tick"));
    order.push("microtasks");

    await deferred;

    expect(order).toEqual(["microtasks", "next tick", "deferred"]);
  });
});
