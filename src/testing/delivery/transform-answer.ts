import { bytesOfBase64 } from "../../wire/base64/base64-text.js";

/** Why a record is not delivered, as an error document tells it. */
export interface RecordFailure {
  readonly errorCode: string;
  readonly errorMessage: string;
}

/** The result of one record. */
export type TransformVerdict =
  | {
      readonly result: "Ok";
      readonly data: Uint8Array;
      /** `metadata.partitionKeys`, unchecked. */
      readonly partitionKeys: Readonly<Record<string, unknown>>;
    }
  | { readonly result: "Dropped" }
  | ({ readonly result: "ProcessingFailed" } & RecordFailure);

/*
 * Codes and texts of Firehose. Source: "Monitor Amazon Data Firehose using CloudWatch Logs", Data Firehose Developer Guide; the
 * text of a record that the function failed is from published error files.
 */
const NOT_PARSED: RecordFailure = {
  errorCode: "Lambda.JsonProcessingException",
  errorMessage:
    "There was an error parsing returned records from the Lambda function. Ensure that the returned records follow the status model required by Amazon Data Firehose.",
};
const MISSING: RecordFailure = {
  errorCode: "Lambda.MissingRecordId",
  errorMessage:
    "One or more record Ids were not returned. Ensure that the Lambda function returns all received record Ids.",
};
const DUPLICATED: RecordFailure = {
  errorCode: "Lambda.DuplicatedRecordId",
  errorMessage:
    "Multiple records were returned with the same record ID. Ensure that the Lambda function returns unique record IDs for each record.",
};
const FAILED: RecordFailure = {
  errorCode: "Lambda.ProcessingFailedStatus",
  errorMessage: "ProcessingFailed status set for record",
};
/** The function threw, or returned more than the payload's limit. */
export const FUNCTION_ERROR: RecordFailure = {
  errorCode: "Lambda.FunctionError",
  errorMessage: "The Lambda function was successfully invoked but it returned an error result.",
};
export const FUNCTION_TIMED_OUT: RecordFailure = {
  errorCode: "Lambda.FunctionTimedOut",
  errorMessage:
    "The Lambda function timed out before it returned. Amazon Data Firehose supports a function timeout of up to 5 minutes.",
};
/** A record that fits into no request. The code is this library's. */
export const REQUEST_TOO_LARGE: RecordFailure = {
  errorCode: "Lambda.RequestEntityTooLarge",
  errorMessage: "The record alone is larger than the payload of a synchronous invocation, 6 MB.",
};

/**
 * The results of the records of an invocation, in the order of the ids. Results of ids that the function was not given do not
 * count.
 *
 * @param answer - what the function returned, parsed
 */
export function verdictsOf(recordIds: readonly string[], answer: unknown): TransformVerdict[] {
  const results = fieldOf(answer, "records");
  if (!Array.isArray(results)) return recordIds.map(() => failed(NOT_PARSED));
  const byId = new Map<unknown, unknown>();
  const duplicated = new Set<unknown>();
  for (const result of results as readonly unknown[]) {
    const recordId = fieldOf(result, "recordId");
    if (byId.has(recordId)) duplicated.add(recordId);
    else byId.set(recordId, result);
  }
  return recordIds.map((recordId) => {
    if (!byId.has(recordId)) return failed(MISSING);
    return duplicated.has(recordId) ? failed(DUPLICATED) : verdictOf(byId.get(recordId));
  });
}

/** The same failure for every record of an invocation. */
export function failed(failure: RecordFailure): TransformVerdict {
  return { result: "ProcessingFailed", ...failure };
}

function verdictOf(entry: unknown): TransformVerdict {
  const result = fieldOf(entry, "result");
  if (result === "Dropped") return { result };
  if (result === "ProcessingFailed") return failed(FAILED);
  const text = fieldOf(entry, "data");
  const data = typeof text === "string" ? bytesOfBase64(text) : undefined;
  if (result !== "Ok" || data === undefined) return failed(NOT_PARSED);
  const partitionKeys = fieldOf(fieldOf(entry, "metadata"), "partitionKeys");
  const isObject = typeof partitionKeys === "object" && partitionKeys !== null;
  return { result, data, partitionKeys: isObject ? (partitionKeys as Record<string, unknown>) : {} };
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
