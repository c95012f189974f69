/**
 * Uses that must compile, and uses that must not. Checked by `npm run check types`, never run: a line below
 * `@ts-expect-error` that compiles is an error.
 */
import { isProducerError, isRecordFailedError, ProducerError, type RecordFailedError } from "../../src/errors.js";
import type { PutResult, UserRecord } from "../../src/record.js";

declare function accept(...records: readonly UserRecord[]): void;

// The payload may be bytes or text, the hash key a decimal string or a bigint, the partition key absent (AUTO streams).
accept({ data: new Uint8Array(1) }, { data: "text", partitionKey: "user-17" });
accept({ data: Buffer.from("text"), explicitHashKey: 1n }, { data: "", explicitHashKey: "340" });

// @ts-expect-error: a record has data
accept({ partitionKey: "user-17" });
// @ts-expect-error: not serialised for the caller: which encoding would a reader expect?
accept({ data: { clicks: 1 } });
// @ts-expect-error: a number cannot hold 128 bits
accept({ data: "", explicitHashKey: 17 });
// @ts-expect-error: absent, not undefined: a field that the caller forgot does not make an AUTO record
accept({ data: "", partitionKey: undefined });
// @ts-expect-error: misspelt
accept({ data: "", partitionkey: "user-17" });

export function read(result: PutResult): string {
  // @ts-expect-error: a result is the answer of the service, and cannot be changed
  result.shardId = "shardId-000000000000";
  // @ts-expect-error: nor its history
  result.attempts.push({ startedAt: 0, delayMs: 0, durationMs: 0 });
  return result.sequenceNumber;
}

export function explain(error: unknown): string {
  // @ts-expect-error: unknown until asked
  error.code;
  if (!isProducerError(error)) return "not ours";
  // @ts-expect-error: not a code of this library
  if (error.code === "KP_UNHEARD_OF") return "never";
  return error.code;
}

// @ts-expect-error: a failure names its code from the list
new ProducerError("E_MY_OWN", "refused");

export function deliveryOf(error: RecordFailedError): "none" | "unknown" {
  return error.delivery;
}

/** A caught value becomes the error of a record. */
export function dataOf(caught: unknown): Uint8Array | string | undefined {
  if (!isRecordFailedError(caught)) return undefined;
  // @ts-expect-error: the record of an error cannot be replaced
  caught.record = { data: "" };
  return caught.record.data;
}
