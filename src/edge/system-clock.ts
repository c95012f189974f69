import type { Clock, TimerHandle } from "../core/ports.js";

/** Longest delay that `setTimeout` takes; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A timer that is this late was not only delayed: the event loop stood still. */
const LATE_MS = 1_000;

/**
 * How long the process is assumed to have run after it last read the time, before it stood still. The real start of the
 * standstill is unknown. If the clock counted up to the due time of the late timer, a standstill that began at once
 * would expire records. If it counted nothing, no timer would fire in a process where every turn of the loop takes
 * long.
 */
const RUN_ON_MS = 100;

/** Node's timers count whole milliseconds of the loop's own time, so they may fire a little early. */
const EARLY_MS = 1;

/**
 * How often {@link SystemClock.recentNow} answers without reading the time. A reading is a tenth of the cost of a small
 * record (`npm run bench micro -- system-clock`), and a loop of puts asks for the time with each record.
 */
const READINGS = 15;

const RESOLVED: Promise<void> = Promise.resolve();

interface SystemTimer {
  /** By {@link SystemClock.now}. */
  readonly dueAt: number;
  readonly callback: () => void;
  timeout: NodeJS.Timeout | undefined;
  immediate: NodeJS.Immediate | undefined;
}

/**
 * The process's time, without the time in which it stood still: a Lambda function frozen between two invocations, a
 * laptop asleep, an event loop blocked by a computation. A standstill is noticed when a timer of this clock is more
 * than a second late: when the timer fires, or when the time is read. The clock then continues from the moment at which
 * that timer was due, or from shortly after the last reading of the time, whichever is earlier. Timers that are due
 * call back only after sockets had their turn: so an answer that has arrived meanwhile counts, and its time limit does
 * not come first. Rule 18.
 */
export class SystemClock implements Clock {
  readonly #timers: Set<SystemTimer> = new Set();
  #stoodStillMs = 0;
  /** By `performance.now`: after this moment the first timer is late. */
  #lateAt: number = Number.POSITIVE_INFINITY;
  #isWaking = false;
  #readingsLeft = 0;
  #isForgetting = false;
  /**
   * The last answer of {@link now}, which keeps the clock monotonic: a late timer may first look like a delay, and only
   * later like a standstill.
   */
  #lastNow: number = Number.NEGATIVE_INFINITY;
  /**
   * The same, rounded down: V8 stores a whole number in place, but would allocate an object for any other, for each
   * record.
   */
  #recentNow = 0;

  now(): number {
    const at = performance.now();
    if (at > this.#lateAt) this.#wake(at);
    const now = at - this.#stoodStillMs;
    if (now > this.#lastNow) {
      this.#lastNow = now;
      this.#recentNow = Math.floor(now);
    }
    return this.#lastNow;
  }

  recentNow(): number {
    if (this.#readingsLeft > 0) {
      this.#readingsLeft--;
      return this.#recentNow;
    }
    this.#readingsLeft = READINGS;
    if (!this.#isForgetting) {
      this.#isForgetting = true;
      void RESOLVED.then(this.#forgetReading);
    }
    this.now();
    return this.#recentNow;
  }

  readonly #forgetReading = (): void => {
    this.#readingsLeft = 0;
    this.#isForgetting = false;
  };

  epochNow(): number {
    return Date.now();
  }

  setTimer(delayMs: number, callback: () => void): TimerHandle {
    const timer: SystemTimer = { dueAt: this.now() + delayMs, callback, timeout: undefined, immediate: undefined };
    this.#timers.add(timer);
    this.#lateAt = Math.min(this.#lateAt, this.#lateAtOf(timer));
    this.#arm(timer, delayMs);
    return {
      cancel: () => {
        clearTimeout(timer.timeout);
        clearImmediate(timer.immediate);
        this.#forget(timer);
      },
    };
  }

  defer(callback: () => void): void {
    setImmediate(callback);
  }

  #arm(timer: SystemTimer, delayMs: number): void {
    // Rounded up: a timer that fires too early would find nothing due, and would be armed again.
    timer.timeout = setTimeout(() => this.#fire(timer), Math.min(MAX_TIMER_MS, Math.ceil(delayMs)));
  }

  #fire(timer: SystemTimer): void {
    const missingMs = timer.dueAt - this.now();
    // The clock stood still while Node's did not.
    if (missingMs > EARLY_MS) {
      this.#arm(timer, missingMs);
      return;
    }
    this.#forget(timer);
    if (this.#isWaking) timer.immediate = setImmediate(timer.callback);
    else timer.callback();
  }

  #wake(at: number): void {
    const dueAt = this.#lateAt - LATE_MS;
    const lastAskedAt = this.#lastNow + this.#stoodStillMs;
    this.#stoodStillMs += at - Math.max(lastAskedAt, Math.min(dueAt, lastAskedAt + RUN_ON_MS));
    this.#findLateAt();
    this.#isWaking = true;
    setImmediate(() => {
      this.#isWaking = false;
    });
  }

  #forget(timer: SystemTimer): void {
    if (this.#timers.delete(timer) && this.#lateAtOf(timer) <= this.#lateAt) this.#findLateAt();
  }

  #findLateAt(): void {
    this.#lateAt = Number.POSITIVE_INFINITY;
    for (const timer of this.#timers) this.#lateAt = Math.min(this.#lateAt, this.#lateAtOf(timer));
  }

  #lateAtOf({ dueAt }: SystemTimer): number {
    return dueAt + this.#stoodStillMs + LATE_MS;
  }
}
