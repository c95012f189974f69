import type { StreamCondition } from "../../core/condition/stream-condition.js";
import { classifyFailure, classifyRequest, type FailureClass } from "../../core/failure-class.js";
import type { TakenRecord } from "../../core/lane/collector.js";
import type { Lane } from "../../core/lane/lane.js";
import type { RetryBudget } from "../../core/pacing/retry-budget.js";
import type { Pause } from "../../core/pacing/retry-policy.js";
import type {
  EntryAccepted,
  EntryAnswer,
  EntryRefused,
  PutRecordsAnswer,
  RequestAnswered,
  RequestFailure,
} from "../../core/ports.js";
import { type AttemptFacts, withAttempt } from "../../core/record/delivery-history.js";
import type { PendingKinesisRecord } from "../../core/record/pending-kinesis-record.js";
import type { OpenShard } from "../../core/shards/shard-map.js";
import type { StreamRecorder } from "../../metrics/recorder.js";
import type { Announcer } from "../announcer.js";
import type { SentRequest } from "../sender.js";
import type { FailureReason, Settlement } from "../settlement/settlement.js";
import { finalReason, reasonOfFailure } from "./failure-reasons.js";
import type { Misplacement } from "./misplacement.js";
import type { OrderWatch } from "./order-watch.js";
import type { Router } from "./router.js";

export interface AnswersParts {
  readonly router: Router;
  readonly misplacement: Misplacement;
  readonly settlement: Settlement;
  readonly recorder: StreamRecorder;
  readonly condition: StreamCondition;
  /** Pauses the whole stream after a request that failed whole. */
  readonly streamPause: Pause;
  readonly repetitions: RetryBudget;
  readonly recordTtlMs: number;
  readonly maxAttempts: number;
  readonly failIfThrottled: boolean;
  /** Only in ordered mode. */
  readonly orderWatch: OrderWatch | undefined;
  readonly announcer: Announcer;
}

/** Facts about the stream itself in an answer. */
export interface StreamNews {
  /** Another shard than the predicted one took a record: ask for the map. */
  readonly isStale: boolean;
  /** The service says that the stream does not exist. */
  readonly noStream: FailureReason | undefined;
}

/**
 * The part of an answer that concerns one lane. The lane slows down and pauses once, for any number of refused entries.
 * Rules 13, 15.
 */
interface LaneAnswer {
  throttled: number;
  refused: number;
  /** Records to resend, in the order in which they were sent. */
  readonly returning: PendingKinesisRecord[];
}

/** Collects facts of one answer, entry by entry, until all entries were read. */
class Reading {
  readonly sent: SentRequest;
  readonly now: number;
  readonly lanes: Map<Lane, LaneAnswer> = new Map();
  isStale = false;
  hasAccepted = false;
  /** The last refused entry. */
  refusal: EntryRefused | undefined = undefined;
  noStream: FailureReason | undefined = undefined;

  constructor(sent: SentRequest, now: number) {
    this.sent = sent;
    this.now = now;
  }

  /** An entry of the request was refused. */
  refuse(lane: Lane, isThrottled: boolean): void {
    const answer = this.#of(lane);
    answer.refused++;
    if (isThrottled) answer.throttled++;
  }

  /** A Kinesis record will be resent. */
  requeue({ record, lane }: TakenRecord): void {
    this.#of(lane).returning.push(record);
  }

  #of(lane: Lane): LaneAnswer {
    let answer = this.lanes.get(lane);
    if (answer === undefined) {
      answer = { throttled: 0, refused: 0, returning: [] };
      this.lanes.set(lane, answer);
    }
    return answer;
  }
}

/**
 * Reads an answer, entry by entry, then lane by lane. Each Kinesis record is delivered, has failed, is held because
 * another shard took it, or goes back to its lane. `core/failure-class` classifies error codes.
 */
export class Answers {
  readonly #parts: AnswersParts;
  /** See `PendingKinesisRecord.isolationGroup`. */
  #lastIsolationGroup = 0;
  #lastReason: FailureReason | undefined;

  constructor(parts: AnswersParts) {
    this.#parts = parts;
  }

  /** Processes an answer: decides about each of its records. */
  take(sent: SentRequest, answer: PutRecordsAnswer, now: number): StreamNews {
    const reading = new Reading(sent, now);
    if (answer.kind === "failed") this.#takeFailure(reading, answer);
    else if (answer.entries.length !== sent.items.length) this.#takeFailure(reading, unreadable(sent, answer));
    else this.#takeEntries(reading, answer);
    this.#endLanes(reading);
    return reading;
  }

  #takeEntries(reading: Reading, { entries, tries }: RequestAnswered): void {
    const { streamPause, router, repetitions, condition } = this.#parts;
    const { sent } = reading;
    const facts = factsOf(sent, tries, reading.now);
    streamPause.onSuccess(sent.startedAt);
    repetitions.onAnswered();
    for (const [i, taken] of sent.items.entries()) {
      const answer = entries[i] as EntryAnswer;
      this.#count(taken, answer, reading.now);
      const isHeld =
        taken.record.liveCount > 0 &&
        (isAccepted(answer)
          ? this.#isHeldAfter(reading, facts, taken, answer)
          : this.#onRefused(reading, facts, taken, answer));
      if (!isHeld) router.release(taken);
    }
    condition.onAnswered(reading, reading.now);
  }

  /** Counts an entry. Its user records may have failed in the meantime. */
  #count({ record, lane }: TakenRecord, answer: EntryAnswer, now: number): void {
    const { recorder } = this.#parts;
    if (isAccepted(answer)) recorder.onAccepted(answer.shardId, record.wireBytes, now);
    else {
      const isThrottled = classifyFailure(answer.errorCode) === "throttled";
      recorder.onRefused(lane.shard?.shardId, answer.errorCode, isThrottled);
    }
  }

  /** Whether an accepted record is held; if not, it is delivered. */
  #isHeldAfter(reading: Reading, facts: AttemptFacts, taken: TakenRecord, answer: EntryAccepted): boolean {
    const { settlement, misplacement, orderWatch, condition } = this.#parts;
    const { record, lane } = taken;
    const { shardId, sequenceNumber } = answer;
    record.history = withAttempt(record, facts, { shardId, sequenceNumber }, { counted: 0, mayBeStored: false });
    lane.pause.onSuccess(facts.startedAt);
    lane.limiter.onAccepted(facts.endedAt);
    reading.hasAccepted = true;
    condition.onAccepted(lane.shard?.shardId, facts.endedAt);
    if (!misplacement.isPredicted(lane, answer)) return this.#isHeldElsewhere(reading, taken, answer);
    orderWatch?.onLanded(shardId, sequenceNumber, facts.startedAt, facts.endedAt);
    settlement.delivered(record, answer);
    return false;
  }

  /** Whether a record is held that the lane's shard did not take, or whose lane has no shard. */
  #isHeldElsewhere(reading: Reading, taken: TakenRecord, answer: EntryAccepted): boolean {
    const { misplacement, settlement, recorder, router } = this.#parts;
    const { lane } = taken;
    const landing = misplacement.onLanded(taken, answer, reading.sent.startedAt, reading.now);
    if (landing !== "gone" && lane.shard !== undefined) {
      recorder.wrongShard++;
      this.#announceWrongShard(taken.record, lane.shard, answer, landing === "held");
      reading.isStale = true;
      // The lane may be held now.
      router.reschedule(lane);
    }
    if (landing === "held") reading.isStale = true;
    if (landing === "delivered") settlement.delivered(taken.record, answer);
    return landing !== "delivered";
  }

  #announceWrongShard(
    record: PendingKinesisRecord,
    predicted: OpenShard,
    answer: EntryAccepted,
    isHeld: boolean,
  ): void {
    const { announcer } = this.#parts;
    if (!announcer.hears("wrong-shard")) return;
    const { shardId, sequenceNumber } = answer;
    const userRecords = record.liveCount;
    announcer.tell("wrong-shard", {
      predictedShardId: predicted.shardId,
      shardId,
      sequenceNumber,
      userRecords,
      isHeld,
    });
  }

  /** Counts a refusal; the record is resent, or has failed. It is never held. */
  #onRefused(reading: Reading, facts: AttemptFacts, taken: TakenRecord, refusal: EntryRefused): false {
    const { errorCode, errorMessage } = refusal;
    const { record, lane } = taken;
    const failureClass = classifyFailure(errorCode);
    reading.refusal = refusal;
    // An internal failure may have happened after the record was stored.
    const effect = { counted: 1, mayBeStored: failureClass === "transient" } as const;
    record.history = withAttempt(record, facts, { errorCode, errorMessage }, effect);
    const isThrottled = failureClass === "throttled";
    lane.refusal = { code: errorCode, message: errorMessage };
    if (!isThrottled && failureClass !== "transient") {
      this.#fail(record, errorCode, errorMessage);
      return false;
    }
    reading.refuse(lane, isThrottled);
    if (this.#mayRetry(record, failureClass, errorCode, errorMessage)) reading.requeue(taken);
    return false;
  }

  #takeFailure(reading: Reading, failure: RequestFailure): void {
    const { recorder, router, condition } = this.#parts;
    const { sent, now } = reading;
    const { code, message } = failure;
    const failureClass = classifyRequest(failure);
    recorder.onRequestFailed(code);
    condition.onRequestFailed(failure, failureClass, sent.startedAt, now);
    for (const taken of sent.items) router.release(taken);
    const live = sent.items.filter(({ record }) => record.liveCount > 0);
    // When a request was refused because of one record, the others were not attempted.
    const hasBadRecord = failureClass === "bad-record";
    const effect = { counted: hasBadRecord ? 0 : 1, mayBeStored: !hasBadRecord && failure.mayBeStored } as const;
    const outcome = { errorCode: code, errorMessage: message };
    const isAtOnce = failure.isStaleConnection === true && !live.some(({ record }) => record.history.wentAtOnce);
    const facts = factsOf(sent, failure.tries, now);
    for (const { record } of live) record.history = withAttempt(record, facts, outcome, effect);
    if (hasBadRecord) this.#isolate(reading, live, failure);
    else if (failureClass === "fatal" || failureClass === "no-stream") {
      const reason = reasonOfFailure(failure);
      for (const { record } of live) this.#parts.settlement.failed(record, reason);
      if (failureClass === "no-stream") reading.noStream = reason;
    } else {
      if (isAtOnce) goesAtOnce(live);
      else this.#pauseStream(reading, live, failure);
      for (const taken of live) if (this.#mayRetry(taken.record, failureClass, code, message)) reading.requeue(taken);
    }
  }

  #pauseStream({ sent, now }: Reading, live: readonly TakenRecord[], { code, message }: RequestFailure): void {
    const { streamPause, repetitions, recordTtlMs } = this.#parts;
    const oldest = oldestOf(live.map(({ record }) => record));
    streamPause.failure = { code, message };
    streamPause.onFailure(sent.startedAt, now, oldest + recordTtlMs);
    repetitions.onFailed();
  }

  /** Whether another attempt is allowed; if not, this call fails the record. */
  #mayRetry(record: PendingKinesisRecord, failureClass: FailureClass, code: string, message: string): boolean {
    const { maxAttempts, failIfThrottled } = this.#parts;
    if (failureClass === "throttled" && failIfThrottled) {
      this.#fail(record, code, message);
      return false;
    }
    if (record.history.counted >= maxAttempts) {
      this.#fail(record, code, message, `gave up after ${record.history.counted} attempts (maxAttempts); the last: `);
      return false;
    }
    return true;
  }

  /**
   * The service rejected the whole request because of one bad record, which fails alone; the others are resent. If the
   * service does not name the bad record, each half is resent in its own isolation group, and one of the halves is
   * rejected again. Rule 16.
   */
  #isolate(reading: Reading, live: readonly TakenRecord[], failure: RequestFailure): void {
    const named = /records\.(\d+)\.member/.exec(failure.message);
    // The service counts from 1.
    const rejected =
      live.length === 1 ? live[0] : named === null ? undefined : reading.sent.items[Number(named[1]) - 1];
    if (rejected !== undefined && rejected.record.liveCount > 0)
      this.#fail(rejected.record, failure.code, failure.message);
    const others = live.filter((taken) => taken !== rejected);
    const half = Math.ceil(others.length / 2);
    for (const [i, taken] of others.entries()) {
      taken.record.isolationGroup =
        rejected !== undefined ? 0 : i < half ? this.#lastIsolationGroup + 1 : this.#lastIsolationGroup + 2;
      reading.requeue(taken);
    }
    this.#lastIsolationGroup += 2;
  }

  /** Records of one answer that fail for the same reason share it. */
  #fail(record: PendingKinesisRecord, code: string, message: string, prefix = ""): void {
    const text = `${code}: ${prefix}${message}`;
    if (this.#lastReason?.message !== text) this.#lastReason = finalReason({ code, message }, prefix);
    this.#parts.settlement.failed(record, this.#lastReason);
  }

  /** For each lane: slows down and pauses it after refusals, and requeues records to resend. */
  #endLanes({ sent, now, lanes }: Reading): void {
    const { router, recorder, recordTtlMs } = this.#parts;
    for (const [lane, { throttled, refused, returning }] of lanes) {
      recorder.retries += returning.length;
      // Counted one by one: the rate falls once, by their number. For a lane of many shards the number gives the share
      // of throttled records.
      for (let i = 0; i < throttled; i++) lane.limiter.onThrottled(sent.startedAt, now);
      if (throttled > 0) this.#announceThrottled(lane, throttled, now);
      if (refused > 0 && lane.shard === undefined) {
        router.requeuePaused(lane, returning, now);
        continue;
      }
      if (refused > 0) lane.pause.onFailure(sent.startedAt, now, oldestOf(returning) + recordTtlMs);
      if (throttled > 0) lane.onThrottledPause(now);
      router.requeue(lane, returning, now);
    }
  }

  #announceThrottled({ shard, limiter: { rateFactor } }: Lane, records: number, now: number): void {
    const { announcer, condition } = this.#parts;
    condition.onThrottled(shard?.shardId, records, rateFactor, now);
    if (!announcer.hears("throttled")) return;
    const shown = shard === undefined ? {} : { shardId: shard.shardId };
    announcer.tell("throttled", { ...shown, records, rateFactor });
  }
}

/**
 * A connection that died while it was idle says nothing about the service: its records are resent at once over a new
 * connection. Only once; after that they pause as after any other failure. If a network device cuts connections because
 * of these records, they would otherwise be resent without end, as long as other requests leave idle connections.
 */
function goesAtOnce(live: readonly TakenRecord[]): void {
  for (const { record } of live) record.history = { ...record.history, wentAtOnce: true };
}

function isAccepted(answer: EntryAnswer): answer is EntryAccepted {
  return "sequenceNumber" in answer;
}

function factsOf({ startedAt, startedAtEpoch }: SentRequest, tries: number | undefined, endedAt: number): AttemptFacts {
  return { startedAt, startedAtEpoch, endedAt, tries: tries ?? 1 };
}

function unreadable(sent: SentRequest, { entries, tries = 1 }: RequestAnswered): RequestFailure {
  const message = `the answer has ${entries.length} entries for ${sent.items.length} records`;
  return { kind: "failed", code: "UnreadableAnswer", message, mayBeStored: true, tries };
}

/** When the oldest of the records was accepted. */
function oldestOf(records: readonly PendingKinesisRecord[]): number {
  let at = Number.POSITIVE_INFINITY;
  for (const record of records) at = Math.min(at, record.oldestAt);
  return at;
}
