import type { Random } from "../core/ports.js";

/** The process's random numbers: good enough for jitter, and for nothing else. */
export const systemRandom: Random = Math.random;
