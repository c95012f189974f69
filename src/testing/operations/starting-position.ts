import { shardIdOf } from "../even-shards.js";
import { readNumber } from "../kinesis-model/sequence-number.js";
import { invalidArgument, type ServiceError } from "../kinesis-model/service-error.js";
import type { Shard } from "../kinesis-model/shard.js";
import type { StreamModel } from "../kinesis-model/stream-model.js";

/** How a place in a shard is named. */
export type PositionType = "AT_SEQUENCE_NUMBER" | "AFTER_SEQUENCE_NUMBER" | "TRIM_HORIZON" | "LATEST" | "AT_TIMESTAMP";

/** The place in a shard at which reading starts. */
export interface StartingPosition {
  readonly type: PositionType;
  readonly sequenceNumber: string | undefined;
  /** Seconds since the Unix epoch. */
  readonly timestamp: number | undefined;
  /** For texts. */
  readonly operation: string;
}

/**
 * Position of the first record to return.
 *
 * @throws ServiceError when a field that the type needs is missing, in the future, or of another shard
 */
export function positionOf(stream: StreamModel, shard: Shard, start: StartingPosition, now: number): number {
  const { type, sequenceNumber, timestamp } = start;
  switch (type) {
    case "TRIM_HORIZON":
      return 0;
    case "LATEST":
      return shard.records.length;
    case "AT_TIMESTAMP":
      return shard.positionAtTime(pastTime(timestamp, now));
    case "AT_SEQUENCE_NUMBER":
    case "AFTER_SEQUENCE_NUMBER": {
      if (sequenceNumber === undefined) throw wrongPair(type, "no StartingSequenceNumber");
      checkNumber(sequenceNumber, start, stream, shard);
      const number = BigInt(sequenceNumber);
      return shard.positionAtOrAfter(type === "AT_SEQUENCE_NUMBER" ? number : number + 1n);
    }
  }
}

/** @throws ServiceError for a sequence number beside a type that has none */
export function checkNoNumber({ type, sequenceNumber }: StartingPosition): void {
  if (sequenceNumber === undefined || (type !== "TRIM_HORIZON" && type !== "LATEST")) return;
  throw wrongPair(type, "also a StartingSequenceNumber");
}

/** Source of this text and the next ones: kinesalite 3.3.3. */
function wrongPair(type: PositionType, what: string): ServiceError {
  return invalidArgument(
    `Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified ${type} and ${what}.`,
  );
}

function pastTime(seconds: number | undefined, now: number): number {
  if (seconds === undefined) {
    throw invalidArgument(
      "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.",
    );
  }
  const epochMs = Math.round(seconds * 1000);
  if (epochMs <= now) return epochMs;
  throw invalidArgument(
    `The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: ${epochMs}, currentTimestampInMillis: ${now}`,
  );
}

/** Refuses a number of another shard: reading would begin at a place that nobody asked for. */
function checkNumber(number: string, { operation }: StartingPosition, stream: StreamModel, shard: Shard): void {
  const { name, accountId } = stream.identity;
  const { shardId } = shard;
  const invalid = `StartingSequenceNumber ${number} used in ${operation} on shard ${shardId} in stream ${name} under account ${accountId} is invalid`;
  const facts = readNumber(number);
  if (facts === undefined) throw invalidArgument(`${invalid}.`);
  if (facts.shardNumber !== shard.origin.index) {
    throw invalidArgument(
      `Invalid StartingSequenceNumber. It encodes ${shardIdOf(facts.shardNumber)}, while it was used in a call to a shard with ${shardId}`,
    );
  }
  if (!shard.owns(facts)) throw invalidArgument(`${invalid} because it did not come from this stream.`);
}
