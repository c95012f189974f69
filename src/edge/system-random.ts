import type { Random } from "../core/ports.js";

/** The process's own randomness: good enough for jitter, and for nothing else. */
export const systemRandom: Random = Math.random;
