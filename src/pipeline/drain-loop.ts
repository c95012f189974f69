import type { Clock, TimerHandle } from "../core/ports.js";

/** The work that the loop drives. */
export interface Drained {
  /**
   * Does everything that can be done now; returns the next moment at which there is something to do. Infinity while
   * nobody waits for anything, because a timer keeps the process alive.
   */
  drain(now: number): number;
}

/**
 * The only user of timers. Triggers within a turn of the event loop become one drain at its end; one timer is armed for
 * the earliest moment that is due. Nothing is polled; when nothing waits, there is no timer.
 */
export class DrainLoop {
  readonly #clock: Clock;
  #drained: Drained | undefined;
  #isWoken = false;
  #timer: TimerHandle | undefined;
  #timerAt: number = Number.POSITIVE_INFINITY;
  #isStopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Connects the work that the loop drives. Call it once, before the first trigger. */
  drive(drained: Drained): void {
    this.#drained = drained;
  }

  /** Drains at the end of this turn of the event loop. */
  readonly wake = (): void => {
    if (this.#isWoken || this.#isStopped) return;
    this.#isWoken = true;
    this.#clock.defer(this.#run);
  };

  /** Ensures a drain at this moment at the latest. */
  wakeAt(at: number): void {
    if (at >= this.#timerAt || this.#isWoken || this.#isStopped) return;
    // Work due now is done at the end of this turn; a timer would delay it by at least 1 ms.
    if (at <= this.#clock.now()) this.wake();
    else this.#arm(at);
  }

  /** Ends all activity. */
  stop(): void {
    this.#isStopped = true;
    this.#disarm();
  }

  readonly #run = (): void => {
    this.#isWoken = false;
    if (this.#isStopped || this.#drained === undefined) return;
    this.#disarm();
    const nextAt = this.#drained.drain(this.#clock.now());
    // A drain may have woken the loop itself, or stopped it.
    if (nextAt !== Number.POSITIVE_INFINITY && !this.#isWoken && !this.#isStopped) this.#arm(nextAt);
  };

  #arm(at: number): void {
    this.#disarm();
    this.#timerAt = at;
    this.#timer = this.#clock.setTimer(Math.max(0, at - this.#clock.now()), this.#onTimer);
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
    this.#run();
  };
}
