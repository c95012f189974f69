import { hash } from "node:crypto";

/**
 * A hash key as 32 hexadecimal digits, so that text order is number order. The model routes by it and by node:crypto.
 * It shares no code with the producer's prediction, so one mistake cannot hide in both. Only counting uses the
 * producer's code (`counting/put-counter`); a test compares the two.
 */
export type HashPosition = string;

/** The position of a hash key. */
export function positionOfHashKey(hashKey: bigint): HashPosition {
  return hashKey.toString(16).padStart(32, "0");
}

/** The position of a partition key: the MD5 of its UTF-8 bytes as a big-endian number. */
export function positionOfPartitionKey(partitionKey: string): HashPosition {
  return hash("md5", partitionKey, "hex");
}
