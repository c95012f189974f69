import type { PutRecordsAnswer } from "../../core/ports.js";
import type { StreamRecorder } from "../../metrics/recorder.js";
import type { SentRequest } from "../sender.js";

/**
 * Counts a request when its outcome is known. Only then it is known whether anything of it left the process: a request
 * without credentials or without a connection is not sent.
 */
export function countRequest(
  recorder: StreamRecorder,
  { items, startedAt }: SentRequest,
  answer: PutRecordsAnswer,
  now: number,
): void {
  if (answer.kind === "failed" && answer.isUnsent === true) {
    recorder.requestsNotSent++;
    return;
  }
  let userRecords = 0;
  for (const { record, lane, pacedMs } of items) {
    const { count } = record;
    userRecords += count;
    recorder.onKinesisRecord({ shardId: lane.shard?.shardId, userRecords: count, bytes: record.wireBytes, pacedMs });
  }
  recorder.onRequest(items.length, userRecords, now - startedAt);
}
