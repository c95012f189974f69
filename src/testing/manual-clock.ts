import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock, TimerHandle } from "../core/ports.js";
import { checkOptionsObject } from "./options-object.js";

/** More callbacks than this at one moment are treated as an endless loop. */
const MAX_CALLBACKS_AT_ONCE = 100_000;

/** Options of a {@link ManualClock}: its first values. */
export interface ManualClockOptions {
  /** First value of `now()`, milliseconds. Not zero by default: a test that forgets the origin fails. */
  readonly now?: number;
  /** First value of `epochNow()`, milliseconds since the Unix epoch. */
  readonly epoch?: number;
}

interface ManualTimer {
  readonly dueAt: number;
  /** Order of arming; it decides between timers that are due at the same moment. */
  readonly order: number;
  readonly callback: () => void;
}

/**
 * A clock that stands still until a test moves it: timers and deferred callbacks run only inside `advance`,
 * `advanceAsync`, `runDeferred` and `settle`.
 *
 * @example
 * ```ts
 * const clock = new ManualClock();
 * clock.setTimer(100, () => console.log("due"));
 * clock.advance(99); // nothing
 * clock.advance(1); // due
 * ```
 */
export class ManualClock implements Clock {
  readonly #epochOffset: number;
  readonly #timers = new Set<ManualTimer>();
  #deferred: (() => void)[] = [];
  #now: number;
  #armed = 0;

  constructor(options: ManualClockOptions = {}) {
    checkOptionsObject(options, "ManualClock");
    const { now = 1_000, epoch = Date.UTC(2026, 0, 1) } = options;
    this.#now = now;
    this.#epochOffset = epoch - now;
  }

  now(): number {
    return this.#now;
  }

  epochNow(): number {
    return this.#now + this.#epochOffset;
  }

  setTimer(delayMs: number, callback: () => void): TimerHandle {
    if (Number.isNaN(delayMs)) throw new RangeError("setTimer was given NaN milliseconds");
    const timer: ManualTimer = {
      dueAt: this.#now + Math.max(0, delayMs),
      order: this.#armed++,
      callback,
    };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  defer(callback: () => void): void {
    this.#deferred.push(callback);
  }

  /** Timers that are armed. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Deferred callbacks that have not run. */
  get pendingDeferred(): number {
    return this.#deferred.length;
  }

  /** When the next timer is due, on the scale of `now()`; undefined when no timer is armed. */
  get nextTimerAt(): number | undefined {
    return this.#nextTimer()?.dueAt;
  }

  /** Whether anything pending would keep a process alive: a timer, or a deferred callback. */
  get isRefed(): boolean {
    return this.#timers.size > 0 || this.#deferred.length > 0;
  }

  /**
   * Lets time pass within the caller's turn of the event loop: deferred callbacks first, then each due timer at its
   * moment, and after each the callbacks that it deferred. Promise reactions do not run in between; see {@link
   * advanceAsync}.
   */
  advance(ms: number): void {
    const target = this.#targetOf(ms);
    this.runDeferred();
    this.#untilQuiet(() => {
      const ran = this.#runNextTimer(target);
      this.runDeferred();
      return ran;
    });
    this.#now = Math.max(this.#now, target);
  }

  /** Lets time pass like an event loop: all consequences of a timer are settled before the next timer runs. */
  async advanceAsync(ms: number): Promise<void> {
    const target = this.#targetOf(ms);
    await this.settle();
    let callbacks = 0;
    while (this.#runNextTimer(target)) {
      callbacks = this.#countCallback(callbacks);
      await this.settle();
    }
    this.#now = Math.max(this.#now, target);
  }

  /** Runs deferred callbacks, and those that they defer, until none is left. Timers wait. */
  runDeferred(): void {
    this.#untilQuiet(() => this.#runDeferredBatch());
  }

  /** Runs promise reactions and deferred callbacks until both are quiet. Time stands still; timers wait. */
  async settle(): Promise<void> {
    let callbacks = 0;
    do {
      // A real turn of the event loop ends only when the microtask queue is empty, however long its chains are.
      await nextTurn();
      callbacks = this.#countCallback(callbacks);
    } while (this.#runDeferredBatch());
  }

  #targetOf(ms: number): number {
    if (!(ms >= 0 && ms < Number.POSITIVE_INFINITY)) throw new RangeError(`a clock cannot advance by ${ms} ms`);
    return this.#now + ms;
  }

  #nextTimer(): ManualTimer | undefined {
    let next: ManualTimer | undefined;
    for (const timer of this.#timers) {
      if (next === undefined || timer.dueAt < next.dueAt || (timer.dueAt === next.dueAt && timer.order < next.order))
        next = timer;
    }
    return next;
  }

  #runNextTimer(target: number): boolean {
    const timer = this.#nextTimer();
    if (timer === undefined || timer.dueAt > target) return false;
    this.#timers.delete(timer);
    // A callback may have advanced the clock: it never goes back.
    this.#now = Math.max(this.#now, timer.dueAt);
    timer.callback();
    return true;
  }

  /** Callbacks that are deferred meanwhile belong to a later turn, like those of `setImmediate`. */
  #runDeferredBatch(): boolean {
    const batch = this.#deferred;
    if (batch.length === 0) return false;
    this.#deferred = [];
    for (const [index, callback] of batch.entries()) {
      try {
        callback();
      } catch (error) {
        this.#deferred.unshift(...batch.slice(index + 1));
        throw error;
      }
    }
    return true;
  }

  #untilQuiet(step: () => boolean): void {
    let callbacks = 0;
    while (step()) callbacks = this.#countCallback(callbacks);
  }

  #countCallback(callbacks: number): number {
    if (callbacks >= MAX_CALLBACKS_AT_ONCE)
      throw new Error("timers or deferred callbacks re-arm themselves without end");
    return callbacks + 1;
  }
}
