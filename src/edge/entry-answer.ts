import type { EntryAnswer } from "../core/ports.js";

/** The answers to the entries, in order; an empty array when the answer has no list. */
export function readEntries(records: unknown): EntryAnswer[] {
  return Array.isArray(records) ? records.map(readEntry) : [];
}

/** @param entry - any value that the parser found in the list */
function readEntry(entry: unknown): EntryAnswer {
  const { ShardId, SequenceNumber, ErrorCode, ErrorMessage } = (entry ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof ErrorCode === "string") {
    return { errorCode: ErrorCode, errorMessage: typeof ErrorMessage === "string" ? ErrorMessage : "" };
  }
  if (typeof ShardId === "string" && typeof SequenceNumber === "string") {
    return { shardId: ShardId, sequenceNumber: SequenceNumber };
  }
  return { errorCode: "UnreadableAnswer", errorMessage: "the entry has neither a sequence number nor an error code" };
}
