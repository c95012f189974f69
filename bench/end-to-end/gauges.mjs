/** Resources that a process uses between two moments. */
import { monitorEventLoopDelay, PerformanceObserver } from "node:perf_hooks";
import process from "node:process";

/**
 * @typedef {{ seconds: number, cpuUs: number, gcShare: number, delayP99Ms: number, peakRss: number }} Use
 */

/** The interval of measurements of the event loop's delay. */
const RESOLUTION_MS = 1;

export class Gauges {
  #at = performance.now();
  #cpu = process.cpuUsage();
  #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #gcMs = 0;
  #observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) this.#gcMs += duration;
  });

  constructor() {
    this.#observer.observe({ entryTypes: ["gc"] });
    this.#delay.enable();
  }

  /** @returns {Use} */
  stop() {
    const seconds = (performance.now() - this.#at) / 1000;
    const { user, system } = process.cpuUsage(this.#cpu);
    this.#delay.disable();
    this.#observer.disconnect();
    return {
      seconds,
      cpuUs: user + system,
      gcShare: this.#gcMs / 1000 / seconds,
      delayP99Ms: this.#delay.percentile(99) / 1e6,
      // Of the process so far, including the warm-up; in kilobytes.
      peakRss: process.resourceUsage().maxRSS * 1024,
    };
  }
}
