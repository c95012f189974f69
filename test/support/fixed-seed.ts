import process from "node:process";
import fc from "fast-check";

/**
 * The seed of every property without its own seed. It is fixed, so the same tree always gives the same result.
 * `KP_SEED=<number>` replays or varies; `KP_SEED=random` explores, and a failure prints its seed.
 */
const SEED = process.env.KP_SEED ?? "20261126";

if (SEED !== "random") fc.configureGlobal({ seed: Number(SEED) });
