import type { KinesisModel } from "./kinesis-model.js";
import { readToken, writeToken } from "./opaque-token.js";
import { isSequenceNumber } from "./sequence-number.js";
import { invalidArgument, ServiceError } from "./service-error.js";
import type { Shard } from "./shard.js";
import type { StreamModel } from "./stream-model.js";

/** How long an iterator lives. Source: "GetShardIterator", API Reference. */
const LIFETIME_MS = 300_000;

/** The fields of an iterator: name and generation of the stream, shard, sequence number, time of writing. */
export const ITERATOR_FIELDS = ["string", "number", "string", "string", "number"] as const;

/**
 * A place in a shard: before the record at the position, or before the next record to come. Valid until records expire.
 */
export interface ShardPosition {
  readonly stream: StreamModel;
  readonly shard: Shard;
  readonly position: number;
}

/**
 * Writes an iterator. It names its stream, its shard, the next sequence number and the time of writing, so it survives
 * expired records and a restart.
 */
export function writeShardIterator({ stream, shard, position }: ShardPosition, now: number): string {
  return writeToken([
    stream.identity.name,
    stream.identity.generation,
    shard.shardId,
    shard.sequenceNumberAt(position),
    now,
  ]);
}

/**
 * Finds the place of an iterator.
 *
 * @throws ServiceError when it is not an iterator, has expired, or its stream is gone
 */
export function readShardIterator(iterator: string, model: KinesisModel, now: number): ShardPosition {
  const fields = readToken(iterator, ITERATOR_FIELDS);
  if (fields === undefined) throw invalidArgument("Invalid ShardIterator.");
  const [name, generation, shardId, from, writtenAt] = fields as [string, number, string, string, number];
  if (now - writtenAt > LIFETIME_MS) {
    throw new ServiceError(
      "ExpiredIteratorException",
      `Iterator expired. The iterator was created at time ${javaTime(writtenAt)} while right now it is ${javaTime(now)} which is further in the future than the tolerated delay of ${LIFETIME_MS} milliseconds.`,
    );
  }
  const stream = model.stream(name);
  const shard = stream.shard(shardId);
  if (stream.identity.generation !== generation || !isSequenceNumber(from))
    throw invalidArgument("Invalid ShardIterator.");
  return { stream, shard, position: shard.positionAtOrAfter(BigInt(from)) };
}

/** A time as the service writes it: `Thu Jan 22 01:22:02 UTC 2015`. */
function javaTime(epochMs: number): string {
  const [weekday = "", day, month, year, time] = new Date(epochMs).toUTCString().split(" ");
  return `${weekday.replace(",", "")} ${month} ${day} ${time} UTC ${year}`;
}
