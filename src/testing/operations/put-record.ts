import { refuse } from "../input/read-input.js";
import { invalidArgument, ServiceError } from "../kinesis-model/service-error.js";
import { endDryRun, type MayBeDryRun } from "./dry-run.js";
import { findStream, type NamesStream } from "./named-stream.js";
import type { EntryRefusal, Operation } from "./operation.js";
import { checkHashKey, type RecordInput, recordOf } from "./record-input.js";
import { storeRecord } from "./store-record.js";

interface Input extends NamesStream, RecordInput, MayBeDryRun {
  readonly SequenceNumberForOrdering?: string;
}

/**
 * PutRecord. Sequence numbers increase over the whole stream, so `SequenceNumberForOrdering` holds automatically. A
 * number that the stream has not reached is refused.
 */
export const putRecord: Operation<Input> = (input, scope) => {
  const { SequenceNumberForOrdering: ordering } = input;
  const stream = scope.model.usable(findStream(input, scope.model));
  const problems: string[] = [];
  const record = recordOf(input, "", stream.settings, problems);
  refuse(problems);
  checkHashKey(record);
  if (ordering !== undefined && stream.settings.recordDistribution === "AUTO") {
    throw invalidArgument("SequenceNumberForOrdering is not supported with the record distribution strategy AUTO.");
  }
  if (ordering !== undefined && stream.isAhead(BigInt(ordering), scope.now)) {
    throw invalidArgument(
      `ExclusiveMinimumSequenceNumber ${ordering} used in PutRecord on stream ${stream.identity.name} under account ${stream.identity.accountId} is invalid.`,
    );
  }
  endDryRun(input);
  const outcome = storeRecord(stream, record, scope);
  if (outcome.refusal !== undefined) throw asRequestError(outcome.refusal);
  return {
    ShardId: outcome.shardId,
    SequenceNumber: outcome.sequenceNumber,
    EncryptionType: stream.encryptionType,
  };
};

/** A refused entry of PutRecords is a failed request of PutRecord; an internal failure has another name there. */
function asRequestError({ code, message }: EntryRefusal): ServiceError {
  return code === "InternalFailure"
    ? new ServiceError("InternalFailureException", message, 500)
    : new ServiceError(code, message);
}
