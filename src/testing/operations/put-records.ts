import { MAX_REQUEST_BYTES, MAX_REQUEST_RECORDS } from "../../quotas.js";
import { invalidArgument } from "../kinesis-model/service-error.js";
import { InputFields } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { Operation } from "./operation.js";
import { checkHashKey, readRecord } from "./record-input.js";

/** PutRecords: malformed input, one record above the stream's limit included, refuses the whole request. */
export const putRecords: Operation = (input, { model, now }) => {
  const fields = new InputFields(input);
  const named = readNamedStream(fields);
  const entries = fields.requiredList("Records", { min: 1, max: MAX_REQUEST_RECORDS });
  fields.done();
  const stream = named.findIn(model);
  const records = entries.map((entry) => readRecord(entry, stream.settings));
  fields.done();
  let bytes = 0;
  for (const record of records) {
    checkHashKey(record);
    bytes += record.countedBytes;
  }
  if (bytes > MAX_REQUEST_BYTES) throw invalidArgument("Records size exceeds 10 MB limit");
  return {
    EncryptionType: "NONE",
    FailedRecordCount: 0,
    Records: records.map((record) => {
      const { shardId, sequenceNumber } = stream.put(record, now);
      return { ShardId: shardId, SequenceNumber: sequenceNumber };
    }),
  };
};
