import { MessageChannel } from "node:worker_threads";
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

  it("tells a recent time in a loop, which is never older than the last one told", () => {
    const recent = new SystemClock();
    const begin = Math.floor(recent.now());
    let last = begin;

    const steps: number[] = [];
    for (let i = 0; i < 100_000; i++) {
      const now = recent.recentNow();
      if (now !== last) steps.push(now - last);
      last = now;
    }

    expect(steps.every((step) => step > 0)).toBe(true);
    expect(last).toBeGreaterThan(begin);
    expect(recent.now() - last).toBeLessThan(1_000);
    expect(last).toBe(Math.floor(last));
  });

  it("reads the time again at the first call for a recent time in a later turn, or after an await", async () => {
    const recent = new SystemClock();
    const begin = recent.recentNow();
    const end = performance.now() + 20;
    while (performance.now() < end);

    const atOnce = recent.recentNow();
    await Promise.resolve();
    const later = recent.recentNow();

    expect(atOnce).toBe(begin);
    expect(later).toBeGreaterThanOrEqual(begin + 20);
  });

  it("never calls back before the time that was asked for", async () => {
    for (const delayMs of [0, 0.2, 1.4, 3.9]) {
      const begin = clock.now();

      await new Promise<void>((resolve) => clock.setTimer(delayMs, resolve));

      // Node's timers count whole milliseconds of the event loop, so up to one may be missing at the end.
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

describe("a process that stands still", () => {
  /** Stands still like a frozen process: nothing runs. */
  function freeze(ms: number): void {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  }

  it("goes on from the moment at which the first timer was due, if that was soon; what was due later waits for its time", async () => {
    const still = new SystemClock();
    const begin = still.now();
    const called: string[] = [];
    const first = new Promise<void>((resolve) => {
      still.setTimer(20, () => {
        called.push("first");
        resolve();
      });
    });
    const second = new Promise<void>((resolve) => {
      still.setTimer(200, () => {
        called.push("second");
        resolve();
      });
    });

    freeze(1_300);

    expect(still.now() - begin).toBeGreaterThanOrEqual(20);
    expect(still.now() - begin).toBeLessThan(200);
    await first;
    expect(called).toEqual(["first"]);
    await second;
    expect(still.now() - begin).toBeGreaterThan(199);
    expect(still.now() - begin).toBeLessThan(1_000);
  });

  it("at once, and longer than a time limit, has all of that limit left but for a moment", async () => {
    const still = new SystemClock();
    const begin = still.now();
    let firedAt = 0;
    const fired = new Promise<void>((resolve) => {
      still.setTimer(500, () => {
        firedAt = performance.now();
        resolve();
      });
    });

    freeze(2_000);
    const wokenAt = performance.now();

    expect(still.now() - begin).toBeLessThanOrEqual(110);
    await fired;
    expect(firedAt - wokenAt).toBeGreaterThan(380);
  });

  it("in every turn of its loop fires its timers all the same", async () => {
    const busy = new SystemClock();
    let turns = 0;
    let fired = false;
    busy.setTimer(150, () => {
      fired = true;
    });

    while (!fired && turns < 10) {
      freeze(1_300);
      turns++;
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setTimeout(resolve, 0));
    }

    expect(fired).toBe(true);
  }, 20_000);

  it("hears what has come meanwhile before anything times out", async () => {
    const still = new SystemClock();
    const { port1, port2 } = new MessageChannel();
    const order: string[] = [];
    const heard = new Promise<void>((resolve) => {
      port1.on("message", () => {
        order.push("message");
        resolve();
      });
    });
    const timedOut = new Promise<void>((resolve) => {
      still.setTimer(10, () => {
        order.push("timer");
        resolve();
      });
    });

    port2.postMessage("answer");
    freeze(1_200);
    await Promise.all([heard, timedOut]);
    port1.close();

    expect(order).toEqual(["message", "timer"]);
  });

  it("never goes back, though it had gone on while the timer was held up", () => {
    const still = new SystemClock();
    const timer = still.setTimer(10, () => {});

    freeze(700);
    const before = still.now();
    freeze(500);
    const after = still.now();
    timer.cancel();

    expect(after).toBeGreaterThanOrEqual(before);
    expect(after - before).toBeLessThan(400);
  });

  it("counts as its own the time that it was only busy", async () => {
    const busy = new SystemClock();
    const begin = busy.now();
    const fired = new Promise<void>((resolve) => busy.setTimer(10, resolve));

    freeze(400);
    await fired;

    expect(busy.now() - begin).toBeGreaterThanOrEqual(400);
  });
});
