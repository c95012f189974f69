import type { RequestFacts, StreamRef, TraceContext } from "../core/ports.js";
import type { PendingKinesisRecord } from "../core/record/pending-kinesis-record.js";
import { traceContextsOf } from "../core/record/trace-contexts.js";

/** The facts about a request, with the right to read its records. */
export interface OpenRequestFacts extends RequestFacts {
  /** Ends this right: from now on the memory of the records may be in use for others. */
  end(): void;
}

/** The facts about a request whose Kinesis records are sealed. */
export function requestFacts(
  { stream: { streamName }, streamArn }: { readonly stream: StreamRef; readonly streamArn: string | undefined },
  records: readonly PendingKinesisRecord[],
): OpenRequestFacts {
  let readable = records;
  return {
    streamName,
    ...(streamArn === undefined ? {} : { streamArn }),
    records: records.length,
    userRecords: sum(records, ({ count }) => count),
    bytes: sum(records, ({ wireBytes }) => wireBytes),
    attempt: 1 + records.reduce((most, { history }) => Math.max(most, history.attempts.length), 0),
    traceContexts: (most): readonly TraceContext[] => traceContextsOf(readable, most),
    end: () => {
      readable = [];
    },
  };
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}
