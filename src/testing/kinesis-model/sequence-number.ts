const HEAD = `4957${"0".repeat(30)}`;

/**
 * A sequence number as the service writes them: 56 decimal digits. All of a model's numbers have one length and rise with
 * the ordinal, so that those of a shard, and of a child after its parents, can be compared as text or as BigInt.
 *
 * ```
 * 4957 | 30 zeros | ordinal, 16 digits | number of the shard, 6 digits
 * ```
 */
export function sequenceNumberOf(ordinal: number, shardIndex: number): string {
  return `${HEAD}${String(ordinal).padStart(16, "0")}${String(shardIndex).padStart(6, "0")}`;
}
