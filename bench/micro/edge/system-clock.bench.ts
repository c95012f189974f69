import { SystemClock } from "../../../src/edge/system-clock.js";
import type { BenchCase } from "../bench-case.js";

const READINGS = 10_000;

function reading(name: string, makeNow: () => () => number): BenchCase {
  return {
    name: `system-clock, a loop of readings: ${name}`,
    records: READINGS,
    setUp: () => {
      const now = makeNow();
      return () => {
        let sum = 0;
        for (let i = 0; i < READINGS; i++) sum += now();
        return sum;
      };
    },
  };
}

export const cases: readonly BenchCase[] = [
  reading("SystemClock", () => {
    const clock = new SystemClock();
    return () => clock.now();
  }),
  reading("SystemClock, recent", () => {
    const clock = new SystemClock();
    return () => clock.recentNow();
  }),
  reading("performance.now", () => () => performance.now()),
];
