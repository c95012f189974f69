import type { Packing } from "../core/aggregator.js";
import type { TakenRecord } from "../core/collector.js";
import { classifyFailure, type FailureClass } from "../core/failure-class.js";
import type { Lane } from "../core/lane.js";
import type { DeliveryHistory, PendingKinesisRecord } from "../core/pending-kinesis-record.js";
import type { EntryAccepted, EntryAnswer, EntryRefused, PutRecordsAnswer, RequestFailure } from "../core/ports.js";
import type { Pause } from "../core/retry-policy.js";
import type { StreamRecorder } from "../metrics/recorder.js";
import type { Attempt } from "../record.js";
import type { HeldRecord, Judgement } from "./judgement.js";
import type { FailureReason, Outcomes } from "./outcomes.js";
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
  readonly maxAttempts: number;
  readonly failIfThrottled: boolean;
  /** A shard took what was not predicted for it. */
  readonly onWrongShard: (lane: Lane, now: number) => void;
  /** The service says that the stream does not exist. */
  readonly onNoStream: (reason: FailureReason) => void;
  /** Sends these together, as they are, before anything else. */
  readonly sendTogether: (items: readonly TakenRecord[]) => void;
}

/** What the attempt that has just ended was, apart from its times. */
type AttemptOutcome = Pick<Attempt, "shardId" | "sequenceNumber" | "errorCode" | "errorMessage">;

/**
 * Decides what an answer means for each Kinesis record of its request: delivered, failed, held for judgement, or back to
 * its lane. The decisions about codes are `core/failure-class`'s.
 */
export class Settlement {
  readonly #parts: SettlementParts;

  constructor(parts: SettlementParts) {
    this.#parts = parts;
  }

  /** Settles a request by its answer. */
  settle(sent: SentRequest, answer: PutRecordsAnswer, now: number): void {
    if (answer.kind === "failed") this.#settleFailed(sent, answer, now);
    else if (answer.entries.length !== sent.items.length)
      this.#settleFailed(sent, unreadable(sent, answer.entries), now);
    else this.#settleAnswered(sent, answer.entries, now);
  }

  /**
   * Re-sends what a review found in a wrong shard: a copy is stored where some reader may see it.
   *
   * @param packing - in place of the lanes' own
   */
  resend(misplaced: readonly HeldRecord[], now: number, packing?: Packing): void {
    for (const { taken } of misplaced) this.#markMisplaced(taken.record);
    const records = misplaced.map(({ taken }) => taken.record);
    this.#parts.router.repack(records, now, packing);
  }

  #settleAnswered(sent: SentRequest, answers: readonly EntryAnswer[], now: number): void {
    const { recorder, streamPause } = this.#parts;
    streamPause.onSuccess(sent.startedAt);
    const returning = new Returning();
    for (const [i, taken] of sent.items.entries()) {
      const answer = answers[i] as EntryAnswer;
      if (taken.record.liveCount === 0) continue;
      if (isAccepted(answer)) this.#onAccepted(sent, taken, answer, now);
      else if (this.#isRetriedAfter(sent, taken, answer, now)) returning.add(taken);
    }
    recorder.retries += returning.count;
    returning.giveBack(this.#parts.router, now);
  }

  #onAccepted(sent: SentRequest, taken: TakenRecord, answer: EntryAccepted, now: number): void {
    const { outcomes, judgement, onWrongShard, recorder } = this.#parts;
    const { record, lane } = taken;
    const { shardId, sequenceNumber } = answer;
    record.history = extend(record, sent, now, { shardId, sequenceNumber }, { counted: 0, mayBeStored: false });
    lane.pause.onSuccess(sent.startedAt);
    if (lane.shard?.shardId === shardId) {
      outcomes.delivered(record, answer);
      return;
    }
    if (lane.shard !== undefined) {
      recorder.wrongShard++;
      onWrongShard(lane, now);
    }
    if (!record.isAggregate) {
      outcomes.delivered(record, answer);
      return;
    }
    // Aggregates of one key are in their place unless the shard is known not to hold that key. Rule 19.
    if (record.hasOneKey && judgement.verdictOn(record, shardId) !== "outside") {
      outcomes.delivered(record, answer);
      return;
    }
    judgement.hold({ taken, answer, answeredAt: now });
    if (lane.shard === undefined) onWrongShard(lane, now);
  }

  /** Whether the record goes again after this refusal; if not, it has failed here. */
  #isRetriedAfter(sent: SentRequest, taken: TakenRecord, refusal: EntryRefused, now: number): boolean {
    const { errorCode, errorMessage } = refusal;
    const { record, lane } = taken;
    const failureClass = classifyFailure(errorCode);
    this.#parts.recorder.onError(errorCode);
    // An internal failure may have come after the record was stored.
    const mayBeStored = failureClass === "transient";
    record.history = extend(record, sent, now, { errorCode, errorMessage }, { counted: 1, mayBeStored });
    if (failureClass === "throttled") {
      lane.limiter.onThrottled(sent.startedAt, now);
      if (lane.shard !== undefined) this.#parts.recorder.shard(lane.shard.shardId).kinesisRecordsThrottled++;
    }
    if (failureClass !== "throttled" && failureClass !== "transient") {
      this.#fail(record, errorCode, errorMessage);
      return false;
    }
    lane.pause.onFailure(sent.startedAt, now);
    return this.#mayRetry(record, failureClass, errorCode, errorMessage);
  }

  #settleFailed(sent: SentRequest, failure: RequestFailure, now: number): void {
    const { recorder, streamPause, onNoStream } = this.#parts;
    const failureClass = classifyFailure(failure.code, failure.statusCode);
    recorder.requestsFailed++;
    recorder.onError(failure.code);
    const live = sent.items.filter(({ record }) => record.liveCount > 0);
    if (failureClass === "culprit") {
      this.#isolate(sent, live, failure, now);
      return;
    }
    for (const { record } of live) {
      const outcome = { errorCode: failure.code, errorMessage: failure.message };
      record.history = extend(record, sent, now, outcome, { counted: 1, mayBeStored: failure.mayBeStored });
    }
    if (failureClass === "fatal" || failureClass === "no-stream") {
      for (const { record } of live) this.#fail(record, failure.code, failure.message);
      if (failureClass === "no-stream") onNoStream(serviceRefusal(failure.code, failure.message));
      return;
    }
    streamPause.onFailure(sent.startedAt, now);
    const returning = new Returning();
    for (const taken of live) {
      if (this.#mayRetry(taken.record, failureClass, failure.code, failure.message)) returning.add(taken);
    }
    recorder.retries += returning.count;
    returning.giveBack(this.#parts.router, now);
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
    // The transport has asked for fresh credentials, or corrected its clock: it helps at once, or not at all.
    if (
      (failureClass === "credentials" || failureClass === "clock-skew") &&
      endsTwiceWith(record.history, failureClass)
    ) {
      this.#fail(record, code, message);
      return false;
    }
    return true;
  }

  /** Some entry made the service refuse the whole request: it fails alone, and the others go again. Rule 16. */
  #isolate(sent: SentRequest, live: readonly TakenRecord[], failure: RequestFailure, now: number): void {
    const { sendTogether, recorder } = this.#parts;
    const named = /records\.(\d+)\.member/.exec(failure.message);
    // The service counts from 1.
    const culprit = live.length === 1 ? live[0] : named === null ? undefined : sent.items[Number(named[1]) - 1];
    const outcome = { errorCode: failure.code, errorMessage: failure.message };
    for (const { record } of live) {
      record.history = extend(record, sent, now, outcome, { counted: 0, mayBeStored: false });
    }
    const others = live.filter((taken) => taken !== culprit);
    if (culprit !== undefined && culprit.record.liveCount > 0)
      this.#fail(culprit.record, failure.code, failure.message);
    recorder.retries += others.length;
    if (culprit === undefined) {
      const half = Math.ceil(others.length / 2);
      sendTogether(others.slice(0, half));
      sendTogether(others.slice(half));
    } else if (others.length > 0) sendTogether(others);
  }

  #markMisplaced(record: PendingKinesisRecord): void {
    const { history } = record;
    const last = history.attempts.at(-1) as Attempt;
    const errorMessage = "the shard that took the aggregate does not hold all of its hash keys";
    record.history = {
      ...history,
      attempts: [...history.attempts.slice(0, -1), { ...last, errorCode: "WrongShard", errorMessage }],
      mayBeStored: true,
    };
    this.#parts.recorder.retries++;
  }

  #fail(record: PendingKinesisRecord, code: string, message: string): void {
    this.#parts.outcomes.failed(record, serviceRefusal(code, message));
  }
}

/** Kinesis records on their way back, by lane, in the order in which they were sent. */
class Returning {
  readonly #byLane: Map<Lane, PendingKinesisRecord[]> = new Map();
  count = 0;

  add({ record, lane }: TakenRecord): void {
    const records = this.#byLane.get(lane);
    if (records === undefined) this.#byLane.set(lane, [record]);
    else records.push(record);
    this.count++;
  }

  giveBack(router: Router, now: number): void {
    for (const [lane, records] of this.#byLane) router.giveBack(lane, records, now);
  }
}

function isAccepted(answer: EntryAnswer): answer is EntryAccepted {
  return "sequenceNumber" in answer;
}

function serviceRefusal(code: string, message: string): FailureReason {
  return { code: "KP_RECORD_FAILED", message: `${code}: ${message}`, serviceCode: code };
}

function unreadable(sent: SentRequest, answers: readonly EntryAnswer[]): RequestFailure {
  const message = `the answer has ${answers.length} entries for ${sent.items.length} records`;
  return { kind: "failed", code: "UnreadableAnswer", message, mayBeStored: true };
}

function extend(
  record: PendingKinesisRecord,
  sent: SentRequest,
  endedAt: number,
  outcome: AttemptOutcome,
  effect: { readonly counted: number; readonly mayBeStored: boolean },
): DeliveryHistory {
  const { history } = record;
  const isFirst = history.attempts.length === 0;
  const attempt: Attempt = {
    startedAt: sent.startedAtEpoch,
    delayMs: Math.max(0, sent.startedAt - (isFirst ? record.oldestAt : history.lastEndedAt)),
    durationMs: endedAt - sent.startedAt,
    ...outcome,
  };
  return {
    attempts: [...history.attempts, attempt],
    firstStartedAt: isFirst ? sent.startedAt : history.firstStartedAt,
    lastEndedAt: endedAt,
    counted: history.counted + effect.counted,
    mayBeStored: history.mayBeStored || effect.mayBeStored,
  };
}

/** Whether the last two attempts failed in this way. */
function endsTwiceWith(history: DeliveryHistory, failureClass: FailureClass): boolean {
  const last = history.attempts.slice(-2);
  return (
    last.length === 2 &&
    last.every(({ errorCode }) => errorCode !== undefined && classifyFailure(errorCode) === failureClass)
  );
}
