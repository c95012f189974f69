import type { Packing } from "../core/aggregator.js";
import { classifyRequest } from "../core/failure-class.js";
import type { PlacedRecord } from "../core/placed-record.js";
import type { Clock, Logger, Random, RequestFailure, ShardsAnswer, StreamRef, StreamSummary } from "../core/ports.js";
import { KEY_MISSING, sizeProblem } from "../core/record-check.js";
import { ShardMapProblem } from "../core/shard-map.js";
import { StreamShards } from "../core/stream-shards.js";
import type { StreamRecorder } from "../metrics/recorder.js";
import { CreationDispute } from "./creation-dispute.js";
import type { FailureReason } from "./outcomes.js";
import type { PacedDirectory } from "./paced-directory.js";
import type { RoutingMode } from "./router.js";
import { ShardMapRefresher } from "./shard-map-refresher.js";
import { StreamTraits, type TraitsParts } from "./stream-traits.js";

/** Why a stream that distributes records itself takes none of a producer that keeps order. Rule 12. */
const NO_ORDER_ON_AUTO: FailureReason = {
  code: "KP_INVALID_RECORD",
  message: 'ordering: "shard" is not possible: the stream\'s record distribution is AUTO, and keys are ignored',
};

export interface KnowledgeParts {
  readonly stream: StreamRef;
  readonly settings: TraitsParts & {
    readonly isOrdered: boolean;
    readonly shardMapTimeoutMs: number;
    readonly shardMapMaxAgeMs: number;
  };
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly directory: PacedDirectory;
  readonly recorder: StreamRecorder;
  readonly wake: () => void;
  readonly isMissingRanges: () => boolean;
  /** The map was replaced. */
  readonly onMap: (now: number) => void;
  /** The stream was deleted and created again; its new map is known. Told in place of `onMap`. */
  readonly onRecreated: (now: number) => void;
  /** The bounds of an aggregate have changed. */
  readonly onLimits: (now: number) => void;
  /** Records find their lanes another way from now on. */
  readonly onMode: (mode: Exclude<RoutingMode, "waiting">, packing: Packing, shardCount: number, now: number) => void;
  /** A refresh has been answered and taken in. */
  readonly onRefreshed: (now: number) => void;
  readonly onNoStream: (reason: FailureReason) => void;
}

/**
 * What is known about the stream: its shards, its record limit, who distributes its records; and the decision that
 * follows from it, how records find their lanes. Rules 5 to 7 and 12.
 */
export class StreamKnowledge {
  readonly shards: StreamShards = new StreamShards();
  readonly traits: StreamTraits;
  /** Whether the service ever answered a PutRecords for this stream. */
  hasAnswered = false;
  readonly #parts: KnowledgeParts;
  readonly #refresher: ShardMapRefresher;
  #mode: RoutingMode = "waiting";
  #hasMapAnswer = false;
  /** When the first record, or `ready()`, began to wait. */
  #firstUseAt: number = Number.POSITIVE_INFINITY;
  /** When it was last given a record, or asked for. */
  usedAt: number;
  /** When {@link onUse} last looked. */
  #lookedAt: number = Number.NaN;
  #askedAt: number = Number.NEGATIVE_INFINITY;
  /** When an aggregate of one key was last found where it does not belong. */
  #suspectedAt: number = Number.NEGATIVE_INFINITY;
  readonly #dispute: CreationDispute = new CreationDispute();
  /** Why there is no map, for those who wait in `ready()`. */
  #trouble: RequestFailure | undefined;
  readonly #warned: Set<string> = new Set();
  #decided: ((trouble: RequestFailure | undefined) => void)[] = [];

  constructor(parts: KnowledgeParts) {
    this.#parts = parts;
    const { stream, directory, clock, random, settings, isMissingRanges, wake } = parts;
    this.traits = new StreamTraits(settings);
    this.usedAt = clock.now();
    this.#refresher = new ShardMapRefresher({
      stream,
      directory,
      clock,
      random,
      asksForSummary: !this.traits.isKnown,
      onListing: (open, askedAt) => this.#onListing(open, askedAt),
      onSummary: (summary) => this.#onSummary(summary),
      isMissingRanges,
      onAllShards: (shards) => {
        const now = clock.now();
        if (this.shards.learnAll(shards, now) === "re-created") this.#onRecreated(now);
      },
      onEnd: () => {
        parts.onRefreshed(clock.now());
        wake();
      },
      wake,
    });
  }

  get mode(): RoutingMode {
    return this.#mode;
  }

  /** When the latest refresh that brought a map had been asked. */
  get askedAt(): number {
    return this.#askedAt;
  }

  /** The failure that keeps the map away; undefined when there is one, or nothing has gone wrong yet. */
  get trouble(): RequestFailure | undefined {
    return this.#trouble;
  }

  /** The next moment at which {@link onTime} has something to do. */
  get nextAt(): number {
    const boundAt = this.#mode === "waiting" ? this.#boundAt : Number.POSITIVE_INFINITY;
    return Math.min(boundAt, this.#refresher.nextAt);
  }

  /** Until when records wait for the first map. */
  get #boundAt(): number {
    return this.#firstUseAt + this.#parts.settings.shardMapTimeoutMs;
  }

  /** The stream is being used: the first time, and when the map has aged, asks for it. */
  onUse(now: number): void {
    // Many records come in the same moment, as far as is known.
    if (now !== this.#lookedAt) this.#onUseAt(now);
  }

  #onUseAt(now: number): void {
    this.#lookedAt = now;
    this.usedAt = now;
    if (this.#firstUseAt === Number.POSITIVE_INFINITY) {
      this.#firstUseAt = now;
      this.#want(now);
      // Waiting for a turn that comes too late would be in vain.
      if (this.#parts.directory.listingStartsAt(this.#parts.stream) > this.#boundAt) this.#decide(now, true);
    } else if (
      now - this.#refresher.refreshedAt > this.#parts.settings.shardMapMaxAgeMs &&
      !this.#refresher.isPending
    ) {
      this.#want(now);
    }
  }

  /** An answer contradicts the map. */
  onEvidence(): void {
    this.#refresher.request();
    this.#parts.wake();
  }

  /** An aggregate of one key is where that key does not belong: the next summary, or the next map, says more. Rule 12. */
  suspectAuto(): void {
    this.traits.suspectAuto();
    this.#suspectedAt = this.#parts.clock.now();
    this.onEvidence();
  }

  /** An answer tells that the stream was created again: the next list says what its shards are. Rule 17. */
  onOtherCreation(now: number): void {
    this.#dispute.onEvidence(now);
    this.onEvidence();
  }

  onTime(now: number): void {
    this.#refresher.maybeStart(now);
    if (this.#mode === "waiting" && now >= this.#boundAt) this.#decide(now, true);
  }

  /**
   * Calls back when it is decided how records find their lanes, by a map or without one; with the failure when the
   * reason is that the service cannot be reached, or does not know the stream.
   */
  whenDecided(callback: (trouble: RequestFailure | undefined) => void): void {
    this.onUse(this.#parts.clock.now());
    if (this.#mode !== "waiting") {
      callback(undefined);
      return;
    }
    this.#decided.push(callback);
    this.#parts.wake();
  }

  /** Whether somebody waits in {@link whenDecided}. */
  get isAwaited(): boolean {
    return this.#decided.length > 0;
  }

  /** Whether the stream takes a record like nearly all there are: true says that neither its kind nor its size is a problem. */
  takes(record: PlacedRecord): boolean {
    return (
      this.#mode === "mapped" &&
      record.tags === undefined &&
      record.key.bytes > 0 &&
      record.bufferedBytes <= this.traits.maxRecordBytes
    );
  }

  /** Why the stream does not take a record, as far as is known; one that was accepted may be refused later. Rule 1. */
  refusalOf(record: PlacedRecord): FailureReason | undefined {
    return this.takes(record) ? undefined : this.#findRefusal(record);
  }

  #findRefusal(record: PlacedRecord): FailureReason | undefined {
    const envelope = record.tags === undefined ? undefined : this.traits.envelopeProblem;
    if (envelope !== undefined)
      return { code: "KP_INVALID_RECORD", message: `tags and record ids need the envelope, but ${envelope}` };
    if (this.#mode === "waiting") return undefined;
    if (record.key.bytes === 0 && this.#mode !== "auto") return KEY_MISSING;
    if (this.#mode === "auto" && this.#parts.settings.isOrdered) return NO_ORDER_ON_AUTO;
    return sizeProblem(record, this.traits.maxRecordBytes);
  }

  /** The stream is gone; one of the same name may come, with other shards. */
  forget(): void {
    this.shards.forget();
    this.#dispute.end();
    this.#mode = "waiting";
    this.#hasMapAnswer = false;
    this.#firstUseAt = this.#parts.clock.now();
    this.#lookedAt = Number.NaN;
    this.onEvidence();
  }

  #want(now: number): void {
    this.#refresher.request();
    this.#refresher.maybeStart(now);
    this.#parts.wake();
  }

  #onListing(open: ShardsAnswer, askedAt: number): "satisfied" | "again" {
    const now = this.#parts.clock.now();
    this.#parts.recorder.shardMapRefreshes++;
    const hasMap = open.kind === "shards" ? this.#takeShards(open.shards, askedAt, now) : this.#takeFailure(open);
    // A listing that failed, or lags behind, decides nothing about what was answered before it.
    if (hasMap) this.#askedAt = askedAt;
    this.#decide(now, false);
    return hasMap && !this.#dispute.isOpen ? "satisfied" : "again";
  }

  #onSummary(summary: StreamSummary | RequestFailure): "satisfied" | "again" {
    const now = this.#parts.clock.now();
    const { maxBytes } = this.traits.aggregateLimits;
    const outcome = this.traits.take(summary);
    if (outcome === "refused" && summary.kind === "failed") {
      this.#warnOnce(
        "summary",
        `kinesis:DescribeStreamSummary is refused (${summary.code}); set recordDistribution and maxRecordBytes if the stream differs from the defaults`,
      );
    }
    if (this.traits.aggregateLimits.maxBytes !== maxBytes) this.#parts.onLimits(now);
    this.#decide(now, false);
    return outcome === "again" ? "again" : "satisfied";
  }

  #takeShards(shards: Parameters<StreamShards["learnOpen"]>[0], askedAt: number, now: number): boolean {
    const update = this.shards.learnOpen(shards, now);
    if (update instanceof ShardMapProblem) {
      const message = `the list of shards is no map: ${update.reason}`;
      this.#trouble = { kind: "failed", code: "UnusableShardList", message, statusCode: 200, mayBeStored: false };
      return false;
    }
    this.#trouble = undefined;
    this.#hasMapAnswer = true;
    if (update === "unchanged") {
      if (askedAt >= this.#suspectedAt) this.traits.confirmSuspicion();
      if (this.#dispute.onOldList(askedAt) === "refuted") this.#stopReadingNumbers(now);
      return true;
    }
    if (update === "re-created") this.#onRecreated(now);
    else {
      this.#onOtherMap();
      this.#parts.onMap(now);
    }
    return true;
  }

  #onRecreated(now: number): void {
    this.#onOtherMap();
    this.#parts.onRecreated(now);
  }

  #onOtherMap(): void {
    this.#dispute.end();
    this.traits.dropSuspicion();
  }

  /** The map is believed again: lanes that had lost their trust by the numbers have it back. */
  #stopReadingNumbers(now: number): void {
    this.shards.stopReadingNumbers();
    this.#warnOnce(
      "numbers",
      `${this.#parts.stream.streamName}: by the sequence numbers of its answers the stream was created again, and its list of shards goes on to say otherwise; these numbers are not read any more`,
    );
    this.#parts.onMap(now);
  }

  #takeFailure(failure: RequestFailure): boolean {
    this.#trouble = failure;
    const failureClass = classifyRequest(failure);
    if (failureClass === "no-stream") {
      const { code, message } = failure;
      this.#parts.onNoStream({
        code: "KP_RECORD_FAILED",
        message: `${code}: ${message}`,
        serviceCode: code,
        cause: failure.cause,
      });
      this.#tellDecided(failure);
    }
    if (failureClass === "fatal") this.#hasMapAnswer = true;
    return false;
  }

  /** Chooses the mode by what is known. Nothing is decided before both were answered once, or the bound has passed. */
  #decide(now: number, isOverdue: boolean): void {
    const { stream, directory, settings } = this.#parts;
    const awaitsSummary = !this.traits.hasTried && directory.summaryStartsAt(stream) <= this.#boundAt;
    if (!isOverdue && (!this.#hasMapAnswer || awaitsSummary)) return;
    const { packing } = settings;
    const shardCount = Math.max(1, this.traits.openShardCount ?? this.shards.map?.shards.length ?? 1);
    if (this.traits.recordDistribution === "AUTO") this.#setMode("auto", "none", shardCount, now);
    else if (this.shards.map !== undefined) this.#setMode("mapped", packing, shardCount, now);
    else {
      this.#warnOfNoMap();
      this.#setMode("unmapped", this.traits.fallbackPacking, shardCount, now);
    }
  }

  /** Its turn to ask for one has not come. */
  get #isInQueue(): boolean {
    return this.#parts.directory.listingStartsAt(this.#parts.stream) !== Number.NEGATIVE_INFINITY;
  }

  #warnOfNoMap(): void {
    const { stream, directory } = this.#parts;
    if (this.#trouble === undefined && this.#isInQueue) {
      directory.warnOfCrowd();
      return;
    }
    const why = this.#trouble === undefined ? "no answer" : `${this.#trouble.code}: ${this.#trouble.message}`;
    this.#warnOnce(
      "map",
      `going on without a shard map of ${stream.streamName} (${why}); records are packed by key or not at all`,
    );
  }

  #setMode(mode: Exclude<RoutingMode, "waiting">, packing: Packing, shardCount: number, now: number): void {
    this.#mode = mode;
    this.#parts.onMode(mode, packing, shardCount, now);
    // With a status there was an answer: a service that is merely slow to tell its shards can be reached. In the queue nothing
    // is known.
    const isUnreached = this.#trouble === undefined ? !this.#isInQueue : this.#trouble.statusCode === undefined;
    const isUnreachable = mode === "unmapped" && isUnreached;
    this.#tellDecided(isUnreachable ? (this.#trouble ?? this.#noAnswer()) : undefined);
  }

  /** The bound has passed before any request has ended. */
  #noAnswer(): RequestFailure {
    const message = `no answer to ListShards within shardMapTimeoutMs (${this.#parts.settings.shardMapTimeoutMs} ms)`;
    return { kind: "failed", code: "TimeoutError", message, mayBeStored: false };
  }

  #tellDecided(trouble: RequestFailure | undefined): void {
    const decided = this.#decided;
    this.#decided = [];
    for (const callback of decided) callback(trouble);
  }

  #warnOnce(topic: string, message: string): void {
    if (this.#warned.has(topic)) return;
    this.#warned.add(topic);
    this.#parts.logger.warn(message);
  }
}
