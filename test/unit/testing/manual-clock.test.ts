import { describe, expect, it } from "vitest";
import { ManualClock } from "../../../src/testing/manual-clock.js";

describe("ManualClock", () => {
  it("runs due timers in order of time, then of arming, each at its own moment", () => {
    const clock = new ManualClock({ now: 0 });
    const ran: string[] = [];
    clock.setTimer(20, () => ran.push(`late at ${clock.now()}`));
    clock.setTimer(10, () => ran.push(`first at ${clock.now()}`));
    clock.setTimer(10, () => ran.push(`second at ${clock.now()}`));

    clock.advance(15);

    expect(ran).toEqual(["first at 10", "second at 10"]);
    expect(clock.now()).toBe(15);
    expect(clock.nextTimerAt).toBe(20);
  });

  it("runs a timer that another one armed when it falls into the same span", () => {
    const clock = new ManualClock({ now: 0 });
    const ran: number[] = [];
    clock.setTimer(10, () => clock.setTimer(5, () => ran.push(clock.now())));

    clock.advance(14);
    expect(ran).toEqual([]);
    clock.advance(1);

    expect(ran).toEqual([15]);
  });

  it("forgets a cancelled timer, and cancelling twice or late is harmless", () => {
    const clock = new ManualClock();
    let ran = 0;
    const cancelled = clock.setTimer(1, () => ran++);
    const fired = clock.setTimer(1, () => ran++);

    cancelled.cancel();
    cancelled.cancel();
    clock.advance(1);
    fired.cancel();

    expect(ran).toBe(1);
    expect(clock.pendingTimers).toBe(0);
    expect(clock.nextTimerAt).toBeUndefined();
  });

  it("tells whether anything pending would keep the process alive", () => {
    const clock = new ManualClock();
    expect(clock.isRefed).toBe(false);

    const timer = clock.setTimer(1, () => {});
    expect(clock.isRefed).toBe(true);
    timer.cancel();
    expect(clock.isRefed).toBe(false);
    clock.defer(() => {});
    expect(clock.isRefed).toBe(true);
    clock.runDeferred();
    expect(clock.isRefed).toBe(false);
  });

  it("runs deferred callbacks in later turns, before and between timers", () => {
    const clock = new ManualClock({ now: 0 });
    const ran: string[] = [];
    clock.defer(() => ran.push("deferred"));
    clock.setTimer(1, () => clock.defer(() => ran.push(`by the timer at ${clock.now()}`)));
    clock.setTimer(2, () => ran.push("timer"));

    expect(clock.pendingDeferred).toBe(1);
    clock.advance(2);

    expect(ran).toEqual(["deferred", "by the timer at 1", "timer"]);
  });

  it("settles chains of promises and deferred callbacks without moving time", async () => {
    const clock = new ManualClock({ now: 7 });
    const ran: string[] = [];
    const chain = async (): Promise<void> => {
      for (let i = 0; i < 50; i++) await Promise.resolve();
      clock.defer(() => {
        ran.push("deferred");
        void Promise.resolve().then(() => clock.defer(() => ran.push("deferred again")));
      });
    };
    void chain();

    await clock.settle();

    expect(ran).toEqual(["deferred", "deferred again"]);
    expect(clock.now()).toBe(7);
  });

  it("lets what a timer set off settle before the next timer, when it advances asynchronously", async () => {
    const clock = new ManualClock({ now: 0 });
    const ran: string[] = [];
    clock.setTimer(
      10,
      () => void Promise.resolve().then(() => clock.setTimer(5, () => ran.push(`armed late, at ${clock.now()}`))),
    );
    clock.setTimer(20, () => ran.push("second"));

    await clock.advanceAsync(20);

    expect(ran).toEqual(["armed late, at 15", "second"]);
  });

  it("ends a loop of timers that re-arm themselves at one moment", () => {
    const clock = new ManualClock();
    const again = (): void => void clock.setTimer(0, again);
    again();

    expect(() => clock.advance(1)).toThrow(/re-arm/);
  });

  it("ends a loop of deferred callbacks", () => {
    const clock = new ManualClock();
    const again = (): void => clock.defer(again);
    again();

    expect(() => clock.runDeferred()).toThrow(/re-arm/);
  });

  it("keeps the wall clock in step", () => {
    const clock = new ManualClock({ now: 5, epoch: 1_000_000 });

    clock.advance(250);

    expect(clock.epochNow()).toBe(1_000_250);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("refuses to advance by %s", (ms) => {
    expect(() => new ManualClock().advance(ms)).toThrow(RangeError);
  });

  it("keeps the callbacks behind one that throws", () => {
    const clock = new ManualClock();
    let ran = 0;
    clock.defer(() => {
      throw new Error("first");
    });
    clock.defer(() => ran++);

    expect(() => clock.runDeferred()).toThrow("first");
    clock.runDeferred();

    expect(ran).toBe(1);
  });
});
