import { invalidArgument } from "../kinesis-model/service-error.js";
import { InputFields, SEQUENCE_NUMBER_RULE } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { Operation } from "./operation.js";
import { checkHashKey, readRecord } from "./record-input.js";

/**
 * PutRecord. Sequence numbers rise over the whole stream, so `SequenceNumberForOrdering` is kept by itself unless it was
 * made up: a number from the future is refused.
 */
export const putRecord: Operation = (input, { model, now }) => {
  const fields = new InputFields(input);
  const named = readNamedStream(fields);
  const ordering = fields.text("SequenceNumberForOrdering", SEQUENCE_NUMBER_RULE);
  fields.done();
  const stream = named.findIn(model);
  const record = readRecord(fields, stream.settings);
  fields.done();
  checkHashKey(record);
  if (ordering !== undefined && stream.settings.recordDistribution === "AUTO") {
    throw invalidArgument("SequenceNumberForOrdering is not supported with the record distribution strategy AUTO.");
  }
  if (ordering !== undefined && BigInt(ordering) >= stream.sequenceNumberAhead()) {
    throw invalidArgument(
      `ExclusiveMinimumSequenceNumber ${ordering} used in PutRecord on stream ${stream.identity.name} under account ${stream.identity.accountId} is invalid.`,
    );
  }
  const { shardId, sequenceNumber } = stream.put(record, now);
  return { ShardId: shardId, SequenceNumber: sequenceNumber, EncryptionType: "NONE" };
};
