import { hash } from "node:crypto";

/**
 * A hash key as 32 hexadecimal digits: compared as text, in the order of the numbers. The model routes by this and by
 * node:crypto, sharing nothing with the producer's prediction, so that one mistake cannot hide in both. Only counting takes
 * the producer's way (`counting/put-counter`), and is compared with this one.
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
