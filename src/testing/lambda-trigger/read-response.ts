import { show } from "../../wording/shown-value.js";

/** The outcome of an invocation, as the mapping reads it from the function's answer. */
export type Outcome =
  | { readonly kind: "success"; readonly state?: Record<string, unknown> }
  /** The records before `index` were handled. */
  | { readonly kind: "partial"; readonly index: number; readonly state?: Record<string, unknown> }
  | { readonly kind: "failed"; readonly reason: string };

/** The rules of a mapping for an answer. */
export interface ResponseRules {
  /** `ReportBatchItemFailures`. */
  readonly reportsFailures: boolean;
  readonly hasWindow: boolean;
}

/**
 * Reads the answer of a function. Source: "Configuring partial batch response with Kinesis Data Streams and Lambda" and
 * "Implementing stateful Kinesis Data Streams processing in Lambda", Lambda Developer Guide.
 *
 * @param response - the answer as JSON has it
 * @param sequenceNumbers - of the records in the event
 */
export function readResponse(response: unknown, sequenceNumbers: readonly string[], rules: ResponseRules): Outcome {
  const fields = isObject(response) ? response : undefined;
  const state = fields !== undefined && isObject(fields.state) ? { state: fields.state } : undefined;
  if (rules.hasWindow && state === undefined) {
    return { kind: "failed", reason: `the answer has no state, which a tumbling window needs: ${show(response)}` };
  }
  if (!rules.reportsFailures || isEmpty(response)) return { kind: "success", ...state };
  if (fields === undefined) return { kind: "failed", reason: `the answer is no object: ${show(response)}` };
  const { batchItemFailures } = fields;
  if (isEmpty(batchItemFailures)) return { kind: "success", ...state };
  if (!Array.isArray(batchItemFailures)) {
    return { kind: "failed", reason: `batchItemFailures is no list: ${show(batchItemFailures)}` };
  }
  return batchItemFailures.length === 0
    ? { kind: "success", ...state }
    : firstFailure(batchItemFailures, sequenceNumbers, state);
}

/** The failure with the lowest sequence number counts. One that cannot be read fails the batch. */
function firstFailure(
  failures: readonly unknown[],
  sequenceNumbers: readonly string[],
  state: { readonly state: Record<string, unknown> } | undefined,
): Outcome {
  const places = new Map(sequenceNumbers.map((sequenceNumber, at) => [sequenceNumber, at]));
  let index = sequenceNumbers.length;
  for (const failure of failures) {
    const identifier = isObject(failure) ? failure.itemIdentifier : undefined;
    if (typeof identifier !== "string" || identifier === "") {
      return { kind: "failed", reason: `an itemIdentifier must be a sequence number, got ${show(identifier)}` };
    }
    const at = places.get(identifier);
    if (at === undefined)
      return { kind: "failed", reason: `no record of the batch has the itemIdentifier ${identifier}` };
    index = Math.min(index, at);
  }
  return { kind: "partial", index, ...state };
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
