import { invalidArgument } from "../kinesis-model/service-error.js";
import type { Shard, StoredRecord } from "../kinesis-model/shard.js";
import { readShardIterator, type ShardPosition, writeShardIterator } from "../kinesis-model/shard-iterator.js";
import { endDryRun, type MayBeDryRun } from "./dry-run.js";
import { findStream } from "./named-stream.js";
import type { JsonObject, Operation } from "./operation.js";
import { hashKeyRangeOutput } from "./shard-output.js";

/** Records of one answer, by default and at most. Source: "GetRecords", API Reference. */
const MAX_RECORDS = 10_000;

/** Bytes of data in one answer. Source: "GetRecords", API Reference. */
const MAX_BYTES: number = 10 * 1024 * 1024;

interface Input extends MayBeDryRun {
  readonly ShardIterator: string;
  readonly Limit?: number;
  readonly StreamARN?: string;
}

/** GetRecords: at the end of a closed shard the answer has no next iterator, and names the shard's children. */
export const getRecords: Operation<Input> = (input, { model, now, guard }) => {
  const { Limit: limit = MAX_RECORDS, StreamARN: arn } = input;
  const place = readShardIterator(input.ShardIterator, model, now);
  const { stream, shard } = place;
  if (arn !== undefined && findStream({ StreamARN: arn }, model) !== stream) {
    throw invalidArgument("Invalid ShardIterator. It is not one of the stream of StreamARN.");
  }
  model.usable(stream);
  endDryRun(input);
  guard?.beforeRead("GetRecords", stream, shard, now);
  const start = Math.max(place.position, shard.positionAtTime(stream.trimHorizon(now)));
  const { end, bytes } = endOfAnswer(shard, start, { records: limit, bytes: MAX_BYTES });
  guard?.afterRead(shard, bytes, now);
  const isDrained = end === shard.records.length && shard.closure !== undefined;
  return {
    Records: shard.records.slice(start, end).map(recordOutput),
    MillisBehindLatest: millisBehind(shard, end, now),
    ...(isDrained
      ? { ChildShards: childShards(place) }
      : { NextShardIterator: writeShardIterator({ ...place, position: end }, now) }),
  };
};

/** The end of an answer. One record always fits, of any size. */
export function endOfAnswer(
  shard: Shard,
  position: number,
  most: { readonly records: number; readonly bytes: number },
): { readonly end: number; readonly bytes: number } {
  const last = Math.min(shard.records.length, position + most.records);
  let bytes = 0;
  let end = position;
  while (end < last) {
    const next = (shard.records[end] as StoredRecord).data.length;
    if (bytes + next > most.bytes && end > position) break;
    bytes += next;
    end++;
  }
  return { end, bytes };
}

/** Milliseconds behind the end of the shard; 0 only when nothing is left to read. */
export function millisBehind(shard: Shard, position: number, now: number): number {
  const next = shard.records[position];
  return next === undefined ? 0 : Math.max(1, now - next.arrivedAt);
}

/** The API's Record structure. */
export function recordOutput(record: StoredRecord): JsonObject {
  const { sequenceNumber, arrivedAt, data, partitionKey, encryptionType } = record;
  return {
    SequenceNumber: sequenceNumber,
    ApproximateArrivalTimestamp: arrivedAt / 1000,
    Data: Buffer.from(data.buffer, data.byteOffset, data.length).toString("base64"),
    PartitionKey: partitionKey,
    EncryptionType: encryptionType,
  };
}

/** The children of a shard, in the API's form. */
export function childShards({ stream, shard }: Pick<ShardPosition, "stream" | "shard">): JsonObject[] {
  return stream.shards
    .filter((child) => child.isChildOf(shard.shardId))
    .map((child) => ({
      ShardId: child.shardId,
      ParentShards: [child.origin.parentShardId, child.origin.adjacentParentShardId].filter((id) => id !== undefined),
      HashKeyRange: hashKeyRangeOutput(child),
    }));
}
