/**
 * Storms over whole producers in virtual time: the adaptive pace beside the fixed one. `KP_STORMS=200` runs more of them;
 * `npm run bench fleet` shows them as a table.
 */
import process from "node:process";
import { expect, test } from "vitest";
import { drawStorm, runStorm, type Storm, type StormResult } from "../../bench/fleet/storm.js";

const STORMS = Number(process.env.KP_STORMS ?? 12);
const FIRST_SEED = Number(process.env.KP_STORM_SEED ?? 1);
/**
 * Storms whose backlog once lasted for minutes: several producers, AUTO, several shards, a small part of a shard's
 * capacity.
 */
const ONCE_SHORT = [320, 1053, 1118, 1124, 1206, 1208, 1245];
/** Draws of the fixed pace's pauses and of the service. */
const DRAWS = 5;
const SEED_OF_DRAW = 1_000_000;

/**
 * A record that expires soon after the end of the storm gets only a few attempts, and luck decides. Records that the
 * fixed pace loses in one of several draws of the same storm do not count as delivered by it.
 */
async function mostLostAtFixedPace(storm: Storm, { lost }: StormResult): Promise<number> {
  let most = lost;
  for (let draw = 1; draw < DRAWS; draw++) {
    most = Math.max(most, (await runStorm({ ...storm, seed: storm.seed + draw * SEED_OF_DRAW }, "fixed")).lost);
  }
  return most;
}

/** The parts of the rule that did not hold. */
async function shortOf(storm: Storm): Promise<unknown[]> {
  const adaptive = await runStorm(storm, "adaptive");
  const fixed = await runStorm(storm, "fixed");
  const short: unknown[] = [];
  if (adaptive.lost > fixed.lost && adaptive.lost > (await mostLostAtFixedPace(storm, fixed))) short.push("lost more");
  // A storm and its backlog that last longer than a minute exceed the capacity of the shard over a minute
  // (decisions/0010).
  const fits = storm.seconds + fixed.clearedAfter <= 60;
  if (fits && adaptive.clearedAfter > Math.max(20, 2 * fixed.clearedAfter)) short.push("backlog for too long");
  return short.length === 0 ? [] : [...short, { storm, adaptive, fixed }];
}

test(
  "after a storm the adaptive pace has lost no record that the fixed pace delivered, and clears the backlog in twice its time",
  async () => {
    const short: unknown[] = [];
    for (let seed = FIRST_SEED; seed < FIRST_SEED + STORMS; seed++) short.push(...(await shortOf(drawStorm(seed))));

    expect(short).toEqual([]);
  },
  60_000 + STORMS * 10_000,
);

test.each(ONCE_SHORT)(
  "so also in storm %d, which was once too much for it",
  async (seed) => {
    expect(await shortOf(drawStorm(seed))).toEqual([]);
  },
  60_000,
);

test("on AUTO the backlog of a storm of 29 s is gone in twice the fixed pace's time", async () => {
  // Records of the first second have one second left when the storm ends: luck decides which of them are lost.
  const storm = drawStorm(300);
  const { clearedAfter } = await runStorm(storm, "adaptive");

  expect(clearedAfter).toBeLessThanOrEqual(2 * (await runStorm(storm, "fixed")).clearedAfter);
}, 180_000);
