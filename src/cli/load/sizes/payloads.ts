import { seededRandom } from "../../../testing/index.js";
import { readLines } from "./lines-file.js";
import type { SizePlan } from "./size-plan.js";

/** Number of different payloads of one size, so that the CPU cache does not hold them all. */
const FIXED = 64;
/** Number of draws of a distribution. The load repeats them. */
const DRAWN = 4_096;
/** A size that a long tail does not exceed: a default stream refuses a record above 1 MiB, key included. */
const MAX_TAIL = 1_000_000;
/** Payloads of drawn sizes begin at different places of one buffer. */
const PLACES = 65_536;

/**
 * The data of the records, in the order in which the load repeats it. It depends only on the plan and the seed.
 *
 * @throws UsageError for a file that cannot be read
 */
export function payloadsOf(plan: SizePlan, seed: number): readonly Uint8Array[] {
  if (plan.kind === "lines") return readLines(plan.file);
  const random = seededRandom(seed);
  const bytesOf = (size: number): Uint8Array => Uint8Array.from({ length: size }, () => random() * 256);
  if (plan.kind === "fixed") return Array.from({ length: FIXED }, () => bytesOf(plan.bytes));
  const sizes = Array.from({ length: DRAWN }, () => drawSize(plan, random));
  const buffer = bytesOf(Math.max(...sizes) + PLACES);
  return sizes.map((size) => {
    const from = Math.floor(random() * PLACES);
    return buffer.subarray(from, from + size);
  });
}

function drawSize(plan: Extract<SizePlan, { kind: "uniform" | "lognormal" }>, random: () => number): number {
  if (plan.kind === "uniform") return plan.from + Math.floor(random() * (plan.to - plan.from + 1));
  // Box and Muller's method; 1 - random() is never 0.
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.min(MAX_TAIL, Math.round(plan.median * Math.exp(plan.sigma * normal)));
}
