import { readTags } from "../../wire/record-tags.js";
import type { TraceContext } from "../ports.js";
import type { PendingKinesisRecord } from "./pending-kinesis-record.js";

/**
 * The different trace contexts in the tags of the user records, in order, at most `most`. Aggregates without tags are
 * not read.
 *
 * @param records - sealed, and not recycled
 */
export function traceContextsOf(records: readonly PendingKinesisRecord[], most: number): TraceContext[] {
  const found: Map<string, TraceContext> = new Map();
  for (const record of records) {
    if (!record.hasTags) continue;
    const read = record.reader();
    for (let i = 0; i < record.count; i++) {
      if (found.size >= most) return [...found.values()];
      const { tags: bytes } = read(i);
      const context = bytes === undefined ? undefined : contextIn(bytes);
      if (context !== undefined && !found.has(context.traceparent)) found.set(context.traceparent, context);
    }
  }
  return [...found.values()];
}

function contextIn(bytes: Uint8Array): TraceContext | undefined {
  const tags: Readonly<Record<string, string>> = readTags(bytes).tags ?? {};
  const { traceparent, tracestate } = tags;
  if (traceparent === undefined) return undefined;
  return tracestate === undefined ? { traceparent } : { traceparent, tracestate };
}
