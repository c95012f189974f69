import type { SourceRecord } from "./kpl-records.js";
import type { RecordFailure } from "./transform-answer.js";

/** The facts about a failed record that its document has. */
export interface FailureFacts extends RecordFailure {
  /** Invocations of the function, or 1 where no function failed. */
  readonly attemptsMade: number;
  /** Milliseconds since the Unix epoch. */
  readonly attemptEndingTimestamp: number;
  /** Absent where the function is not the reason. */
  readonly lambdaArn?: string | undefined;
}

/**
 * A failed record as a line of an error file: JSON with the data as it was in the stream. Source: "Handle failure in data
 * transformation", Data Firehose Developer Guide. The times are milliseconds since the Unix epoch, as in published error files.
 */
export function errorDocument(record: SourceRecord, facts: FailureFacts): Uint8Array {
  const { attemptsMade, errorCode, errorMessage, attemptEndingTimestamp, lambdaArn } = facts;
  const document = {
    attemptsMade,
    arrivalTimestamp: record.approximateArrivalTimestamp.getTime(),
    errorCode,
    errorMessage,
    attemptEndingTimestamp,
    rawData: Buffer.from(record.data).toString("base64"),
    lambdaArn,
  };
  return Buffer.from(`${JSON.stringify(document)}\n`);
}
