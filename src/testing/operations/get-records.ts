import type { Shard, StoredRecord } from "../kinesis-model/shard.js";
import { readShardIterator, type ShardPosition, writeShardIterator } from "../kinesis-model/shard-iterator.js";
import { InputFields } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { JsonObject, Operation } from "./operation.js";
import { hashKeyRangeOutput } from "./shard-output.js";

/** Records of one answer, by default and at most. Source: "GetRecords", API Reference. */
const MAX_RECORDS = 10_000;

/** Bytes of data in one answer. Source: "GetRecords", API Reference. */
const MAX_BYTES: number = 10 * 1024 * 1024;

/** GetRecords: at the end of a closed shard the answer has no next iterator, and names the shard's children. */
export const getRecords: Operation = (input, { model, now, guard }) => {
  const fields = new InputFields(input);
  const iterator = fields.requiredText("ShardIterator", { min: 1, max: 1024 });
  const limit = fields.integer("Limit", { min: 1, max: MAX_RECORDS }) ?? MAX_RECORDS;
  const named = readNamedStream(fields);
  fields.done();
  if (named.isNamed) named.findIn(model);
  const place = readShardIterator(iterator, model, now);
  const { stream, shard } = place;
  guard?.beforeRead("GetRecords", model.usable(stream), shard, now);
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
export function recordOutput({ sequenceNumber, arrivedAt, data, partitionKey }: StoredRecord): JsonObject {
  return {
    SequenceNumber: sequenceNumber,
    ApproximateArrivalTimestamp: arrivedAt / 1000,
    Data: Buffer.from(data.buffer, data.byteOffset, data.length).toString("base64"),
    PartitionKey: partitionKey,
    EncryptionType: "NONE",
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
