import { type DeliveryHistory, GONE, type PendingKinesisRecord, toUserRecord } from "../core/pending-kinesis-record.js";
import type { PlacedRecord } from "../core/placed-record.js";
import { newStacklessFailure, type RecordFailedError, type RecordFailure } from "../errors.js";
import type { Attempt, UserRecord } from "../record.js";
import { AttemptsTold } from "./attempts-told.js";
import { callBack } from "./caller-code.js";
import type { DeliveryBatch, DeliveryOutcome } from "./delivery-batch.js";
import type { FailureReason, OutcomeParts } from "./outcome-parts.js";
import { contextOf, isSettler, settleFailed } from "./settler.js";
import { FAILURE_COST, type Telling } from "./teller.js";

/**
 * Tells that all user records of some Kinesis records that were not settled before have failed, for one reason. One for all that fail
 * together: of records without aggregation there may be a million. Reads the user records back one by one.
 */
export class FailedTelling implements Telling {
  readonly #parts: OutcomeParts;
  readonly #reason: FailureReason;
  readonly #records: (PendingKinesisRecord | undefined)[] = [];
  /** Which of them is being told. */
  #index = 0;
  /** How many of its user records were told, and the way to the next. */
  #told = 0;
  #read: ((index: number) => PlacedRecord) | undefined;
  #attempts: AttemptsTold | undefined;

  constructor(parts: OutcomeParts, reason: FailureReason) {
    this.#parts = parts;
    this.#reason = reason;
  }

  get isTold(): boolean {
    return this.#index === this.#records.length;
  }

  /** Whether a record of these parts, which fails for this reason, can be told with the others. */
  isLike(parts: OutcomeParts, reason: FailureReason): boolean {
    return parts === this.#parts && reason === this.#reason;
  }

  add(record: PendingKinesisRecord): void {
    record.end();
    this.#records.push(record);
  }

  tell(most: number): number {
    let cost = 0;
    while (!this.isTold && cost < most) {
      const record = this.#records[this.#index] as PendingKinesisRecord;
      cost += this.#tellNextOf(record);
      if (this.#told === record.count) this.#leave(record);
    }
    return cost;
  }

  #tellNextOf(record: PendingKinesisRecord): number {
    this.#read ??= record.reader();
    this.#attempts ??= new AttemptsTold(record.history);
    const placed = this.#read(this.#told++);
    if (placed.settler === GONE) return 1;
    tellFailure(this.#parts, placed, this.#reason, record.history, this.#attempts);
    return FAILURE_COST;
  }

  #leave(record: PendingKinesisRecord): void {
    // Its bytes are not for keeping until the last one is told.
    this.#records[this.#index++] = undefined;
    this.#told = 0;
    this.#read = undefined;
    this.#attempts = undefined;
    if (this.#parts.mayRecycle()) record.recycle();
  }
}

/** Tells that one user record has failed, apart from the others of its Kinesis record. */
export class LoneFailedTelling implements Telling {
  readonly #parts: OutcomeParts;
  readonly #placed: PlacedRecord;
  readonly #reason: FailureReason;
  readonly #history: DeliveryHistory;
  isTold = false;

  constructor(parts: OutcomeParts, placed: PlacedRecord, reason: FailureReason, history: DeliveryHistory) {
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
  parts: OutcomeParts,
  placed: PlacedRecord,
  reason: FailureReason,
  history: DeliveryHistory,
  attempts: AttemptsTold,
): void {
  const record = toUserRecord(placed, parts.streamName);
  const error = failureOf(reason, record, parts.streamArn(), history, attempts.of(placed.acceptedAt));
  parts.recorder.onFailed(reason.serviceCode ?? reason.code, 1);
  parts.release(placed.budget, 1, placed.bufferedBytes);
  parts.ledger.settle(placed.generation, 1);
  tellError(parts, placed.settler, error);
}

/** The error of a record that fails for a reason. Of one shape for all: V8 takes three times as long for an object that was spread. */
export function failureOf(
  { code, message, serviceCode, cause }: FailureReason,
  record: UserRecord,
  streamArn: string | undefined,
  { mayBeStored }: DeliveryHistory,
  attempts: readonly Attempt[],
): RecordFailedError {
  const delivery = mayBeStored ? "unknown" : "none";
  const failure: { -readonly [K in keyof RecordFailure]: RecordFailure[K] } = {
    code,
    message,
    record,
    streamArn,
    attempts,
    delivery,
    cause,
  };
  if (serviceCode !== undefined) failure.serviceCode = serviceCode;
  return newStacklessFailure(failure);
}

/** Tells a failure to everyone who wants to know, and counts nothing. */
export function tellError(
  { callbacks, clock }: Pick<OutcomeParts, "callbacks" | "clock">,
  settler: unknown,
  error: RecordFailedError,
): void {
  if (callbacks.onFailed !== undefined) callBack(clock, callbacks.onFailed, error);
  if (isSettler(settler)) settleFailed(settler, error);
  else if (callbacks.onDelivery !== undefined) callBack(clock, callbacks.onDelivery, new FailedBatch(settler, error));
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
