import { MAX_REQUEST_BYTES, MAX_REQUEST_RECORDS } from "../../quotas.js";
import { invalidArgument } from "../kinesis-model/service-error.js";
import { InputFields } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { Operation } from "./operation.js";
import { checkHashKey, readRecord } from "./record-input.js";
import { storeRecord } from "./store-record.js";

/** PutRecords: invalid input refuses the whole request, also a single record above the stream's limit. */
export const putRecords: Operation = (input, scope) => {
  const fields = new InputFields(input);
  const named = readNamedStream(fields);
  const entries = fields.requiredList("Records", { min: 1, max: MAX_REQUEST_RECORDS });
  fields.done();
  const stream = scope.model.usable(named.findIn(scope.model));
  const records = entries.map((entry) => readRecord(entry, stream.settings));
  fields.done();
  let bytes = 0;
  for (const record of records) {
    checkHashKey(record);
    bytes += record.countedBytes;
  }
  if (bytes > MAX_REQUEST_BYTES) throw invalidArgument("Records size exceeds 10 MB limit");
  let failed = 0;
  const answers = records.map((record) => {
    const outcome = storeRecord(stream, record, scope);
    if (outcome.refusal === undefined) return { ShardId: outcome.shardId, SequenceNumber: outcome.sequenceNumber };
    failed++;
    return { ErrorCode: outcome.refusal.code, ErrorMessage: outcome.refusal.message };
  });
  return { EncryptionType: "NONE", FailedRecordCount: failed, Records: answers };
};
