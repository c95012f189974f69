import type { StreamBudget } from "../core/buffer-budget.js";
import { collectRequest, departsAt, type TakenRecord } from "../core/collector.js";
import type { Lane } from "../core/lane.js";
import type { PlacedRecord } from "../core/placed-record.js";
import type { PutRecordsAnswer, StreamRef } from "../core/ports.js";
import { RetryBudget } from "../core/retry-budget.js";
import { Pause, RETRY_BACKOFF } from "../core/retry-policy.js";
import { StreamRecorder } from "../metrics/recorder.js";
import { FailedKeys } from "./failed-keys.js";
import { Judgement } from "./judgement.js";
import { OrderWatch } from "./order-watch.js";
import { type FailureReason, Outcomes } from "./outcomes.js";
import type { SharedParts } from "./pipeline-settings.js";
import { Router } from "./router.js";
import type { RequestOwner } from "./sender.js";
import { type SentRequest, Settlement } from "./settlement.js";
import { StreamKnowledge } from "./stream-knowledge.js";
import { Suspects } from "./suspects.js";
import { Sweeper } from "./sweeper.js";

/** The way of one stream's records, from acceptance to settlement: where its stages meet. */
export class StreamPipeline implements RequestOwner {
  readonly stream: StreamRef;
  readonly budget: StreamBudget;
  readonly recorder: StreamRecorder = new StreamRecorder();
  readonly #shared: SharedParts;
  readonly #stages: Stages;
  #requestsInFlight = 0;
  /** User records in them. */
  #recordsInFlight = 0;
  #lastSentAt: number = Number.NEGATIVE_INFINITY;
  /** Somebody waits for a flush, and nothing more of it is to come: what is due goes at once, however little it is. */
  isHurried = false;
  /** Somebody lacks room since the last request was asked for. */
  #isPressed = false;

  constructor(stream: StreamRef, shared: SharedParts, onRoom: () => void) {
    this.stream = stream;
    this.#shared = shared;
    this.budget = shared.budget.open();
    this.#stages = this.#connect(onRoom);
  }

  get mayWrap(): boolean {
    return this.#shared.settings.packing !== "none" && this.#stages.router.mode !== "auto";
  }

  /** Its ARN: that of an option, or the service's word, when there was one. */
  get streamArn(): string | undefined {
    return this.stream.streamArn ?? this.knowledge.traits.streamArn;
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

  /** The lane of a record that has come: the first one may decide how they are routed. */
  laneFor(record: PlacedRecord, now: number): Lane {
    const { knowledge, router } = this.#stages;
    knowledge.onUse(now);
    return router.route(record, now);
  }

  /** Takes a record for which room was found, into the lane it belongs to. */
  accept(record: PlacedRecord, lane: Lane, now: number): void {
    this.recorder.userRecordsAccepted++;
    const { sweeper, router } = this.#stages;
    // Its lane may wait for an answer, and for no moment: its time to live ends all the same.
    if (sweeper.onQueued(record.acceptedAt)) this.#shared.wakeAt(sweeper.nextAt);
    const at = router.accept(record, lane);
    if (at !== Number.POSITIVE_INFINITY) this.#wakeForLane(at, now);
  }

  /** Before a lane that is not due yet there may be something else: an expiry, a refresh. */
  #wakeForLane(at: number, now: number): void {
    this.#shared.wakeAt(at > now ? this.nextAt(true) : at);
  }

  /** What goes in the next request; nothing when nothing is due. */
  takeRequest(now: number): readonly TakenRecord[] {
    const { router, streamPause } = this.#stages;
    const departsAt = this.#departsAt(now);
    this.#isPressed = false;
    // What has expired, or follows what failed, and was not seen yet, must not go.
    if (this.#isSweeping) return [];
    if (streamPause.until > now || !this.#mayRepeat || departsAt > now) return [];
    const { request, lingerMs } = this.#shared.settings;
    return collectRequest(router.schedule, now, request, lingerMs);
  }

  #departsAt(now: number): number {
    // What fills the buffer does not wait for the answer to a request that has little of it.
    if (this.isHurried || (this.#isPressed && this.#recordsInFlight * 2 < this.budget.records)) return now;
    const { worthwhile, lingerMs } = this.#shared.settings;
    const departure = { lingerMs, worth: worthwhile, onTheirWay: this.#requestsInFlight, lastAt: this.#lastSentAt };
    return departsAt(this.#stages.router.schedule, now, departure);
  }

  /** A request is being sent: count it. */
  onSent(items: readonly TakenRecord[]): void {
    this.#requestsInFlight++;
    this.#lastSentAt = this.#shared.clock.now();
    this.recorder.requests++;
    this.recorder.kinesisRecordsSent += items.length;
    for (const { record, lane } of items) {
      this.recorder.kinesisBytesSent += record.wireBytes;
      this.#recordsInFlight += record.count;
      lane.recordsInFlight += record.count;
    }
  }

  onAnswer(sent: SentRequest, answer: PutRecordsAnswer): void {
    const { knowledge, settlement, sweeper, failedKeys } = this.#stages;
    this.#requestsInFlight--;
    for (const { record, lane } of sent.items) {
      this.#recordsInFlight -= record.count;
      lane.recordsInFlight -= record.count;
    }
    if (answer.kind === "answered") knowledge.hasAnswered = true;
    settlement.settle(sent, answer, this.#shared.clock.now());
    for (const { record } of sent.items) sweeper.onQueued(record.oldestAt);
    failedKeys.settle();
    this.#shared.wake();
    // Everything is in its place: now whoever is told may call what he likes.
    this.#shared.teller.tell();
  }

  /** Everything that time brings, but sending: expiry, refreshes, holds and judgements that end. */
  onTime(now: number): void {
    const { knowledge, suspects, sweeper, failedKeys } = this.#stages;
    knowledge.onTime(now);
    if (suspects.nextAt <= now) this.#decideSuspects(now);
    this.#reviewJudgement(now);
    sweeper.maybeSweep(now);
    // What follows is looked for when all that fails now is known.
    if (!sweeper.isUnderWay) failedKeys.settle();
    if (this.#isSweeping) this.#shared.wake();
  }

  /** The next moment at which there is something to do. */
  nextAt(hasSlot: boolean): number {
    const { knowledge, router, judgement, suspects, streamPause, sweeper } = this.#stages;
    const first = router.schedule.peek();
    let laneAt = Number.POSITIVE_INFINITY;
    // Without a free slot the answer that frees one drains again.
    if (first !== undefined && hasSlot && this.#mayRepeat)
      laneAt = Math.max(first.deadline, streamPause.until, this.#departsAt(this.#shared.clock.now()));
    return Math.min(laneAt, sweeper.nextAt, knowledge.nextAt, judgement.nextAt, suspects.nextAt);
  }

  /** A caller does not want its record any more: it ends at the next drain at which it is in a queue. */
  onAborted(): void {
    this.#stages.sweeper.onAborted();
    this.#shared.wake();
  }

  /** A record whose caller had aborted it is settled. */
  onAbortedSettled(): void {
    this.#stages.sweeper.onAbortedSettled();
  }

  /** A flush covers this generation, and all before it: what is of them is due at once. */
  cover(generation: number): void {
    this.#stages.router.cover(generation);
  }

  /**
   * There is no room for more: waiting out a linger is pointless, unless the answers to what is on its way are going to make
   * plenty.
   *
   * @returns whether anything may have become due
   */
  makeRoom(now: number): boolean {
    if (this.#recordsInFlight * 2 >= this.budget.records) return false;
    this.#stages.router.completeUnblocked(now);
    this.#isPressed = true;
    return true;
  }

  /** The same for one shard, which has its share of the buffer. */
  makeShardRoom(lane: Lane, now: number): boolean {
    if (lane.recordsInFlight * 2 >= lane.budget.records) return false;
    this.#stages.router.completeIfUnblocked(lane, now);
    this.#isPressed = true;
    return true;
  }

  /** Fails everything that is not in flight. */
  failAll(reason: FailureReason): void {
    const { router, judgement, outcomes } = this.#stages;
    for (const lane of router.lanes()) {
      outcomes.queueFailed(lane.queue.takeAll(), reason);
      router.reschedule(lane);
    }
    for (const { taken } of judgement.takeAll()) {
      router.release(taken);
      // A shard took it; whether readers of that shard see it was not decided.
      taken.record.history = { ...taken.record.history, mayBeStored: true };
      outcomes.failed(taken.record, reason);
    }
  }

  /** Whether a turn was not enough for what is to fail. */
  get #isSweeping(): boolean {
    return this.#stages.sweeper.isUnderWay || this.#stages.failedKeys.isUnderWay;
  }

  /** After requests that failed, few may be on their way at a time. */
  get #mayRepeat(): boolean {
    return this.#requestsInFlight < this.#stages.repetitions.maxInFlight;
  }

  /** When the oldest record in a queue was accepted; Infinity when none is. */
  oldestAt(): number {
    return this.#stages.sweeper.oldestAt();
  }

  #decideSuspects(now: number): void {
    const { suspects, router, knowledge } = this.#stages;
    for (const lane of suspects.release(knowledge.askedAt, now)) {
      router.distrust(lane, knowledge.traits.fallbackPacking, now);
      router.reschedule(lane);
    }
  }

  #reviewJudgement(now: number): void {
    const { judgement, settlement, outcomes, knowledge, router, sweeper } = this.#stages;
    if (judgement.held.length === 0) return;
    const { delivered, misplaced, gone, undecided } = judgement.review(knowledge.askedAt, now);
    for (const { taken, answer } of delivered) {
      router.release(taken);
      outcomes.delivered(taken.record, answer);
    }
    // While they were held a sweep may have passed them over.
    for (const { taken } of [...misplaced, ...gone, ...undecided]) sweeper.onQueued(taken.record.oldestAt);
    settlement.resendGone(gone, now);
    settlement.resend(misplaced, now, knowledge.traits.packingOfMisplaced);
    settlement.resend(undecided, now, knowledge.traits.fallbackPacking);
  }

  #connect(onRoom: () => void): Stages {
    const { settings, clock, random, logger, directory, budget, ledger, callbacks, mayRecycle, wake } = this.#shared;
    const { teller } = this.#shared;
    const { stream, recorder } = this;
    const { shardMapTimeoutMs, isOrdered, failsKeys } = settings;
    const outcomes: Outcomes = new Outcomes({
      streamName: stream.streamName,
      streamArn: () => this.streamArn,
      callbacks,
      mayRecycle,
      recorder,
      clock,
      teller,
      failing: (): FailedKeys | undefined => (failsKeys ? failedKeys : undefined),
      release: (shard, records, bytes) => {
        budget.release(shard, records, bytes);
        onRoom();
      },
      ledger,
    });
    const repetitions = new RetryBudget();
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
      onRecreated: (now) => {
        router.onStreamReplaced(now);
        orderWatch?.forget();
        settlement.resendGone(judgement.takeUntold(), now);
      },
      onLimits: (now) => {
        router.onLimitsChanged(now);
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
    const router: Router = new Router(
      {
        shards: knowledge.shards,
        outcomes,
        budget,
        streamBudget: this.budget,
        packing: settings.packing,
        aggregateLimits: () => knowledge.traits.aggregateLimits,
        shardLimits: settings.shardLimits,
        lingerMs: settings.lingerMs,
        isOrdered,
        recordTtlMs: settings.recordTtlMs,
        random,
        refusalOf: (record) => knowledge.refusalOf(record),
      },
      clock.now(),
    );
    const orderWatch = isOrdered ? new OrderWatch(logger, stream.streamName) : undefined;
    const settlement = new Settlement({
      router,
      shards: knowledge.shards,
      judgement,
      outcomes,
      recorder,
      streamPause,
      repetitions,
      recordTtlMs: settings.recordTtlMs,
      maxAttempts: settings.maxAttempts,
      failIfThrottled: settings.failIfThrottled,
      onWrongShard: (lane, now) => {
        if (lane.shard !== undefined) {
          suspects.add(lane, now);
          router.reschedule(lane);
        }
        knowledge.onEvidence();
      },
      onOtherCreation: (lane, now) => {
        // What is packed by key, or not at all, is in its place wherever the shards are.
        if (lane.queue.aggregator.packing === "shard") {
          suspects.add(lane, now);
          router.reschedule(lane);
        }
        knowledge.onOtherCreation(now);
      },
      onNoStream: (reason) => {
        this.#onNoStream(reason);
      },
      orderWatch,
      onOneKeyMisplaced: () => {
        knowledge.suspectAuto();
      },
    });
    const failedKeys: FailedKeys = new FailedKeys({ router, outcomes, ledger, effort: this.#shared.effort });
    const sweeper = new Sweeper({ router, outcomes, recordTtlMs: settings.recordTtlMs, effort: this.#shared.effort });
    return {
      outcomes,
      knowledge,
      router,
      judgement,
      suspects,
      settlement,
      streamPause,
      repetitions,
      failedKeys,
      sweeper,
    };
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
  readonly repetitions: RetryBudget;
  readonly failedKeys: FailedKeys;
  readonly sweeper: Sweeper;
}
