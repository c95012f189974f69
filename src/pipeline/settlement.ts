import type { Packing } from "../core/aggregator.js";
import type { TakenRecord } from "../core/collector.js";
import { type AttemptFacts, asMisplaced, withAttempt } from "../core/delivery-history.js";
import { classifyFailure, classifyRequest, type FailureClass } from "../core/failure-class.js";
import type { Lane } from "../core/lane.js";
import type { PendingKinesisRecord } from "../core/pending-kinesis-record.js";
import type {
  EntryAccepted,
  EntryAnswer,
  EntryRefused,
  PutRecordsAnswer,
  RequestAnswered,
  RequestFailure,
} from "../core/ports.js";
import type { RetryBudget } from "../core/retry-budget.js";
import type { Pause } from "../core/retry-policy.js";
import type { OpenShard } from "../core/shard-map.js";
import type { StreamShards } from "../core/stream-shards.js";
import type { StreamRecorder } from "../metrics/recorder.js";
import type { HeldRecord, Judgement } from "./judgement.js";
import type { OrderWatch } from "./order-watch.js";
import type { FailureReason, Outcomes } from "./outcomes.js";
import { Refusals } from "./refusals.js";
import type { Router } from "./router.js";

/** A request on its way, or back. */
export interface SentRequest {
  readonly items: readonly TakenRecord[];
  /** In the clock's milliseconds. */
  readonly startedAt: number;
  /** The same moment, since the Unix epoch. */
  readonly startedAtEpoch: number;
}

export interface SettlementParts {
  readonly router: Router;
  readonly judgement: Judgement;
  readonly outcomes: Outcomes;
  readonly recorder: StreamRecorder;
  /** Holds back the whole stream after a request that failed whole. */
  readonly streamPause: Pause;
  readonly repetitions: RetryBudget;
  readonly recordTtlMs: number;
  readonly maxAttempts: number;
  readonly failIfThrottled: boolean;
  readonly shards: StreamShards;
  /** A shard took what was not predicted for it. */
  readonly onWrongShard: (lane: Lane, now: number) => void;
  /** The predicted shard's id is that of a shard which was created at another time: the stream is another. */
  readonly onOtherCreation: (lane: Lane, now: number) => void;
  /** The service says that the stream does not exist. */
  readonly onNoStream: (reason: FailureReason) => void;
  /** Where order is kept. */
  readonly orderWatch: OrderWatch | undefined;
  /** An aggregate of one key is in a shard that is known not to hold that key. */
  readonly onOneKeyMisplaced: () => void;
}

/**
 * Decides what an answer means for each Kinesis record of its request: delivered, failed, held for judgement, or back to
 * its lane. The decisions about codes are `core/failure-class`'s.
 */
export class Settlement {
  readonly #parts: SettlementParts;
  /** See `PendingKinesisRecord.company`. */
  #lastCompany = 0;

  constructor(parts: SettlementParts) {
    this.#parts = parts;
  }

  /** Settles a request by its answer. */
  settle(sent: SentRequest, answer: PutRecordsAnswer, now: number): void {
    if (answer.kind === "failed") this.#settleFailed(sent, answer, now);
    else if (answer.entries.length !== sent.items.length) this.#settleFailed(sent, unreadable(sent, answer), now);
    else this.#settleAnswered(sent, answer, now);
  }

  /** Re-sends what a stream took that is no more. */
  resendGone(gone: readonly HeldRecord[], now: number): void {
    this.#resend(gone, "the stream that took the record was deleted, and created again", now, undefined);
  }

  /**
   * Re-sends what a review found in a wrong shard: a copy is stored where some reader may see it.
   *
   * @param packing - in place of the lanes' own
   */
  resend(misplaced: readonly HeldRecord[], now: number, packing?: Packing): void {
    this.#resend(misplaced, "the shard that took the aggregate does not hold all of its hash keys", now, packing);
  }

  #resend(misplaced: readonly HeldRecord[], why: string, now: number, packing: Packing | undefined): void {
    const { router, recorder } = this.#parts;
    const records: PendingKinesisRecord[] = [];
    for (const { taken } of misplaced) {
      taken.record.history = asMisplaced(taken.record.history, why);
      records.push(taken.record);
      router.release(taken);
    }
    recorder.retries += records.length;
    router.repack(records, now, packing);
  }

  #settleAnswered(sent: SentRequest, { entries, tries }: RequestAnswered, now: number): void {
    const { recorder, streamPause, router, repetitions } = this.#parts;
    const facts = factsOf(sent, tries, now);
    streamPause.onSuccess(sent.startedAt);
    repetitions.onAnswered();
    const refusals = new Refusals();
    for (const [i, taken] of sent.items.entries()) {
      const answer = entries[i] as EntryAnswer;
      const isHeld =
        taken.record.liveCount > 0 &&
        (isAccepted(answer)
          ? this.#isHeldAfter(facts, taken, answer)
          : this.#onRefused(facts, taken, answer, refusals));
      if (!isHeld) router.release(taken);
    }
    recorder.retries += refusals.returned;
    refusals.settle(sent.startedAt, router, now, this.#parts.recordTtlMs);
  }

  /** Whether an accepted record waits for a verdict; if not, it is delivered. */
  #isHeldAfter(facts: AttemptFacts, taken: TakenRecord, answer: EntryAccepted): boolean {
    const { outcomes, judgement, orderWatch, onWrongShard, onOneKeyMisplaced, shards } = this.#parts;
    const { record, lane } = taken;
    const { shardId, sequenceNumber } = answer;
    const now = facts.endedAt;
    record.history = withAttempt(record, facts, { shardId, sequenceNumber }, { counted: 0, mayBeStored: false });
    lane.pause.onSuccess(facts.startedAt);
    lane.limiter.onAccepted(now);
    if (lane.shard?.shardId === shardId && shards.isAnswerOf(lane.shard, sequenceNumber)) {
      orderWatch?.onLanded(shardId, sequenceNumber, facts.startedAt, now);
      outcomes.delivered(record, answer);
      return false;
    }
    const held = { taken, answer, sentAt: facts.startedAt, answeredAt: now };
    if (judgement.isGone(held)) {
      judgement.hold(held);
      return true;
    }
    if (lane.shard !== undefined) this.#onUnpredicted(lane, lane.shard, answer, now);
    // Rule 19: raw records are in their place wherever they are.
    if (!record.isAggregate || (record.hasOneKey && this.#isInPlace(taken, answer))) {
      outcomes.delivered(record, answer);
      return false;
    }
    if (record.hasOneKey && judgement.verdictOn(record, answer) === "outside") onOneKeyMisplaced();
    judgement.hold(held);
    if (lane.shard === undefined) onWrongShard(lane, now);
    return true;
  }

  /** Another shard answered than the lane's, perhaps one that has its id. */
  #onUnpredicted(lane: Lane, { shardId }: OpenShard, answer: EntryAccepted, now: number): void {
    const { recorder, onWrongShard, onOtherCreation } = this.#parts;
    recorder.wrongShard++;
    if (answer.shardId === shardId) onOtherCreation(lane, now);
    else onWrongShard(lane, now);
  }

  /**
   * Whether an aggregate of one key counts as delivered at once. If it was made while the map was believed, the range of a
   * shard that the map does not know will be known soon, or late, when the list lags: the service might have begun to
   * ignore keys.
   */
  #isInPlace({ record, lane }: TakenRecord, answer: EntryAccepted): boolean {
    const { judgement, router } = this.#parts;
    const verdict = judgement.verdictOn(record, answer);
    return verdict === "inside" || (verdict === "undecided" && !router.wasBelieved(lane));
  }

  /** Notes a refusal; the record goes again, or has failed. Never held. */
  #onRefused(facts: AttemptFacts, taken: TakenRecord, refusal: EntryRefused, refusals: Refusals): false {
    const { errorCode, errorMessage } = refusal;
    const { record, lane } = taken;
    const failureClass = classifyFailure(errorCode);
    this.#parts.recorder.onError(errorCode);
    // An internal failure may have come after the record was stored.
    const effect = { counted: 1, mayBeStored: failureClass === "transient" } as const;
    record.history = withAttempt(record, facts, { errorCode, errorMessage }, effect);
    const isThrottled = failureClass === "throttled";
    if (isThrottled && lane.shard !== undefined)
      this.#parts.recorder.shard(lane.shard.shardId).kinesisRecordsThrottled++;
    if (!isThrottled && failureClass !== "transient") {
      this.#fail(record, errorCode, errorMessage);
      return false;
    }
    refusals.add(lane, isThrottled);
    if (this.#mayRetry(record, failureClass, errorCode, errorMessage)) refusals.giveBack(taken);
    return false;
  }

  #settleFailed(sent: SentRequest, failure: RequestFailure, now: number): void {
    const { recorder, streamPause, onNoStream, router, repetitions } = this.#parts;
    const { code, message } = failure;
    const failureClass = classifyRequest(failure);
    recorder.requestsFailed++;
    recorder.onError(code);
    for (const taken of sent.items) router.release(taken);
    const live = sent.items.filter(({ record }) => record.liveCount > 0);
    // What was refused for one of its records was never tried.
    const isCulprit = failureClass === "culprit";
    const effect = { counted: isCulprit ? 0 : 1, mayBeStored: !isCulprit && failure.mayBeStored } as const;
    const outcome = { errorCode: code, errorMessage: message };
    const isAtOnce = failure.isStaleConnection === true && !live.some(({ record }) => record.history.wentAtOnce);
    const facts = factsOf(sent, failure.tries, now);
    for (const { record } of live) record.history = withAttempt(record, facts, outcome, effect);
    if (isCulprit) {
      this.#isolate(sent, live, failure, now);
      return;
    }
    if (failureClass === "fatal" || failureClass === "no-stream") {
      for (const { record } of live) this.#fail(record, code, message);
      if (failureClass === "no-stream") onNoStream(serviceRefusal(code, message));
      return;
    }
    if (isAtOnce) goesAtOnce(live);
    else {
      streamPause.onFailure(sent.startedAt, now, oldestAt(live) + this.#parts.recordTtlMs);
      repetitions.onFailed();
    }
    const refusals = new Refusals();
    for (const taken of live) {
      if (this.#mayRetry(taken.record, failureClass, code, message)) refusals.giveBack(taken);
    }
    this.#goAgain(refusals, sent, now);
  }

  #goAgain(refusals: Refusals, sent: SentRequest, now: number): void {
    this.#parts.recorder.retries += refusals.returned;
    refusals.settle(sent.startedAt, this.#parts.router, now, this.#parts.recordTtlMs);
  }

  /** Whether another attempt is allowed; if not, the record has failed here. */
  #mayRetry(record: PendingKinesisRecord, failureClass: FailureClass, code: string, message: string): boolean {
    const { maxAttempts, failIfThrottled } = this.#parts;
    if (failureClass === "throttled" && failIfThrottled) {
      this.#fail(record, code, message);
      return false;
    }
    if (record.history.counted >= maxAttempts) {
      this.#fail(record, code, `gave up after ${record.history.counted} attempts (maxAttempts); the last: ${message}`);
      return false;
    }
    return true;
  }

  /**
   * Some entry made the service refuse the whole request: it fails alone, and the others go again. When the service does
   * not say which, either half goes in a company of its own, and one of them is refused again. Rule 16.
   */
  #isolate(sent: SentRequest, live: readonly TakenRecord[], failure: RequestFailure, now: number): void {
    const named = /records\.(\d+)\.member/.exec(failure.message);
    // The service counts from 1.
    const culprit = live.length === 1 ? live[0] : named === null ? undefined : sent.items[Number(named[1]) - 1];
    if (culprit !== undefined && culprit.record.liveCount > 0)
      this.#fail(culprit.record, failure.code, failure.message);
    const others = live.filter((taken) => taken !== culprit);
    const half = Math.ceil(others.length / 2);
    const refusals = new Refusals();
    for (const [i, taken] of others.entries()) {
      taken.record.company = culprit !== undefined ? 0 : i < half ? this.#lastCompany + 1 : this.#lastCompany + 2;
      refusals.giveBack(taken);
    }
    this.#lastCompany += 2;
    this.#goAgain(refusals, sent, now);
  }

  #fail(record: PendingKinesisRecord, code: string, message: string): void {
    this.#parts.outcomes.failed(record, serviceRefusal(code, message));
  }
}

/**
 * A connection that died while it was idle says nothing about the service: its records go again at once, over a new one. Once,
 * then under a pause like any other failure: were it the records themselves that some device on the way cuts off, they would go
 * round for as long as other requests make connections that can be used again.
 */
function goesAtOnce(live: readonly TakenRecord[]): void {
  for (const { record } of live) record.history = { ...record.history, wentAtOnce: true };
}

function isAccepted(answer: EntryAnswer): answer is EntryAccepted {
  return "sequenceNumber" in answer;
}

function serviceRefusal(code: string, message: string): FailureReason {
  return { code: "KP_RECORD_FAILED", message: `${code}: ${message}`, serviceCode: code };
}

function factsOf({ startedAt, startedAtEpoch }: SentRequest, tries: number | undefined, endedAt: number): AttemptFacts {
  return { startedAt, startedAtEpoch, endedAt, tries: tries ?? 1 };
}

function unreadable(sent: SentRequest, { entries, tries = 1 }: RequestAnswered): RequestFailure {
  const message = `the answer has ${entries.length} entries for ${sent.items.length} records`;
  return { kind: "failed", code: "UnreadableAnswer", message, mayBeStored: true, tries };
}

/** When the oldest of them was accepted. */
function oldestAt(items: readonly TakenRecord[]): number {
  let at = Number.POSITIVE_INFINITY;
  for (const { record } of items) at = Math.min(at, record.oldestAt);
  return at;
}
