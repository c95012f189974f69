import type { DiscardCondition } from "./batch-work.js";
import type { EventRecord } from "./lambda-event.js";

/**
 * The document about discarded records that AWS sends to an on-failure destination, with its fields in AWS's order.
 * Source: "Retain discarded batch records for a Kinesis Data Streams event source in Lambda", Lambda Developer Guide.
 */
export interface LambdaFailureRecord {
  requestContext: {
    requestId: string;
    functionArn: string;
    condition: DiscardCondition;
    approximateInvokeCount: number;
  };
  /** Absent when the function was never invoked with the records. */
  responseContext?: {
    statusCode: 200;
    executedVersion: "$LATEST";
    /** Null after an answer with `batchItemFailures`. */
    functionError: "Unhandled" | null;
  };
  version: "1.0";
  /** ISO 8601 with milliseconds. */
  timestamp: string;
  KinesisBatchInfo: {
    shardId: string;
    startSequenceNumber: string;
    endSequenceNumber: string;
    approximateArrivalOfFirstRecord: string;
    approximateArrivalOfLastRecord: string;
    /** Number of records. */
    batchSize: number;
    streamArn: string;
  };
}

/** The facts of a discard. */
export interface Discard {
  readonly requestId: string;
  readonly functionArn: string;
  readonly streamArn: string;
  readonly condition: DiscardCondition;
  readonly invocations: number;
  /** Whether the last answer was a partial failure. */
  readonly isPartial: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  readonly first: EventRecord;
  readonly last: EventRecord;
  readonly count: number;
}

/** The document for discarded records. */
export function failureRecord(discard: Discard): LambdaFailureRecord {
  const { requestId, functionArn, streamArn, condition, invocations, isPartial, now, first, last, count } = discard;
  return {
    requestContext: { requestId, functionArn, condition, approximateInvokeCount: invocations },
    ...(invocations === 0
      ? {}
      : {
          responseContext: {
            statusCode: 200,
            executedVersion: "$LATEST",
            functionError: isPartial ? null : "Unhandled",
          },
        }),
    version: "1.0",
    timestamp: new Date(now).toISOString(),
    KinesisBatchInfo: {
      shardId: first.shardId,
      startSequenceNumber: first.sequenceNumber,
      endSequenceNumber: last.sequenceNumber,
      approximateArrivalOfFirstRecord: new Date(first.arrivedAt).toISOString(),
      approximateArrivalOfLastRecord: new Date(last.arrivedAt).toISOString(),
      batchSize: count,
      streamArn,
    },
  };
}
