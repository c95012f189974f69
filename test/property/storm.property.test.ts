/**
 * Storms over whole producers in virtual time: the adaptive pace beside the fixed one. `KP_STORMS=200` runs more of them;
 * `npm run fleet` shows them as a table.
 */
import process from "node:process";
import { expect, test } from "vitest";
import { drawStorm, runStorm } from "../../bench/fleet/storm.js";

const STORMS = Number(process.env.KP_STORMS ?? 12);
const FIRST_SEED = Number(process.env.KP_STORM_SEED ?? 1);

test(
  "after a storm the adaptive pace has lost no record that the fixed pace delivered, and clears the backlog in twice its time",
  async () => {
    const short: unknown[] = [];
    for (let seed = FIRST_SEED; seed < FIRST_SEED + STORMS; seed++) {
      const storm = drawStorm(seed);
      const adaptive = await runStorm(storm, "adaptive");
      const fixed = await runStorm(storm, "fixed");
      // A storm and its backlog that take more than a minute do not fit the shard over a minute (decisions/0010).
      const fits = storm.seconds + fixed.clearedAfter <= 60;
      const isClearedInTime = !fits || adaptive.clearedAfter <= Math.max(20, 2 * fixed.clearedAfter);
      if (adaptive.lost > fixed.lost || !isClearedInTime) short.push({ storm, adaptive, fixed });
    }

    expect(short).toEqual([]);
  },
  60_000 + STORMS * 10_000,
);
