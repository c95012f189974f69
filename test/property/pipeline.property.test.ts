import process from "node:process";
import fc from "fast-check";
import { test } from "vitest";

import { VirtualRun } from "../support/virtual-run.js";
import { schedules } from "../support/virtual-schedule.js";

/** Number of schedules; `KP_SCHEDULES=50000 npx vitest run --project=property pipeline` runs long. */
const RUNS = Number(process.env.KP_SCHEDULES ?? 20_000);

const TIMEOUT_MS = 60_000 + RUNS * 25;

test(
  "whatever happens in whatever order: every record settles once, as readers see it, and nothing is left behind",
  async () => {
    const property = fc.asyncProperty(schedules, (schedule) => VirtualRun.of(schedule));
    await fc.assert(property, { numRuns: RUNS });
  },
  TIMEOUT_MS,
);
