import type { Clock } from "../core/ports.js";

/** The system's clock and timers, for a stand-in that runs in real time. */
export const systemTime: Clock = {
  now: () => performance.now(),
  epochNow: () => Date.now(),
  setTimer: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
  defer: (callback) => {
    setImmediate(callback);
  },
};
