import { classifyRequest } from "../../core/failure-class.js";
import { AGGREGATE_KEY_BYTES, type AggregateLimits, type Packing } from "../../core/lane/aggregator.js";
import type {
  LogFields,
  RecordDistribution,
  RequestFailure,
  ShardDescription,
  ShardsAnswer,
  StreamSummary,
} from "../../core/ports.js";
import type { PlacedRecord } from "../../core/record/placed-record.js";
import { KEY_MISSING, sizeProblem } from "../../core/record/record-check.js";
import { type ShardMap, ShardMapProblem } from "../../core/shards/shard-map.js";
import { StreamShards } from "../../core/shards/stream-shards.js";
import { DEFAULT_MAX_RECORD_BYTES, MAX_RECORD_BYTES } from "../../quotas.js";
import type { FailureReason } from "../settlement/settlement-parts.js";
import type { CallTurns, FactsChange, RoutingMode } from "./facts-change.js";
import { reasonOfFailure } from "./failure-reasons.js";

/** Limits of the stream that an option sets, so that the service need not be asked. */
export interface KnownLimits {
  readonly maxRecordBytes: number | undefined;
  readonly recordDistribution: RecordDistribution | undefined;
}

export interface FactsParts {
  readonly streamName: string;
  readonly packing: Packing;
  readonly aggregate: AggregateLimits;
  readonly known: KnownLimits;
  readonly isOrdered: boolean;
  readonly shardMapTimeoutMs: number;
}

type Draft = { -readonly [K in keyof FactsChange]: FactsChange[K] };

/** Why an ordered producer cannot use a stream with record distribution AUTO. Rule 12. */
const NO_ORDER_ON_AUTO: FailureReason = {
  code: "KP_INVALID_RECORD",
  message: 'ordering: "shard" is not possible: the stream\'s record distribution is AUTO, and keys are ignored',
};

/**
 * Most lists that show the old stream after an answer that came from a new one. A list lags behind a change for
 * seconds. If the lists never follow, the service's sequence numbers are inconsistent and useless.
 */
const MOST_LISTS = 12;

/**
 * The facts about a stream: its shards, its record limit and its record distribution. They decide how records find
 * their lanes. Answers go in, changes come out. Rules 5 to 7, 12 and 17.
 */
export class StreamFacts {
  readonly shards: StreamShards = new StreamShards();
  /** Whether the service ever answered a PutRecords for this stream. */
  hasAnswered = false;
  readonly #parts: FactsParts;
  /** The last answer of DescribeStreamSummary. `refused`: the call is not permitted, and the defaults apply. */
  #summary: StreamSummary | "untried" | "failed" | "refused" = "untried";
  /** Cached, because every record reads it. */
  #maxRecordBytes: number;
  /** `listed`: ListShards has answered, and the mode is not decided yet. */
  #stage: "asking" | "listed" | "decided" = "asking";
  /** When the first record, or `ready()`, began to wait. */
  #firstUseAt: number = Number.POSITIVE_INFINITY;
  #askedAt: number = Number.NEGATIVE_INFINITY;
  /** Why there is no map, for callers that wait in `ready()`. */
  #trouble: RequestFailure | undefined;
  /**
   * A sequence number says that the stream was created again, and N lists of its shards say that it was not. Lists are
   * requested again with growing pauses, until another map comes or the limit of lists is reached. Meanwhile records
   * are packed so that shard boundaries do not matter.
   */
  #dispute: { readonly since: number; lists: number } | undefined;
  /** Whether the service has answered any call for this stream. */
  #isReached = false;
  readonly #warned: Set<string> = new Set();

  constructor(parts: FactsParts) {
    this.#parts = parts;
    this.#maxRecordBytes = this.#findMaxRecordBytes();
  }

  /** The open shards; undefined while unknown. */
  get map(): ShardMap | undefined {
    return this.shards.map;
  }

  get mode(): RoutingMode {
    if (this.#stage !== "decided") return "waiting";
    if (this.recordDistribution === "AUTO") return "auto";
    return this.map === undefined ? "unmapped" : "mapped";
  }

  /** Why ListShards has brought no map; undefined if it was not called, or has succeeded. */
  get trouble(): RequestFailure | undefined {
    return this.#trouble;
  }

  /** Why the stream cannot be reached, or that it does not exist; undefined once the service has answered. Rule 7. */
  unreached(turns: CallTurns): RequestFailure | undefined {
    const trouble = this.#trouble;
    if (trouble !== undefined && !this.hasAnswered && classifyRequest(trouble) === "no-stream") return trouble;
    return this.#isReached || this.mode === "mapped" ? undefined : this.#whyUnreached(turns);
  }

  /** The service has answered a request for this stream. */
  onReached(): void {
    this.#isReached = true;
  }

  /** When the latest refresh that brought a map began. */
  get askedAt(): number {
    return this.#askedAt;
  }

  /** Whether the stream was ever used. */
  get isUsed(): boolean {
    return this.#firstUseAt !== Number.POSITIVE_INFINITY;
  }

  /** When the wait of records for the first map ends; Infinity when they do not wait. */
  get boundAt(): number {
    return this.#stage === "decided" ? Number.POSITIVE_INFINITY : this.#boundAt;
  }

  get #boundAt(): number {
    return this.#firstUseAt + this.#parts.shardMapTimeoutMs;
  }

  /** Whether DescribeStreamSummary need not be called any more. */
  get hasSummary(): boolean {
    return this.#isToldByCaller || typeof this.#summary === "object" || this.#summary === "refused";
  }

  get #isToldByCaller(): boolean {
    const { recordDistribution, maxRecordBytes } = this.#parts.known;
    return recordDistribution !== undefined && maxRecordBytes !== undefined;
  }

  /** The ARN from the summary. */
  get streamArn(): string | undefined {
    return this.#told?.streamArn;
  }

  get recordDistribution(): RecordDistribution | undefined {
    return this.#parts.known.recordDistribution ?? this.#told?.recordDistribution;
  }

  get #told(): StreamSummary | undefined {
    return typeof this.#summary === "object" ? this.#summary : undefined;
  }

  /** Number of open shards, as far as known; at least 1. */
  get shardCount(): number {
    return Math.max(1, this.#told?.openShardCount ?? this.map?.shards.length ?? 1);
  }

  /** Limit of partition key and data together. While unknown, the largest limit that any stream can have. */
  get maxRecordBytes(): number {
    return this.#maxRecordBytes;
  }

  #findMaxRecordBytes(): number {
    const known = this.#parts.known.maxRecordBytes ?? this.#told?.maxRecordBytes;
    if (known !== undefined) return known;
    return this.hasSummary ? DEFAULT_MAX_RECORD_BYTES : MAX_RECORD_BYTES;
  }

  /** Bounds of an aggregate: the configured ones, but never above the stream's limit for one record, key included. */
  get aggregateLimits(): AggregateLimits {
    const { maxBytes, maxCount } = this.#parts.aggregate;
    return { maxBytes: Math.min(maxBytes, this.#maxRecordBytes - AGGREGATE_KEY_BYTES), maxCount };
  }

  /** Fast check for nearly all records: true if neither the kind nor the size of the record is a problem. */
  takes(record: PlacedRecord): boolean {
    return (
      record.tags === undefined &&
      record.key.bytes > 0 &&
      record.bufferedBytes <= this.#maxRecordBytes &&
      (!this.#parts.isOrdered || this.mode !== "auto")
    );
  }

  /**
   * Why the stream does not take a record, as far as is known. A record that was accepted may be refused later. Rule 1.
   *
   * @param mayIgnoreKeys - the stream is believed to ignore keys, even against its summary: see `Misplacement`
   */
  refusalOf(record: PlacedRecord, mayIgnoreKeys: boolean): FailureReason | undefined {
    return this.takes(record) ? undefined : this.#findRefusal(record, mayIgnoreKeys);
  }

  #findRefusal(record: PlacedRecord, mayIgnoreKeys: boolean): FailureReason | undefined {
    const { mode } = this;
    const envelope = record.tags === undefined ? undefined : this.#envelopeProblem(mayIgnoreKeys);
    if (envelope !== undefined)
      return { code: "KP_INVALID_RECORD", message: `tags and record ids need the envelope, but ${envelope}` };
    if (mode === "waiting") return undefined;
    if (record.key.bytes === 0 && mode !== "auto") return KEY_MISSING;
    if (mode === "auto" && this.#parts.isOrdered) return NO_ORDER_ON_AUTO;
    return sizeProblem(record, this.#maxRecordBytes);
  }

  /**
   * Why no record can be sent as an aggregate, not even alone; undefined if aggregates are possible. Rules 11 and 12.
   */
  #envelopeProblem(mayIgnoreKeys: boolean): string | undefined {
    if (this.#parts.packing === "none") return "aggregation is false";
    if (this.recordDistribution === "AUTO") return "the stream's record distribution is AUTO";
    return mayIgnoreKeys ? "the stream puts records outside their shards, as with record distribution AUTO" : undefined;
  }

  /** The first record, or `ready()`, begins to wait. It does not wait for a call whose turn comes after the bound. */
  onFirstUse(now: number, turns: CallTurns): FactsChange {
    this.#firstUseAt = now;
    return turns.listingAt > this.#boundAt ? this.decideWithout(turns) : {};
  }

  /** Decides by the current facts: the bound has passed. */
  decideWithout(turns: CallTurns): FactsChange {
    const change: Draft = {};
    this.#decide(change, turns);
    return change;
  }

  /** An answer shows that the stream was created again: the next list shows its shards. Rule 17. */
  onOtherCreation(now: number): void {
    this.#dispute ??= { since: now, lists: 0 };
  }

  /**
   * Processes the answer of ListShards about the open shards.
   *
   * @param askedAt - in the clock's milliseconds: the list says nothing about evidence that came later
   */
  takeListing(open: ShardsAnswer, askedAt: number, now: number, turns: CallTurns): FactsChange {
    const change: Draft = { isListing: true };
    if (isAnswer(open)) this.#isReached = true;
    const hasMap =
      open.kind === "shards"
        ? this.#takeShards(change, open.shards, askedAt, now)
        : this.#takeFailure(change, open, now);
    // A listing that failed, or lags behind, decides nothing about earlier answers.
    if (hasMap) this.#askedAt = askedAt;
    this.#maybeDecide(change, turns);
    change.again = !hasMap || this.#dispute !== undefined;
    return change;
  }

  /** Processes a list that contains closed shards too. */
  takeAllShards(all: ShardsAnswer, now: number): FactsChange {
    const change: Draft = { isListing: true };
    if (all.kind !== "shards" || this.shards.learnAll(all.shards, now) !== "re-created") return change;
    this.#dispute = undefined;
    change.map = "re-created";
    return change;
  }

  /** Processes the answer of DescribeStreamSummary. */
  takeSummary(summary: StreamSummary | RequestFailure, turns: CallTurns): FactsChange {
    const { maxBytes } = this.aggregateLimits;
    const change: Draft = {};
    const saysNothing = this.#stage === "decided" && !isAnswer(summary);
    if (isAnswer(summary)) this.#isReached = true;
    if (summary.kind === "summary") {
      this.#summary = summary;
      change.isSummary = true;
    } else this.#takeSummaryFailure(change, summary);
    this.#maxRecordBytes = this.#findMaxRecordBytes();
    if (this.aggregateLimits.maxBytes !== maxBytes) change.limits = true;
    // Callers that wait for an unreachable stream wait for ListShards, which is asked at the same time.
    if (!saysNothing) this.#maybeDecide(change, turns);
    return change;
  }

  #takeSummaryFailure(change: Draft, failure: RequestFailure): void {
    const isRefused = classifyRequest(failure) === "fatal";
    if (typeof this.#summary !== "object" && this.#summary !== "refused")
      this.#summary = isRefused ? "refused" : "failed";
    if (isRefused && failure.isConfiguration !== true) {
      const advice = "set recordDistribution and maxRecordBytes if the stream differs from the defaults";
      const message = `kinesis:DescribeStreamSummary is refused (${failure.code}); ${advice}`;
      this.#warnOnce(change, { event: "no-stream-summary", code: failure.code }, message);
    }
    change.again = !this.hasSummary;
  }

  /**
   * The service says that the stream does not exist. A stream that answered before is gone, and a stream of the same
   * name with other shards may come. Rule 17.
   */
  takeNoStream(reason: FailureReason, now: number): FactsChange {
    if (!this.hasAnswered) return { noStream: reason };
    this.shards.forget();
    this.#dispute = undefined;
    this.#stage = "asking";
    this.#firstUseAt = now;
    return { mode: "waiting", isStale: true };
  }

  #takeShards(change: Draft, shards: readonly ShardDescription[], askedAt: number, now: number): boolean {
    const update = this.shards.learnOpen(shards, now);
    if (update instanceof ShardMapProblem) {
      const message = `the list of shards is not a valid map: ${update.reason}`;
      this.#trouble = { kind: "failed", code: "UnusableShardList", message, statusCode: 200, mayBeStored: false };
      return false;
    }
    this.#trouble = undefined;
    this.#onListed();
    change.map = update;
    if (update !== "unchanged") this.#dispute = undefined;
    else if (this.#isRefuted(askedAt)) this.#stopReadingNumbers(change);
    return true;
  }

  /**
   * Whether this list of the old stream reaches the limit. A list that was requested before the evidence does not
   * count.
   */
  #isRefuted(askedAt: number): boolean {
    const dispute = this.#dispute;
    return dispute !== undefined && askedAt >= dispute.since && ++dispute.lists >= MOST_LISTS;
  }

  /** The map is believed again: lanes that lost their trust because of sequence numbers are trusted again. */
  #stopReadingNumbers(change: Draft): void {
    this.shards.stopReadingNumbers();
    this.#dispute = undefined;
    change.map = "believed";
    const problem = "sequence numbers in answers say that the stream was created again";
    const contrary = "but its list of shards still says otherwise; these sequence numbers are ignored from now on";
    this.#warnOnce(change, { event: "sequence-numbers-ignored" }, `${problem}, ${contrary}`);
  }

  #takeFailure(change: Draft, failure: RequestFailure, now: number): false {
    this.#trouble = failure;
    const failureClass = classifyRequest(failure);
    if (failureClass === "no-stream") Object.assign(change, this.takeNoStream(reasonOfFailure(failure), now));
    if (failure.isConfiguration === true) change.unusable = reasonOfFailure(failure);
    if (failureClass === "no-stream" || failure.isConfiguration === true) change.decided = { trouble: failure };
    if (failureClass === "fatal") this.#onListed();
    return false;
  }

  #onListed(): void {
    if (this.#stage === "asking") this.#stage = "listed";
  }

  /** The mode is decided when both calls have answered once, or the bound has passed. Later facts apply at once. */
  #maybeDecide(change: Draft, turns: CallTurns): void {
    const hasTriedSummary = this.#isToldByCaller || this.#summary !== "untried";
    const awaitsSummary = !hasTriedSummary && turns.summaryAt <= this.#boundAt;
    if (this.#stage === "decided" || (this.#stage === "listed" && !awaitsSummary)) this.#decide(change, turns);
  }

  #decide(change: Draft, turns: CallTurns): void {
    this.#stage = "decided";
    change.mode = this.mode;
    if (change.mode === "unmapped") this.#warnOfNoMap(change, turns);
    change.decided ??= { trouble: this.unreached(turns) };
  }

  #warnOfNoMap(change: Draft, turns: CallTurns): void {
    // Each record fails with the reason.
    if (this.#trouble?.isConfiguration === true) return;
    if (this.#trouble === undefined && isInQueue(turns)) {
      change.isCrowded = true;
      return;
    }
    const why = this.#trouble === undefined ? "no answer" : `${this.#trouble.code}: ${this.#trouble.message}`;
    const message = `going on without a shard map (${why}); records are packed by key or not at all`;
    this.#warnOnce(change, { event: "no-shard-map", code: this.#trouble?.code ?? "TimeoutError" }, message);
  }

  /** Undefined while the call waits for its turn. */
  #whyUnreached(turns: CallTurns): RequestFailure | undefined {
    if (this.#trouble !== undefined) return this.#trouble;
    if (isInQueue(turns)) return undefined;
    const message = `no answer to ListShards within shardMapTimeoutMs (${this.#parts.shardMapTimeoutMs} ms)`;
    return { kind: "failed", code: "TimeoutError", message, mayBeStored: false };
  }

  #warnOnce(change: Draft, fields: LogFields, message: string): void {
    if (this.#warned.has(fields.event)) return;
    this.#warned.add(fields.event);
    change.warnings = [...(change.warnings ?? []), { level: "warn", fields, message }];
  }
}

/** A failure with a status is an answer too: the service can be reached. */
function isAnswer(answer: ShardsAnswer | StreamSummary | RequestFailure): boolean {
  return answer.kind !== "failed" || answer.statusCode !== undefined;
}

/** Whether ListShards still waits for its turn. */
function isInQueue({ listingAt }: CallTurns): boolean {
  return listingAt !== Number.NEGATIVE_INFINITY;
}
