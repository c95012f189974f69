import { MAX_REQUEST_BYTES } from "../../quotas.js";
import { refuse } from "../input/read-input.js";
import { invalidArgument } from "../kinesis-model/service-error.js";
import { endDryRun, type MayBeDryRun } from "./dry-run.js";
import { findStream, type NamesStream } from "./named-stream.js";
import type { Operation } from "./operation.js";
import { checkHashKey, type RecordInput, recordOf } from "./record-input.js";
import { storeRecord } from "./store-record.js";

interface Input extends NamesStream, MayBeDryRun {
  readonly Records: readonly RecordInput[];
}

/** PutRecords: invalid input refuses the whole request, also a single record above the stream's limit. */
export const putRecords: Operation<Input> = (input, scope) => {
  const stream = scope.model.usable(findStream(input, scope.model));
  const problems: string[] = [];
  const records = input.Records.map((entry, index) =>
    recordOf(entry, `records.${index + 1}.member.`, stream.settings, problems),
  );
  refuse(problems);
  let bytes = 0;
  for (const record of records) {
    checkHashKey(record);
    bytes += record.countedBytes;
  }
  if (bytes > MAX_REQUEST_BYTES) throw invalidArgument("Records size exceeds 10 MB limit");
  endDryRun(input);
  let failed = 0;
  const answers = records.map((record) => {
    const outcome = storeRecord(stream, record, scope);
    if (outcome.refusal === undefined) return { ShardId: outcome.shardId, SequenceNumber: outcome.sequenceNumber };
    failed++;
    return { ErrorCode: outcome.refusal.code, ErrorMessage: outcome.refusal.message };
  });
  return { EncryptionType: stream.encryptionType, FailedRecordCount: failed, Records: answers };
};
