import { invalidArgument } from "../kinesis-model/service-error.js";
import type { Shard } from "../kinesis-model/shard.js";
import { writeShardIterator } from "../kinesis-model/shard-iterator.js";
import { InputFields, NAME_RULE, SEQUENCE_NUMBER_RULE } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { Operation } from "./operation.js";

const ITERATOR_TYPES = [
  "AT_SEQUENCE_NUMBER",
  "AFTER_SEQUENCE_NUMBER",
  "TRIM_HORIZON",
  "LATEST",
  "AT_TIMESTAMP",
] as const;

/** Where in the shard to begin. */
interface Start {
  readonly type: (typeof ITERATOR_TYPES)[number];
  readonly sequenceNumber: string | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly timestamp: number | undefined;
  readonly now: number;
}

/** GetShardIterator: open and closed shards alike. */
export const getShardIterator: Operation = (input, { model, now, guard }) => {
  const fields = new InputFields(input);
  const named = readNamedStream(fields);
  const shardId = fields.requiredText("ShardId", NAME_RULE);
  const type = fields.requiredText("ShardIteratorType", { oneOf: ITERATOR_TYPES }) as Start["type"];
  const sequenceNumber = fields.text("StartingSequenceNumber", SEQUENCE_NUMBER_RULE);
  const seconds = fields.number("Timestamp");
  fields.done();
  const stream = model.usable(named.findIn(model));
  const shard = stream.shard(shardId);
  guard?.beforeRead("GetShardIterator", stream, shard, now);
  const timestamp = seconds === undefined ? undefined : seconds * 1000;
  const position = positionOf(shard, { type, sequenceNumber, timestamp, now });
  return { ShardIterator: writeShardIterator({ stream, shard, position }, now) };
};

function positionOf(shard: Shard, { type, sequenceNumber, timestamp, now }: Start): number {
  switch (type) {
    case "TRIM_HORIZON":
      return 0;
    case "LATEST":
      return shard.records.length;
    case "AT_TIMESTAMP":
      if (timestamp === undefined)
        throw invalidArgument("Must specify timestamp parameter for iterator of type AT_TIMESTAMP.");
      if (timestamp > now) {
        throw invalidArgument(
          `The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: ${timestamp}, currentTimestampInMillis: ${now}`,
        );
      }
      return shard.positionAtTime(timestamp);
    case "AT_SEQUENCE_NUMBER":
    case "AFTER_SEQUENCE_NUMBER": {
      if (sequenceNumber === undefined)
        throw invalidArgument("Must specify startingSequenceNumber parameter for this iterator type.");
      const number = BigInt(sequenceNumber);
      return shard.positionAtOrAfter(type === "AT_SEQUENCE_NUMBER" ? number : number + 1n);
    }
  }
}
