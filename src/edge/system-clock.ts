import type { Clock, TimerHandle } from "../core/ports.js";

/** Longest delay that `setTimeout` takes; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The process's own time. */
export class SystemClock implements Clock {
  now(): number {
    return performance.now();
  }

  epochNow(): number {
    return Date.now();
  }

  setTimer(delayMs: number, callback: () => void): TimerHandle {
    // Rounded up: a timer that fires before its moment would find nothing due, and be armed again.
    const timer = setTimeout(callback, Math.min(MAX_TIMER_MS, Math.ceil(delayMs)));
    return {
      cancel: () => {
        clearTimeout(timer);
      },
    };
  }

  defer(callback: () => void): void {
    setImmediate(callback);
  }
}
