import type { KinesisModel } from "./kinesis-model.js";
import { readToken, writeToken } from "./opaque-token.js";
import { invalidArgument, ServiceError } from "./service-error.js";
import type { Shard } from "./shard.js";
import type { StreamModel } from "./stream-model.js";

/** How long an iterator lives. Source: "GetShardIterator", API Reference. */
const LIFETIME_MS = 300_000;

/** A place in a shard: before the record at the position, or before what comes next. */
export interface ShardPosition {
  readonly stream: StreamModel;
  readonly shard: Shard;
  readonly position: number;
}

/** Writes an iterator, which names its stream, its shard and the time of writing. */
export function writeShardIterator({ stream, shard, position }: ShardPosition, now: number): string {
  return writeToken([stream.identity.name, stream.identity.generation, shard.shardId, position, now]);
}

/**
 * Finds the place of an iterator.
 *
 * @throws ServiceError when it is none, has expired, or its stream is gone
 */
export function readShardIterator(iterator: string, model: KinesisModel, now: number): ShardPosition {
  const fields = readToken(iterator, ["string", "number", "string", "number", "number"]);
  if (fields === undefined) throw invalidArgument("Invalid ShardIterator.");
  const [name, generation, shardId, position, writtenAt] = fields as [string, number, string, number, number];
  if (now - writtenAt > LIFETIME_MS) {
    throw new ServiceError(
      "ExpiredIteratorException",
      `Iterator expired. The iterator was created at time ${new Date(writtenAt).toUTCString()} while right now it is ${new Date(now).toUTCString()} which is further in the future than the tolerated delay of ${LIFETIME_MS} milliseconds.`,
    );
  }
  const stream = model.stream(name);
  const shard = stream.shard(shardId);
  const isPlace = Number.isInteger(position) && position >= 0 && position <= shard.records.length;
  if (stream.identity.generation !== generation || !isPlace) throw invalidArgument("Invalid ShardIterator.");
  return { stream, shard, position };
}
