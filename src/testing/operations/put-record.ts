import { invalidArgument, ServiceError } from "../kinesis-model/service-error.js";
import { InputFields, SEQUENCE_NUMBER_RULE } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { EntryRefusal, Operation } from "./operation.js";
import { checkHashKey, readRecord } from "./record-input.js";
import { storeRecord } from "./store-record.js";

/**
 * PutRecord. Sequence numbers increase over the whole stream, so `SequenceNumberForOrdering` holds automatically. A
 * number that the stream has not reached is refused.
 */
export const putRecord: Operation = (input, scope) => {
  const fields = new InputFields(input);
  const named = readNamedStream(fields);
  const ordering = fields.text("SequenceNumberForOrdering", SEQUENCE_NUMBER_RULE);
  fields.done();
  const stream = scope.model.usable(named.findIn(scope.model));
  const record = readRecord(fields, stream.settings);
  fields.done();
  checkHashKey(record);
  if (ordering !== undefined && stream.settings.recordDistribution === "AUTO") {
    throw invalidArgument("SequenceNumberForOrdering is not supported with the record distribution strategy AUTO.");
  }
  if (ordering !== undefined && stream.isAhead(BigInt(ordering), scope.now)) {
    throw invalidArgument(
      `ExclusiveMinimumSequenceNumber ${ordering} used in PutRecord on stream ${stream.identity.name} under account ${stream.identity.accountId} is invalid.`,
    );
  }
  const outcome = storeRecord(stream, record, scope);
  if (outcome.refusal !== undefined) throw asRequestError(outcome.refusal);
  return { ShardId: outcome.shardId, SequenceNumber: outcome.sequenceNumber, EncryptionType: "NONE" };
};

/** A refused entry of PutRecords is a failed request of PutRecord; an internal failure has another name there. */
function asRequestError({ code, message }: EntryRefusal): ServiceError {
  return code === "InternalFailure"
    ? new ServiceError("InternalFailureException", message, 500)
    : new ServiceError(code, message);
}
