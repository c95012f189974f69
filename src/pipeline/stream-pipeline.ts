import type { AggregateLimits, Packing } from "../core/aggregator.js";
import type { BufferBudget, StreamBudget } from "../core/buffer-budget.js";
import { collectRequest, type RequestLimits, type TakenRecord } from "../core/collector.js";
import type { PendingKinesisRecord, PlacedRecord } from "../core/pending-kinesis-record.js";
import type { Clock, Logger, PutRecordsAnswer, Random, StreamDirectory, StreamRef } from "../core/ports.js";
import { Pause, RETRY_BACKOFF } from "../core/retry-policy.js";
import { Ring } from "../core/ring.js";
import type { SettlementLedger } from "../core/settlement-ledger.js";
import type { ShardLimits } from "../core/shard-limiter.js";
import { StreamRecorder } from "../metrics/recorder.js";
import { Judgement } from "./judgement.js";
import { type FailureReason, type OutcomeCallbacks, Outcomes } from "./outcomes.js";
import { PutSettler } from "./put-settler.js";
import { Router } from "./router.js";
import type { RequestOwner } from "./sender.js";
import { type SentRequest, Settlement } from "./settlement.js";
import { type KnownLimits, StreamKnowledge } from "./stream-knowledge.js";
import { Suspects } from "./suspects.js";

/** The options a stream's pipeline needs, resolved. */
export interface PipelineSettings {
  readonly packing: Packing;
  readonly aggregate: AggregateLimits;
  readonly request: RequestLimits;
  readonly lingerMs: number;
  readonly recordTtlMs: number;
  readonly shardLimits: ShardLimits;
  readonly maxAttempts: number;
  readonly failIfThrottled: boolean;
  readonly shardMapTimeoutMs: number;
  readonly shardMapMaxAgeMs: number;
  readonly known: KnownLimits;
}

/** What all streams of a producer share. */
export interface SharedParts {
  readonly settings: PipelineSettings;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly directory: StreamDirectory;
  readonly budget: BufferBudget;
  readonly ledger: SettlementLedger;
  readonly callbacks: OutcomeCallbacks;
  /** Drains at the end of this turn of the event loop. */
  readonly wake: () => void;
  /** Drains at this moment at the latest. */
  readonly wakeAt: (at: number) => void;
}

/** The way of one stream's records, from acceptance to settlement: where its stages meet. */
export class StreamPipeline implements RequestOwner {
  readonly stream: StreamRef;
  readonly budget: StreamBudget;
  readonly recorder: StreamRecorder = new StreamRecorder();
  readonly #shared: SharedParts;
  readonly #stages: Stages;
  /** Requests that were cut out of a refused one, to be sent as they are. */
  readonly #isolated: Ring<readonly TakenRecord[]> = new Ring();
  /** When it was last given a record. */
  usedAt: number;
  /** No queued record was accepted before this moment; may be older than the oldest. */
  #expiryFloor: number = Number.POSITIVE_INFINITY;
  /** Records whose caller has aborted them and that are not settled yet. */
  #aborted = 0;

  constructor(stream: StreamRef, shared: SharedParts, onRoom: () => void) {
    this.stream = stream;
    this.#shared = shared;
    this.budget = shared.budget.open();
    this.usedAt = shared.clock.now();
    this.#stages = this.#connect(onRoom);
  }

  get mayWrap(): boolean {
    return this.#shared.settings.packing !== "none" && this.#stages.router.mode !== "auto";
  }

  /** What is known about the stream itself: its limits, its map. */
  get knowledge(): StreamKnowledge {
    return this.#stages.knowledge;
  }

  get router(): Router {
    return this.#stages.router;
  }

  get outcomes(): Outcomes {
    return this.#stages.outcomes;
  }

  /** Takes a record for which room was found. */
  accept(record: PlacedRecord, now: number): void {
    this.usedAt = now;
    this.recorder.userRecordsAccepted++;
    if (record.acceptedAt < this.#expiryFloor) this.#expiryFloor = record.acceptedAt;
    this.#stages.knowledge.onUse(now);
    const at = this.#stages.router.accept(record, now);
    // Before a lane that is not due yet there may be something else: an expiry, a refresh.
    this.#shared.wakeAt(at > now && at < Number.POSITIVE_INFINITY ? this.nextAt(true) : at);
  }

  /** What goes in the next request; nothing when nothing is due. */
  takeRequest(now: number): readonly TakenRecord[] {
    const isolated = this.#isolated.shift();
    if (isolated !== undefined) return isolated;
    const { router, streamPause } = this.#stages;
    if (streamPause.until > now) return [];
    const { request, lingerMs } = this.#shared.settings;
    return collectRequest(router.schedule, now, request, lingerMs);
  }

  /** A request is being sent: count it. */
  onSent(items: readonly TakenRecord[]): void {
    this.recorder.requests++;
    this.recorder.kinesisRecordsSent += items.length;
    for (const { record } of items) this.recorder.kinesisBytesSent += record.wireBytes;
  }

  onAnswer(sent: SentRequest, answer: PutRecordsAnswer): void {
    if (answer.kind === "answered") this.#stages.knowledge.hasAnswered = true;
    this.#stages.settlement.settle(sent, answer, this.#shared.clock.now());
    for (const { record } of sent.items) this.#expiresBy(record);
    this.#shared.wake();
  }

  /** Everything that time brings, but sending: expiry, refreshes, holds and judgements that end. */
  onTime(now: number): void {
    const { knowledge, suspects } = this.#stages;
    knowledge.onTime(now);
    if (suspects.nextAt <= now) this.#decideSuspects(now);
    this.#reviewJudgement(now);
    if (this.#aborted > 0 || this.#expiryAt <= now) this.#sweepLanes(now);
  }

  /** The next moment at which there is something to do. */
  nextAt(hasSlot: boolean): number {
    const { knowledge, router, judgement, suspects, streamPause } = this.#stages;
    if (this.#isolated.length > 0 && hasSlot) return 0;
    const first = router.schedule.peek();
    let laneAt = Number.POSITIVE_INFINITY;
    // Without a free slot the answer that frees one drains again.
    if (first !== undefined && hasSlot) laneAt = Math.max(first.deadline, streamPause.until);
    return Math.min(laneAt, this.#expiryAt, knowledge.nextAt, judgement.nextAt, suspects.nextAt);
  }

  /** A caller does not want its record any more: it ends at the next drain at which it is in a queue. */
  onAborted(): void {
    this.#aborted++;
    this.#shared.wake();
  }

  /** A record whose caller had aborted it is settled. */
  onAbortedSettled(): void {
    this.#aborted--;
  }

  /** Everything that waits is due at once. */
  completeAll(): void {
    this.#stages.router.completeAll();
    this.#shared.wake();
  }

  /** Fails everything that is not in flight. */
  failAll(reason: FailureReason): void {
    const { router, judgement, outcomes } = this.#stages;
    for (const lane of router.lanes()) {
      for (const record of lane.queue.takeAll()) outcomes.failed(record, reason);
      router.reschedule(lane);
    }
    for (let items = this.#isolated.shift(); items !== undefined; items = this.#isolated.shift()) {
      for (const { record } of items) outcomes.failed(record, reason);
    }
    for (const { taken } of judgement.takeAll()) {
      // A shard took it; whether readers of that shard see it was not decided.
      taken.record.history = { ...taken.record.history, mayBeStored: true };
      outcomes.failed(taken.record, reason);
    }
  }

  /** When the oldest unsettled record was accepted, as far as it is in a queue; Infinity when none is. */
  oldestAt(): number {
    let at = Number.POSITIVE_INFINITY;
    for (const lane of this.#stages.router.lanes()) at = Math.min(at, lane.queue.expiryFloor);
    for (let i = 0; i < this.#isolated.length; i++) {
      for (const { record } of this.#isolated.at(i) ?? []) at = Math.min(at, record.oldestAt);
    }
    return at;
  }

  /** A Kinesis record is in a queue again. */
  #expiresBy(record: PendingKinesisRecord): void {
    this.#expiryFloor = Math.min(this.#expiryFloor, record.oldestAt);
  }

  get #expiryAt(): number {
    return this.#expiryFloor + this.#shared.settings.recordTtlMs;
  }

  /** Settles what has expired, or whose caller has aborted it, in every queue. */
  #sweepLanes(now: number): void {
    const { router } = this.#stages;
    const { recordTtlMs } = this.#shared.settings;
    const sweepRecord = (record: PendingKinesisRecord): void => {
      this.#sweepRecord(record, now - recordTtlMs);
    };
    for (const lane of router.lanes()) {
      if (this.#aborted === 0 && lane.queue.expiryFloor + recordTtlMs > now) continue;
      lane.queue.sweep(sweepRecord);
      router.reschedule(lane);
    }
    for (let requests = this.#isolated.length; requests > 0; requests--) {
      const items = this.#isolated.shift() ?? [];
      for (const { record } of items) sweepRecord(record);
      const left = items.filter(({ record }) => record.liveCount > 0);
      for (const { record } of left) record.compact();
      if (left.length > 0) this.#isolated.push(left);
    }
    this.#expiryFloor = this.oldestAt();
  }

  #sweepRecord(record: PendingKinesisRecord, expiredBefore: number): void {
    // Reading records back is dear, and what makes us look may be in another record.
    if (record.oldestAt > expiredBefore && (this.#aborted === 0 || !hasAborted(record))) return;
    this.#stages.outcomes.failWhere(record, ({ settler, acceptedAt }) => {
      if (settler instanceof PutSettler && settler.isAborted) return abortion(settler);
      if (acceptedAt > expiredBefore) return undefined;
      const { recordTtlMs } = this.#shared.settings;
      return { code: "KP_RECORD_EXPIRED", message: `not delivered within recordTtlMs (${recordTtlMs} ms)` };
    });
  }

  #decideSuspects(now: number): void {
    const { suspects, router, knowledge } = this.#stages;
    for (const lane of suspects.release(knowledge.askedAt, now)) {
      router.distrust(lane, knowledge.fallbackPacking, now);
      router.reschedule(lane);
    }
  }

  #reviewJudgement(now: number): void {
    const { judgement, settlement, outcomes, knowledge } = this.#stages;
    if (judgement.held.length === 0) return;
    const { delivered, misplaced, undecided } = judgement.review(knowledge.askedAt, now);
    for (const { taken, answer } of delivered) outcomes.delivered(taken.record, answer);
    // While they were held a sweep may have passed them over.
    for (const { taken } of [...misplaced, ...undecided]) this.#expiresBy(taken.record);
    settlement.resend(misplaced, now);
    settlement.resend(undecided, now, knowledge.fallbackPacking);
  }

  #connect(onRoom: () => void): Stages {
    const { settings, clock, random, logger, directory, budget, ledger, callbacks, wake } = this.#shared;
    const { stream, recorder } = this;
    const { shardMapTimeoutMs } = settings;
    const outcomes = new Outcomes({
      streamName: stream.streamName,
      budget,
      streamBudget: this.budget,
      ledger,
      callbacks,
      recorder,
      clock,
      onRoom,
    });
    const suspects = new Suspects(shardMapTimeoutMs);
    const streamPause = new Pause(RETRY_BACKOFF, random);
    const knowledge: StreamKnowledge = new StreamKnowledge({
      stream,
      settings,
      clock,
      random,
      logger,
      directory,
      recorder,
      wake,
      isMissingRanges: () => judgement.isMissingRanges(),
      onMap: (now) => {
        router.onMapReplaced(now);
      },
      onMode: (mode, packing, shardCount, now) => {
        router.setMode(mode, packing, shardCount, now);
      },
      onRefreshed: (now) => {
        this.#decideSuspects(now);
        this.#reviewJudgement(now);
      },
      onNoStream: (reason) => {
        this.#onNoStream(reason);
      },
    });
    const judgement = new Judgement(knowledge.shards, shardMapTimeoutMs);
    const router = new Router(
      {
        shards: knowledge.shards,
        outcomes,
        packing: settings.packing,
        aggregateLimits: () => knowledge.aggregateLimits,
        shardLimits: settings.shardLimits,
        lingerMs: settings.lingerMs,
        random,
        refusalOf: (record) => knowledge.refusalOf(record),
      },
      clock.now(),
    );
    const settlement = new Settlement({
      router,
      judgement,
      outcomes,
      recorder,
      streamPause,
      maxAttempts: settings.maxAttempts,
      failIfThrottled: settings.failIfThrottled,
      onWrongShard: (lane, now) => {
        if (lane.shard !== undefined) {
          suspects.add(lane, now);
          router.reschedule(lane);
        }
        knowledge.onEvidence();
      },
      onNoStream: (reason) => {
        this.#onNoStream(reason);
      },
      sendTogether: (items) => {
        this.#isolated.push(items);
      },
    });
    return { outcomes, knowledge, router, judgement, suspects, settlement, streamPause };
  }

  #onNoStream(reason: FailureReason): void {
    const { knowledge, router } = this.#stages;
    if (!knowledge.hasAnswered) {
      this.failAll(reason);
      return;
    }
    knowledge.forget();
    router.hold(this.#shared.clock.now());
  }
}

interface Stages {
  readonly outcomes: Outcomes;
  readonly knowledge: StreamKnowledge;
  readonly router: Router;
  readonly judgement: Judgement;
  readonly suspects: Suspects;
  readonly settlement: Settlement;
  readonly streamPause: Pause;
}

function hasAborted(record: PendingKinesisRecord): boolean {
  for (let i = 0; i < record.count; i++) {
    const settler = record.settlerAt(i);
    if (settler instanceof PutSettler && settler.isAborted) return true;
  }
  return false;
}

/** Why a record whose caller's signal fired fails. */
function abortion(settler: PutSettler): FailureReason {
  return { code: "KP_ABORTED", message: "the caller's signal ended the put", cause: settler.abortReason };
}
