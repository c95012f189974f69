import type { StreamBudget } from "../../core/buffer-budget.js";
import type { StreamCondition } from "../../core/condition/stream-condition.js";
import type { TakenRecord } from "../../core/lane/collector.js";
import type { Lane } from "../../core/lane/lane.js";
import type { ShardLimits } from "../../core/pacing/shard-limiter.js";
import type { PutRecordsAnswer, StreamRef } from "../../core/ports.js";
import { asMisplaced } from "../../core/record/delivery-history.js";
import type { PlacedRecord } from "../../core/record/placed-record.js";
import { StreamRecorder } from "../../metrics/recorder.js";
import { Announcer } from "../announcer.js";
import type { SharedParts } from "../pipeline-settings.js";
import type { RequestOwner, SentRequest } from "../sender.js";
import { type FailureReason, Settlement } from "../settlement/settlement.js";
import { Answers } from "./answers.js";
import { Culling } from "./culling.js";
import { DecisionWaits, type OnDecided } from "./decision-waits.js";
import { Departures } from "./departures.js";
import type { CallTurns, FactsChange } from "./facts-change.js";
import { Hindrances } from "./hindrances.js";
import { Misplacement, type MisplacementDecision, type Resend } from "./misplacement.js";
import { OrderWatch } from "./order-watch.js";
import { countRequest } from "./request-count.js";
import { Router } from "./router.js";
import { type FollowUp, type RefreshAnswer, ShardMapRefresher } from "./shard-map-refresher.js";
import { StreamFacts } from "./stream-facts.js";
import { newCondition, StreamNews } from "./stream-news.js";

/** While a caller waits for a stream that could not be reached, ListShards is asked at least this often. */
const ASK_WITHIN_MS = 1_000;

/**
 * One stream, from acceptance to settlement of its records. Every event of the stream (a record, an answer, time, an
 * abort) arrives here, and the stages act on it in one order.
 */
export class StreamPipeline implements RequestOwner {
  readonly stream: StreamRef;
  readonly budget: StreamBudget;
  readonly recorder: StreamRecorder = new StreamRecorder();
  /** Its lines in the log, and its health. */
  readonly condition: StreamCondition;
  readonly facts: StreamFacts;
  readonly router: Router;
  readonly settlement: Settlement;
  readonly departures: Departures;
  readonly hindrances: Hindrances;
  readonly #shared: SharedParts;
  readonly #refresher: ShardMapRefresher;
  readonly #misplacement: Misplacement;
  readonly #answers: Answers;
  readonly #culling: Culling;
  readonly #orderWatch: OrderWatch | undefined;
  readonly #news: StreamNews;
  /** When the stream last received a record, or was last opened. */
  usedAt: number;
  /** When {@link laneFor} last checked the age of the map. */
  #lookedAt: number = Number.NaN;
  /** Callbacks that wait in {@link whenDecided}. */
  readonly #waits: DecisionWaits = new DecisionWaits();

  constructor(stream: StreamRef, shared: SharedParts, onRoom: () => void) {
    const { settings, clock, random, budget, ledger } = shared;
    const { streamName } = stream;
    const now = clock.now();
    this.stream = stream;
    this.#shared = shared;
    this.budget = budget.open();
    this.usedAt = now;
    this.facts = new StreamFacts({ ...settings, streamName });
    this.condition = newCondition(shared, streamName);
    const { condition } = this;
    this.#orderWatch = settings.isOrdered ? new OrderWatch((entry, at) => condition.tell(entry, at)) : undefined;
    this.settlement = this.#newSettlement(onRoom);
    const announcer = new Announcer({ ...shared, streamName, streamArn: () => this.streamArn });
    const { facts, settlement, recorder } = this;
    this.#news = new StreamNews({ facts, condition, announcer });
    const misplacement = new Misplacement({ facts, packing: settings.packing, boundMs: settings.shardMapTimeoutMs });
    const routed = { ...shared, ...settings, facts, misplacement, settlement, recorder, streamBudget: this.budget };
    const router = new Router(routed, now);
    this.#misplacement = misplacement;
    this.router = router;
    const { slotsTaken } = shared;
    const hindrances = new Hindrances({ facts, router, pause: () => this.departures.pause, slotsTaken });
    this.hindrances = hindrances;
    this.#culling = new Culling({
      router,
      settlement,
      ledger,
      recordTtlMs: settings.recordTtlMs,
      effort: shared.effort,
      hindrances,
    });
    const culling = this.#culling;
    const { compressor } = shared;
    this.departures = new Departures({ ...settings, router, culling, budget: this.budget, random, compressor });
    this.#answers = new Answers({
      ...settings,
      router,
      misplacement,
      settlement,
      recorder,
      condition,
      streamPause: this.departures.pause,
      repetitions: this.departures.repetitions,
      orderWatch: this.#orderWatch,
      announcer,
    });
    const { directory } = shared;
    const receive = (answer: RefreshAnswer): FollowUp => this.#receive(answer);
    const asksForSummary = !facts.hasSummary;
    this.#refresher = new ShardMapRefresher({ stream, directory, clock, random, asksForSummary, receive });
  }

  #newSettlement(onRoom: () => void): Settlement {
    const { settings, clock, budget, ledger, callbacks, diagnostics, mayRecycle, teller } = this.#shared;
    return new Settlement({
      streamName: this.stream.streamName,
      streamArn: () => this.streamArn,
      callbacks,
      diagnostics,
      mayRecycle,
      recorder: this.recorder,
      condition: this.condition,
      clock,
      teller,
      failing: () => (settings.failsKeys ? this.#culling.failedKeys : undefined),
      release: (shard, records, bytes) => {
        budget.release(shard, records, bytes);
        onRoom();
      },
      ledger,
    });
  }

  get mayWrap(): boolean {
    return this.#shared.settings.packing !== "none" && this.router.mode !== "auto";
  }

  /** The ceilings of a shard. */
  get shardLimits(): ShardLimits {
    return this.#shared.settings.shardLimits;
  }

  /** The ARN, from an option or from the service; undefined while unknown. */
  get streamArn(): string | undefined {
    return this.stream.streamArn ?? this.facts.streamArn;
  }

  /**
   * Why the stream does not take a record, as far as is known. A record that was accepted may be refused later. Rule 1.
   */
  refusalOf(record: PlacedRecord): FailureReason | undefined {
    return this.facts.refusalOf(record, this.#misplacement.mayIgnoreKeys);
  }

  /** The lane of a new record. The first record may decide how records are routed. */
  laneFor(record: PlacedRecord, now: number): Lane {
    this.#maybeAsk(now);
    return this.router.route(record, now);
  }

  /** Asks for the map: at first use, and when the map is old. Checked once for all records of the same moment. */
  #maybeAsk(now: number): void {
    if (now !== this.#lookedAt) this.#maybeAskAt(now);
  }

  #maybeAskAt(now: number): void {
    this.#lookedAt = now;
    this.usedAt = now;
    const { facts } = this;
    const refresher = this.#refresher;
    const isFirst = !facts.isUsed;
    const { shardMapMaxAgeMs, streamSummaryMaxAgeMs } = this.#shared.settings;
    refresher.maybeDescribe(now, streamSummaryMaxAgeMs);
    const isOld = now - refresher.refreshedAt > shardMapMaxAgeMs;
    if (!isFirst && (!isOld || refresher.isPending)) return;
    refresher.request();
    refresher.maybeStart(now);
    this.#shared.wake();
    if (isFirst) this.#apply(facts.onFirstUse(now, this.#turns), now);
  }

  get #turns(): CallTurns {
    const { directory } = this.#shared;
    const { stream } = this;
    return { listingAt: directory.listingStartsAt(stream), summaryAt: directory.summaryStartsAt(stream) };
  }

  /**
   * Calls back when it is decided how records find their lanes, by a map or without one. If that was decided because
   * the stream could not be reached, waits for the next answer of the service, at most `shardMapTimeoutMs`.
   */
  whenDecided(callback: OnDecided): void {
    const now = this.#shared.clock.now();
    this.#maybeAsk(now);
    const isDecided = this.facts.mode !== "waiting";
    if (isDecided && this.facts.unreached(this.#turns) === undefined) {
      callback(undefined);
      return;
    }
    if (isDecided) this.#refresher.hasten(now + ASK_WITHIN_MS);
    this.#waits.add(callback, isDecided ? now + this.#shared.settings.shardMapTimeoutMs : Number.POSITIVE_INFINITY);
    this.#shared.wake();
  }

  /** Whether a callback waits in {@link whenDecided}. */
  get isAwaited(): boolean {
    return !this.#waits.isEmpty;
  }

  /** Processes an answer about the stream; returns the next question. */
  #receive(answer: RefreshAnswer): FollowUp {
    const now = this.#shared.clock.now();
    const change = this.#take(answer, now);
    this.#apply(change, now);
    this.#shared.wake();
    const again = change.again === true;
    const { isMissingRanges } = this.#misplacement;
    if (answer.of === "open-shards") return { again, allShards: isMissingRanges };
    return { again: again || (answer.of === "all-shards" && isMissingRanges), allShards: false };
  }

  #take(answer: RefreshAnswer, now: number): FactsChange {
    const { facts, recorder } = this;
    if (answer.of === "summary") return facts.takeSummary(answer.summary, this.#turns);
    if (answer.of === "all-shards") return facts.takeAllShards(answer.shards, now);
    recorder.shardMapRefreshes++;
    return facts.takeListing(answer.shards, answer.askedAt, now, this.#turns);
  }

  /**
   * Acts on new facts, in this order:
   *
   * 1. trust, and with it the placement of held records, because the lanes pack by trust;
   * 2. the lanes: first the bounds of an aggregate, because each later step packs within them; then the map; then the
   * mode, which uses the lanes of the map;
   * 3. held records, which are re-packed for the new lanes;
   * 4. callers that waited for a decision, because they ask for room in these lanes.
   */
  #apply(change: FactsChange, now: number): void {
    const { router } = this;
    this.#news.note(change, now);
    if (change.isCrowded === true) this.#shared.directory.warnOfCrowd();
    const ended = change.noStream ?? change.unusable;
    if (ended !== undefined) this.failAll(ended);
    if (change.isStale === true) this.#refresher.request();
    const decision = this.#misplacement.onFacts(change, now);
    if (change.limits === true) router.onLimitsChanged(now);
    if (change.map === "re-created") {
      router.onStreamReplaced(now);
      this.#orderWatch?.forget();
    } else if (change.map === "replaced" || change.map === "believed") router.onMapReplaced(now);
    if (change.mode !== undefined) router.setMode(change.mode, now);
    this.#follow(decision, now);
    this.#news.announce(change, router.mode);
    if (change.decided !== undefined) this.#waits.tell(change.decided.trouble);
  }

  /** Carries out the decisions about lanes and held records. */
  #follow({ distrusted, delivered, resend }: MisplacementDecision, now: number): void {
    const { router, settlement } = this;
    for (const lane of distrusted) router.distrust(lane, now);
    for (const { taken, answer } of delivered) {
      router.release(taken);
      settlement.delivered(taken.record, answer);
    }
    for (const again of resend) if (again.records.length > 0) this.#resend(again, now);
  }

  /** Resends held records. A copy is stored where a reader may see it, or was stored in a stream that is gone. */
  #resend({ records, why, packing }: Resend, now: number): void {
    const { router, recorder } = this;
    const misplaced = records.map(({ taken }) => taken.record);
    for (const { taken } of records) {
      taken.record.history = asMisplaced(taken.record.history, why);
      router.release(taken);
      // A sweep may have missed the record while it was held.
      this.#culling.sweeper.onBack(taken.record);
    }
    recorder.retries += misplaced.length;
    router.repack(misplaced, now, packing);
  }

  /** Puts a record for which room was taken into its lane. */
  accept(record: PlacedRecord, lane: Lane, now: number): void {
    this.recorder.userRecordsAccepted++;
    // The lane may wait for an answer instead of a moment; the record must expire even then.
    const { sweeper } = this.#culling;
    if (sweeper.onQueued(record.acceptedAt)) this.#shared.wakeAt(sweeper.nextAt);
    const at = this.router.accept(record, lane);
    if (at !== Number.POSITIVE_INFINITY) this.#wakeForLane(at, now);
  }

  /** An expiry or a refresh may be due before the lane. */
  #wakeForLane(at: number, now: number): void {
    this.#shared.wakeAt(at > now ? this.nextAt(true) : at);
  }

  /** A request with these records is being sent. */
  onSent(items: readonly TakenRecord[]): void {
    this.departures.begin(items, this.#shared.clock.now());
  }

  onAnswer(sent: SentRequest, answer: PutRecordsAnswer): void {
    const now = this.#shared.clock.now();
    this.departures.end(sent.items);
    countRequest(this.recorder, sent, answer, now);
    if (answer.kind === "answered") this.facts.hasAnswered = true;
    if (answer.kind === "answered" || answer.statusCode !== undefined) this.#onReached();
    const { isStale, noStream } = this.#answers.take(sent, answer, now);
    if (isStale) this.#refresher.request();
    if (noStream !== undefined) this.#apply(this.facts.takeNoStream(noStream, now), now);
    for (const { record } of sent.items) this.#culling.sweeper.onBack(record);
    this.#culling.failedKeys.settle();
    this.#shared.wake();
    // Every stage has done its part: a callback may call anything now.
    this.#shared.teller.tell();
  }

  #onReached(): void {
    this.facts.onReached();
    if (this.isAwaited && this.facts.mode !== "waiting") this.#waits.tell(this.facts.unreached(this.#turns));
  }

  /** Does all work that is due by time, except sending: expiry, refreshes, the end of holds. */
  onTime(now: number): void {
    this.#refresher.maybeStart(now);
    if (this.#waits.nextAt <= now) this.#waits.tell(this.facts.unreached(this.#turns));
    if (this.facts.boundAt <= now) this.#apply(this.facts.decideWithout(this.#turns), now);
    this.#follow(this.#misplacement.onTime(now), now);
    this.#culling.onTime(now);
    if (this.#culling.isUnderWay) this.#shared.wake();
    this.condition.onTime(now);
  }

  /** The next moment at which there is something to do. */
  nextAt(hasSlot: boolean): number {
    // Without a free slot no moment is needed: the answer that frees a slot triggers a drain.
    const requestAt = hasSlot ? this.departures.nextAt(this.#shared.clock.now()) : Number.POSITIVE_INFINITY;
    const { facts } = this;
    return Math.min(
      requestAt,
      this.#culling.sweeper.nextAt,
      facts.boundAt,
      this.#refresher.nextAt,
      this.#misplacement.nextAt,
      this.condition.nextAt,
      this.#waits.nextAt,
    );
  }

  /** A record was aborted: it ends at the next drain at which it is in a queue. */
  onAborted(): void {
    this.#culling.sweeper.onAborted();
    this.#shared.wake();
  }

  /** An aborted record is settled. */
  onAbortedSettled(): void {
    this.#culling.sweeper.onAbortedSettled();
  }

  /** A flush covers this generation and all before it: their records are due at once. */
  cover(generation: number): void {
    this.router.cover(generation);
  }

  /** Fails all records that are not in flight. */
  failAll(reason: FailureReason): void {
    const { router, settlement } = this;
    for (const lane of router.lanes()) {
      settlement.queueFailed(lane.queue.takeAll(), reason);
      router.reschedule(lane);
    }
    for (const { taken } of this.#misplacement.takeAll()) {
      router.release(taken);
      // A shard took the record; whether its readers see the record is undecided.
      taken.record.history = { ...taken.record.history, mayBeStored: true };
      settlement.failed(taken.record, reason);
    }
  }

  /**
   * When the oldest record that was accepted, and is neither delivered nor failed, was accepted; Infinity when there is
   * none. It is exact, and may read every Kinesis record: for `stats()`.
   */
  oldestAt(): number {
    let at = Math.min(this.departures.oldestInFlightAt(), this.#misplacement.oldestHeldAt());
    for (const lane of this.router.lanes()) at = Math.min(at, lane.queue.oldestAt());
    return at;
  }

  /** Forgets the counters of shards that the map does not have, and that have no unsettled record. */
  forgetClosedShards(): void {
    const inUse = this.router.openShardIds();
    if (inUse === undefined) return;
    const holding = new Set<string | undefined>();
    for (const { shardId } of this.budget.holders) holding.add(shardId);
    this.recorder.forgetShards((shardId) => inUse.has(shardId) || holding.has(shardId));
  }
}
