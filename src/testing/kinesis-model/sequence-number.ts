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

/** Whether the text has the form of a model's sequence numbers. */
export function isSequenceNumber(text: string): boolean {
  return /^4957\d{52}$/.test(text);
}

/** The ordinal that a sequence number of a model was made from. */
export function ordinalOf(sequenceNumber: string): number {
  return Number(sequenceNumber.slice(HEAD.length, HEAD.length + 16));
}
