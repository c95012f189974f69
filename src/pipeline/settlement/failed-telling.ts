import type { Diagnostics } from "../../core/ports.js";
import type { DeliveryHistory } from "../../core/record/delivery-history.js";
import { GONE, type PendingKinesisRecord } from "../../core/record/pending-kinesis-record.js";
import type { PlacedRecord } from "../../core/record/placed-record.js";
import { toUserRecord } from "../../core/record/record-reader.js";
import { Ring } from "../../core/record/ring.js";
import { newStacklessFailure, type RecordFailedError, type RecordFailure } from "../../errors.js";
import type { EndedRecords } from "../../metrics/recorder.js";
import type { Attempt, UserRecord } from "../../record.js";
import { contextOf, isSettler, settleFailed } from "../entry/settler.js";
import { AttemptsTold } from "./attempts-told.js";
import { callBack } from "./caller-code.js";
import type { DeliveryBatch, DeliveryOutcome } from "./delivery-batch.js";
import type { FailureReason, SettlementParts } from "./settlement-parts.js";
import { FAILURE_COST, type Telling } from "./teller.js";

/**
 * Settles Kinesis records that failed for one reason: all their user records that were not settled before fail. One
 * object for all records that fail together, because without aggregation there may be a million. Reads the user records
 * back one by one.
 */
export class FailedTelling implements Telling {
  readonly #parts: SettlementParts;
  readonly #reason: FailureReason;
  /** Lists of failed Kinesis records, in order. */
  readonly #lists: Ring<(PendingKinesisRecord | undefined)[]> = new Ring();
  /** The last list, if more records may join it. */
  #open: (PendingKinesisRecord | undefined)[] | undefined;
  /** Index, in the first list, of the record whose user records are being failed. */
  #index = 0;
  /** Number of its user records that were failed, and the cursor to the next. */
  #told = 0;
  #read: ((index: number) => PlacedRecord) | undefined;
  #attempts: AttemptsTold | undefined;

  constructor(parts: SettlementParts, reason: FailureReason) {
    this.#parts = parts;
    this.#reason = reason;
  }

  get isTold(): boolean {
    return this.#lists.length === 0;
  }

  /** Whether a record of these parts that fails for this reason can join the others. */
  isLike(parts: SettlementParts, reason: FailureReason): boolean {
    return parts === this.#parts && reason === this.#reason;
  }

  add(record: PendingKinesisRecord): void {
    if (this.#open === undefined) {
      this.#open = [];
      this.#lists.push(this.#open);
    }
    this.#open.push(record);
  }

  /** Adds many records and keeps the array: the caller must not use it any more. */
  addAll(records: PendingKinesisRecord[]): void {
    this.#open = undefined;
    this.#lists.push(records);
  }

  tell(most: number): number {
    let cost = 0;
    while (!this.isTold && cost < most) {
      const list = this.#lists.peek() as (PendingKinesisRecord | undefined)[];
      const record = list[this.#index] as PendingKinesisRecord;
      cost += this.#tellNextOf(record);
      if (this.#told === record.count) this.#leave(record, list);
    }
    return cost;
  }

  #tellNextOf(record: PendingKinesisRecord): number {
    this.#read ??= record.reader();
    // Records that were never sent have one history: without aggregation there may be a million of them.
    if (this.#attempts?.isOf(record.history) !== true) this.#attempts = new AttemptsTold(record.history);
    const placed = this.#read(this.#told++);
    if (placed.settler === GONE) return 1;
    tellFailure(this.#parts, placed, this.#reason, record.history, this.#attempts);
    return FAILURE_COST;
  }

  #leave(record: PendingKinesisRecord, list: (PendingKinesisRecord | undefined)[]): void {
    // Frees the bytes of this record before the last one fails.
    list[this.#index++] = undefined;
    if (this.#index === list.length) {
      this.#lists.shift();
      this.#index = 0;
      if (list === this.#open) this.#open = undefined;
    }
    this.#told = 0;
    this.#read = undefined;
    if (this.#parts.mayRecycle()) record.recycle();
  }
}

/** Fails one user record separately from the others of its Kinesis record. */
export class LoneFailedTelling implements Telling {
  readonly #parts: SettlementParts;
  readonly #placed: PlacedRecord;
  readonly #reason: FailureReason;
  readonly #history: DeliveryHistory;
  isTold = false;

  constructor(parts: SettlementParts, placed: PlacedRecord, reason: FailureReason, history: DeliveryHistory) {
    this.#parts = parts;
    this.#placed = placed;
    this.#reason = reason;
    this.#history = history;
  }

  tell(): number {
    this.isTold = true;
    tellFailure(this.#parts, this.#placed, this.#reason, this.#history, new AttemptsTold(this.#history));
    return FAILURE_COST;
  }
}

function tellFailure(
  parts: SettlementParts,
  placed: PlacedRecord,
  reason: FailureReason,
  history: DeliveryHistory,
  attempts: AttemptsTold,
): void {
  const record = toUserRecord(placed, parts.streamName);
  const told = attempts.of(placed.acceptedAt);
  const error = failureOf(reason, record, parts.streamArn(), history, told);
  const { shardId } = placed.budget;
  for (const { delayMs } of told) parts.recorder.onBuffered(shardId, delayMs, 1);
  countFailure(parts, { shardId, userRecords: 1, attempts: history.made }, reason);
  // An abort is what the caller wants, not a fault.
  if (reason.code !== "KP_ABORTED") parts.condition.onRecordFailed(reason.serviceCode ?? reason.code, error.message);
  parts.release(placed.budget, 1, placed.bufferedBytes);
  parts.ledger.settle(placed.generation, 1);
  tellError(parts, placed.settler, error);
}

/** Counts user records that failed. */
export function countFailure(
  { recorder, clock }: Pick<SettlementParts, "recorder" | "clock">,
  ended: EndedRecords,
  { code, serviceCode }: FailureReason,
): void {
  recorder.onFailed(ended, serviceCode ?? code, code === "KP_RECORD_EXPIRED", clock.now());
}

/**
 * The error of a record that fails for a reason. All errors have one shape: V8 needs three times as long for an object
 * made by spread.
 */
export function failureOf(
  { code, message, serviceCode, cause }: FailureReason,
  record: UserRecord,
  streamArn: string | undefined,
  { mayBeStored, made }: DeliveryHistory,
  attempts: readonly Attempt[],
): RecordFailedError {
  const delivery = mayBeStored ? "unknown" : "none";
  const failure: { -readonly [K in keyof RecordFailure]: RecordFailure[K] } = {
    code,
    message,
    record,
    streamArn,
    attempts,
    attemptCount: made,
    delivery,
    cause,
  };
  if (serviceCode !== undefined) failure.serviceCode = serviceCode;
  return newStacklessFailure(failure);
}

/** The receivers of a failure. */
export type TellingParts = Pick<SettlementParts, "callbacks" | "clock" | "diagnostics">;

/** Passes a failure to the settler, the callbacks and subscribers, and counts nothing. */
export function tellError(
  { callbacks, clock, diagnostics }: TellingParts,
  settler: unknown,
  error: RecordFailedError,
): void {
  if (callbacks.onFailed !== undefined) callBack(clock, callbacks.onFailed, error);
  if (isSettler(settler)) settleFailed(settler, error);
  else if (callbacks.onDelivery !== undefined) callBack(clock, callbacks.onDelivery, new FailedBatch(settler, error));
  publishFailure(diagnostics, error);
}

/** Every record that fails passes here, refused ones too. */
export function publishFailure(diagnostics: Diagnostics, error: RecordFailedError): void {
  if (diagnostics.hears("record-failed")) diagnostics.publish("record-failed", { error });
}

/** One enqueued user record that failed. */
class FailedBatch implements DeliveryBatch {
  readonly length = 1;
  readonly #outcome: DeliveryOutcome;

  constructor(settler: unknown, error: RecordFailedError) {
    this.#outcome = { context: contextOf(settler), error };
  }

  [Symbol.iterator](): Iterator<DeliveryOutcome> {
    return [this.#outcome][Symbol.iterator]();
  }
}
