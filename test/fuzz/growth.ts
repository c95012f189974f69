import process from "node:process";
import { deaggregate, type ShardRange } from "../../src/deaggregate/index.js";
import { MAX_HASH_KEY } from "../../src/quotas.js";
import type { HostileShape } from "./hostile-shapes.js";

/** With a range, the reader hashes every key. */
const WHOLE_RANGE: ShardRange = { startingHashKey: "0", endingHashKey: String(MAX_HASH_KEY) };

const ROUNDS = 5;

/** CPU time in nanoseconds per byte, for two sizes of a shape. */
export interface Growth {
  readonly small: number;
  readonly large: number;
}

/**
 * CPU time per byte in a record of each of the two sizes: the minimum of several rounds, in which the garbage collector
 * had little to do.
 */
export function growthOf(shape: HostileShape, smallBytes: number, largeBytes: number): Growth {
  const [small, large] = [shape.make(smallBytes), shape.make(largeBytes)];
  let [smallest, largest] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < ROUNDS; round++) {
    // As many bytes at a time as the large record has, so that the clock has the same resolution for both.
    smallest = Math.min(smallest, nsPerByte(small, Math.max(1, Math.round(largeBytes / smallBytes))));
    largest = Math.min(largest, nsPerByte(large, 1));
  }
  return { small: smallest, large: largest };
}

function nsPerByte(data: Buffer, times: number): number {
  let touched = 0;
  const before = process.cpuUsage();
  for (let i = 0; i < times; i++) {
    for (const record of deaggregate({ data }, { shardRange: WHOLE_RANGE, onDropped: () => {} })) {
      touched += record.data.length + Object.keys(record.tags ?? {}).length + (record.partitionKey?.length ?? 0);
    }
  }
  const { user, system } = process.cpuUsage(before);
  const ns = (user + system) * 1e3;
  return touched < 0 ? 0 : ns / (times * data.length);
}

/** A quadratic reader would need many times more for a byte of the large record. Caches add a little. */
const MAX_GROWTH = 4;
/** Below this, only clocks and calls are measured. */
const FLOOR_NS = 5;
/** The slowest shape takes about a sixth of it. */
const MAX_NS_PER_BYTE = 500;

/** Whether the time is linear and small. */
export function isLinear({ small, large }: Growth): boolean {
  return large <= MAX_GROWTH * Math.max(small, FLOOR_NS) && large <= MAX_NS_PER_BYTE;
}
