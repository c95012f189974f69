import { invalidArgument } from "../kinesis-model/service-error.js";
import type { Shard } from "../kinesis-model/shard.js";
import { type InputFields, SEQUENCE_NUMBER_RULE } from "./input-fields.js";

const TYPES = ["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER", "TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"] as const;

/** The place in a shard at which reading starts. */
export interface StartingPosition {
  readonly type: (typeof TYPES)[number];
  readonly sequenceNumber: string | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly timestamp: number | undefined;
}

/** Reads a starting position. Its fields have other names in each operation, except `Timestamp`. */
export function readStartingPosition(
  fields: InputFields,
  names: { readonly type: string; readonly sequenceNumber: string },
): StartingPosition {
  const type = fields.requiredText(names.type, { oneOf: TYPES }) as StartingPosition["type"];
  const sequenceNumber = fields.text(names.sequenceNumber, SEQUENCE_NUMBER_RULE);
  const seconds = fields.number("Timestamp");
  return { type, sequenceNumber, timestamp: seconds === undefined ? undefined : seconds * 1000 };
}

/**
 * Position of the first record to return.
 *
 * @throws ServiceError when a field that the type needs is missing, or in the future
 */
export function positionOf(shard: Shard, { type, sequenceNumber, timestamp }: StartingPosition, now: number): number {
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
