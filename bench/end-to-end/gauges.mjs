/** Resources that a process uses between two moments. */

import { readFileSync } from "node:fs";
import { monitorEventLoopDelay, PerformanceObserver } from "node:perf_hooks";
import process from "node:process";

/**
 * @typedef {{ seconds: number, cpuUs: number, mainCpuUs: number, gcShare: number, delayP99Ms: number, peakRss: number }} Use
 */

/** The interval of measurements of the event loop's delay. */
const RESOLUTION_MS = 1;

export class Gauges {
  #at = performance.now();
  #cpu = process.cpuUsage();
  #mainCpuUs = mainThreadCpuUs();
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
      mainCpuUs: mainThreadCpuUs() - this.#mainCpuUs,
      gcShare: this.#gcMs / 1000 / seconds,
      delayP99Ms: this.#delay.percentile(99) / 1e6,
      // Of the process so far, including the warm-up; in kilobytes.
      peakRss: process.resourceUsage().maxRSS * 1024,
    };
  }
}

/** CPU time of the main thread so far: the kernel of Linux keeps it in nanoseconds; elsewhere it is unknown. */
function mainThreadCpuUs() {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ")[0]) / 1000;
  } catch {
    return Number.NaN;
  }
}
