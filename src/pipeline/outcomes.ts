import type { BufferBudget, ShardBudget } from "../core/buffer-budget.js";
import { type DeliveryHistory, GONE, type PendingKinesisRecord, toUserRecord } from "../core/pending-kinesis-record.js";
import type { PlacedRecord } from "../core/placed-record.js";
import type { Clock } from "../core/ports.js";
import type { SettlementLedger } from "../core/settlement-ledger.js";
import { type ErrorCode, RecordFailedError } from "../errors.js";
import type { StreamRecorder } from "../metrics/recorder.js";
import type { Attempt, PutResult } from "../record.js";
import type { DeliveryBatch, DeliveryOutcome } from "./delivery-batch.js";
import { contextOf, isSettler, type Results, Settler, settleFailed } from "./settler.js";

/** Where the Kinesis record is. */
export interface Landing {
  readonly shardId: string;
  readonly sequenceNumber: string;
}

/** Why user records fail, and which of them. */
export interface FailureReason {
  readonly code: Exclude<ErrorCode, "KP_INVALID_OPTION">;
  readonly message: string;
  readonly serviceCode?: string;
  readonly cause?: unknown;
}

/** The caller's callbacks. */
export interface OutcomeCallbacks {
  readonly onDelivery: ((batch: DeliveryBatch) => void) | undefined;
  readonly onFailed: ((error: RecordFailedError) => void) | undefined;
}

/** What outcomes are told to. */
export interface OutcomeParts {
  readonly streamName: string;
  /** As far as it is known now. */
  readonly streamArn: () => string | undefined;
  readonly budget: BufferBudget;
  readonly ledger: SettlementLedger;
  readonly callbacks: OutcomeCallbacks;
  /** Whether the memory of what is settled may be used again. */
  readonly mayRecycle: () => boolean;
  readonly recorder: StreamRecorder;
  readonly clock: Clock;
  /** Hears of each record that failed before its caller does. */
  readonly onFailing: ((record: PlacedRecord, reason: FailureReason) => void) | undefined;
  /** Called after room was given back. */
  readonly onRoom: () => void;
}

/**
 * The end of every accepted record: settles it, exactly once, towards the caller, the budget, the ledger and the counters.
 * Whoever calls here has taken the Kinesis record out of every queue, or marks what it settles as gone.
 */
export class Outcomes {
  readonly #parts: OutcomeParts;

  constructor(parts: OutcomeParts) {
    this.#parts = parts;
  }

  /** Kinesis has the record: every user record in it that is not settled yet is delivered. */
  delivered(record: PendingKinesisRecord, landing: Landing): void {
    const { streamName, recorder, callbacks, clock } = this.#parts;
    const history = record.history;
    const results = new ResultMaker(record, history, landing, streamName);
    const now = clock.now();
    let enqueued = 0;
    // Records of one burst were accepted in the same millisecond: their latency is counted once for all of them.
    let alikeAt = record.oldestAt;
    let alike = 0;
    for (let i = 0; i < record.count; i++) {
      const settler = record.settlerAt(i);
      if (settler === GONE) continue;
      const acceptedAt = record.acceptedAtOf(i);
      if (acceptedAt !== alikeAt) {
        recorder.latency.record(now - alikeAt, alike);
        alikeAt = acceptedAt;
        alike = 0;
      }
      alike++;
      if (typeof settler === "function") settler(results.make(i));
      else if (settler instanceof Settler) settler.deliver(results, i);
      else enqueued++;
    }
    recorder.latency.record(now - alikeAt, alike);
    recorder.onDelivered(landing.shardId, record.liveCount, record.liveBytes);
    this.#giveBack(record.budget, record.liveCount, record.liveBytes);
    settleIn(this.#parts.ledger, record);
    if (enqueued > 0 && callbacks.onDelivery !== undefined) this.#report(new DeliveredBatch(record, results, enqueued));
    if (this.#parts.mayRecycle()) record.recycle();
  }

  /** All user records that are not settled yet fail. The Kinesis record must not be used afterwards. */
  failed(record: PendingKinesisRecord, reason: FailureReason): void {
    if (record.liveCount > 0) this.failWhere(record, () => reason);
    if (this.#parts.mayRecycle()) record.recycle();
  }

  /** Fails the user records for which there is a reason, and marks them gone; the others stay. */
  failWhere(record: PendingKinesisRecord, reasonFor: (record: PlacedRecord) => FailureReason | undefined): void {
    const records = record.records();
    for (const [i, placed] of records.entries()) {
      if (placed.settler === GONE) continue;
      const reason = reasonFor(placed);
      if (reason === undefined) continue;
      record.markGone(i, placed.bufferedBytes);
      this.failOne(placed, record.history, reason);
    }
  }

  /** Fails one user record that is in no Kinesis record (any more). */
  failOne(placed: PlacedRecord, history: DeliveryHistory, reason: FailureReason): void {
    const { streamName, streamArn, recorder, ledger, onFailing } = this.#parts;
    onFailing?.(placed, reason);
    const error = new RecordFailedError({
      ...reason,
      record: toUserRecord(placed, streamName),
      streamArn: streamArn(),
      attempts: attemptsOf(history, placed.acceptedAt),
      delivery: history.mayBeStored ? "unknown" : "none",
    });
    recorder.onFailed(error.serviceCode ?? error.code, 1);
    this.#giveBack(placed.budget, 1, placed.bufferedBytes);
    ledger.settle(placed.generation, 1);
    this.tell(placed.settler, error);
  }

  /** Tells a failure to everyone who wants to know, and counts nothing. */
  tell(settler: unknown, error: RecordFailedError): void {
    const { callbacks } = this.#parts;
    if (callbacks.onFailed !== undefined) this.#call(callbacks.onFailed, error);
    if (isSettler(settler)) settleFailed(settler, error);
    else if (callbacks.onDelivery !== undefined) this.#report(new FailedBatch({ context: contextOf(settler), error }));
  }

  #giveBack(shard: ShardBudget, records: number, bytes: number): void {
    const { budget, onRoom } = this.#parts;
    budget.release(shard, records, bytes);
    onRoom();
  }

  #report(batch: DeliveryBatch): void {
    this.#call(this.#parts.callbacks.onDelivery as (batch: DeliveryBatch) => void, batch);
  }

  /** A callback that throws is the caller's bug: it surfaces as an uncaught exception and changes no record's fate. */
  #call<T>(callback: (value: T) => void, value: T): void {
    try {
      callback(value);
    } catch (error) {
      this.#parts.clock.defer(() => {
        throw error;
      });
    }
  }
}

/** All user records that were not settled yet are. */
function settleIn(ledger: SettlementLedger, record: PendingKinesisRecord): void {
  if (!record.hasManyGenerations) {
    ledger.settle(record.generationOf(0), record.liveCount);
    return;
  }
  for (let i = 0; i < record.count; i++) {
    if (record.settlerAt(i) !== GONE) ledger.settle(record.generationOf(i), 1);
  }
}

/** The attempts as one user record lived them: the first one's delay counts from its own acceptance. */
function attemptsOf(history: DeliveryHistory, acceptedAt: number): readonly Attempt[] {
  const [first, ...others] = history.attempts;
  if (first === undefined) return [];
  return [{ ...first, delayMs: Math.max(0, history.firstStartedAt - acceptedAt) }, ...others];
}

/** Makes the results of one Kinesis record's user records. Those accepted in the same moment share their attempts. */
class ResultMaker implements Results {
  readonly #record: PendingKinesisRecord;
  readonly #history: DeliveryHistory;
  readonly #landing: Landing;
  readonly #streamName: string;
  #attempts: readonly Attempt[] = [];
  #attemptsAt: number = Number.NaN;

  constructor(record: PendingKinesisRecord, history: DeliveryHistory, landing: Landing, streamName: string) {
    this.#record = record;
    this.#history = history;
    this.#landing = landing;
    this.#streamName = streamName;
  }

  make(index: number): PutResult {
    const acceptedAt = this.#record.acceptedAtOf(index);
    if (acceptedAt !== this.#attemptsAt) {
      this.#attempts = attemptsOf(this.#history, acceptedAt);
      this.#attemptsAt = acceptedAt;
    }
    return {
      streamName: this.#streamName,
      shardId: this.#landing.shardId,
      sequenceNumber: this.#landing.sequenceNumber,
      subSequenceNumber: index,
      attempts: this.#attempts,
      mayBeDuplicate: this.#history.mayBeStored,
    };
  }
}

/** Enqueued user records of one Kinesis record, delivered. */
class DeliveredBatch implements DeliveryBatch {
  readonly length: number;
  readonly #record: PendingKinesisRecord;
  readonly #results: ResultMaker;

  constructor(record: PendingKinesisRecord, results: ResultMaker, length: number) {
    this.#record = record;
    this.#results = results;
    this.length = length;
  }

  *[Symbol.iterator](): Generator<DeliveryOutcome> {
    for (let i = 0; i < this.#record.count; i++) {
      const settler = this.#record.settlerAt(i);
      if (settler === GONE || isSettler(settler)) continue;
      yield { context: contextOf(settler), result: this.#results.make(i) };
    }
  }
}

/** One enqueued user record that failed. */
class FailedBatch implements DeliveryBatch {
  readonly length = 1;
  readonly #outcome: DeliveryOutcome;

  constructor(outcome: DeliveryOutcome) {
    this.#outcome = outcome;
  }

  *[Symbol.iterator](): Generator<DeliveryOutcome> {
    yield this.#outcome;
  }
}
