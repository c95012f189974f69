import { classifyRequest } from "../../core/failure-class.js";
import { AGGREGATE_KEY_BYTES, type AggregateLimits, type Packing } from "../../core/lane/aggregator.js";
import type {
  RecordDistribution,
  RequestFailure,
  ShardDescription,
  ShardsAnswer,
  StreamSummary,
} from "../../core/ports.js";
import type { PlacedRecord } from "../../core/record/placed-record.js";
import { KEY_MISSING, sizeProblem } from "../../core/record/record-check.js";
import { type ShardMap, ShardMapProblem } from "../../core/shards/shard-map.js";
import { type MapUpdate, StreamShards } from "../../core/shards/stream-shards.js";
import { DEFAULT_MAX_RECORD_BYTES, MAX_RECORD_BYTES } from "../../quotas.js";
import type { FailureReason } from "../settlement/settlement-parts.js";

/**
 * How records find their lane.
 *
 * - `waiting`: nothing is known yet; everything is held
 * - `mapped`: by the shard map
 * - `unmapped`: no map is to be had; one lane, packed so that no shard boundary can matter
 * - `auto`: the service chooses the shard, keys are ignored; one lane, every record by itself
 */
export type RoutingMode = "waiting" | "mapped" | "unmapped" | "auto";

/** Limits of the stream that an option gives, so that the service need not be asked. */
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

/** When a call of the stream that waits for its turn will start; -Infinity where none waits. */
export interface CallTurns {
  readonly listingAt: number;
  readonly summaryAt: number;
}

/** A change of what is known about the stream, by an answer or by time: a plain value, which the stream applies. */
export interface FactsChange {
  /** The question is to be asked again, after a backoff. */
  readonly again?: boolean;
  /** A refresh is to start from now on. */
  readonly isStale?: true;
  /** The service does not know the stream, and the stream never answered. */
  readonly noStream?: FailureReason;
  /** ListShards has answered, or failed: decisions that waited for it can fall. */
  readonly isListing?: true;
  /** The change of the map. `believed`: the map is the old one, and the evidence against it is worth nothing. */
  readonly map?: MapUpdate | "believed";
  /** DescribeStreamSummary has said who distributes the records. */
  readonly isSummary?: true;
  /** The bounds of an aggregate have changed. */
  readonly limits?: true;
  /** How records find their lanes from now on; perhaps as before. */
  readonly mode?: RoutingMode;
  /** The wait for a decision has ended; `trouble` is why the stream cannot be reached, or does not exist. */
  readonly decided?: { readonly trouble: RequestFailure | undefined };
  readonly warnings?: readonly string[];
  /** There is no map because too many streams wait for theirs. */
  readonly isCrowded?: true;
}

type Draft = { -readonly [K in keyof FactsChange]: FactsChange[K] };

/** Why a stream that distributes records itself takes none of a producer that keeps order. Rule 12. */
const NO_ORDER_ON_AUTO: FailureReason = {
  code: "KP_INVALID_RECORD",
  message: 'ordering: "shard" is not possible: the stream\'s record distribution is AUTO, and keys are ignored',
};

/**
 * Lists that go on to show the old stream after an answer told of another. A list lags behind a change for seconds; one that
 * never follows means that the service's numbers do not agree with each other, and tell nothing.
 */
const MOST_LISTS = 12;

/**
 * The facts about a stream: its shards, its record limit, who distributes its records; and the decision that follows from them,
 * how records find their lanes. Answers go in, changes come out. Rules 5 to 7, 12 and 17.
 */
export class StreamFacts {
  readonly shards: StreamShards = new StreamShards();
  /** Whether the service ever answered a PutRecords for this stream. */
  hasAnswered = false;
  readonly #parts: FactsParts;
  /** The last answer of DescribeStreamSummary. `refused`: it is not permitted, the defaults hold. */
  #summary: StreamSummary | "untried" | "failed" | "refused" = "untried";
  /** Kept, because every record asks for it. */
  #maxRecordBytes: number;
  /** `listed`: ListShards has answered, and the mode is not decided yet. */
  #stage: "asking" | "listed" | "decided" = "asking";
  /** When the first record, or `ready()`, began to wait. */
  #firstUseAt: number = Number.POSITIVE_INFINITY;
  #askedAt: number = Number.NEGATIVE_INFINITY;
  /** Why there is no map, for those who wait in `ready()`. */
  #trouble: RequestFailure | undefined;
  /**
   * A sequence number says that the stream was created again, and N lists of its shards say that it was not. Until another map comes, or
   * the lists have won, lists are asked for again with growing pauses, and records are packed so that no map matters.
   */
  #dispute: { readonly since: number; lists: number } | undefined;
  readonly #warned: Set<string> = new Set();

  constructor(parts: FactsParts) {
    this.#parts = parts;
    this.#maxRecordBytes = this.#findMaxRecordBytes();
  }

  /** The open shards, as far as they are known. */
  get map(): ShardMap | undefined {
    return this.shards.map;
  }

  get mode(): RoutingMode {
    if (this.#stage !== "decided") return "waiting";
    if (this.recordDistribution === "AUTO") return "auto";
    return this.map === undefined ? "unmapped" : "mapped";
  }

  /** When the latest refresh that brought a map had been asked. */
  get askedAt(): number {
    return this.#askedAt;
  }

  /** Whether the stream was ever used. */
  get isUsed(): boolean {
    return this.#firstUseAt !== Number.POSITIVE_INFINITY;
  }

  /** Until when records wait for the first map; Infinity when they do not. */
  get boundAt(): number {
    return this.#stage === "decided" ? Number.POSITIVE_INFINITY : this.#boundAt;
  }

  get #boundAt(): number {
    return this.#firstUseAt + this.#parts.shardMapTimeoutMs;
  }

  /** Whether nothing is left to ask DescribeStreamSummary for. */
  get hasSummary(): boolean {
    return this.#isToldByCaller || typeof this.#summary === "object" || this.#summary === "refused";
  }

  get #isToldByCaller(): boolean {
    const { recordDistribution, maxRecordBytes } = this.#parts.known;
    return recordDistribution !== undefined && maxRecordBytes !== undefined;
  }

  /** As the summary says. */
  get streamArn(): string | undefined {
    return this.#told?.streamArn;
  }

  get recordDistribution(): RecordDistribution | undefined {
    return this.#parts.known.recordDistribution ?? this.#told?.recordDistribution;
  }

  get #told(): StreamSummary | undefined {
    return typeof this.#summary === "object" ? this.#summary : undefined;
  }

  /** Open shards, as far as known; one at least. */
  get shardCount(): number {
    return Math.max(1, this.#told?.openShardCount ?? this.map?.shards.length ?? 1);
  }

  /** Partition key and data together, as far as known; the largest that any stream takes before. */
  get maxRecordBytes(): number {
    return this.#maxRecordBytes;
  }

  #findMaxRecordBytes(): number {
    const known = this.#parts.known.maxRecordBytes ?? this.#told?.maxRecordBytes;
    if (known !== undefined) return known;
    return this.hasSummary ? DEFAULT_MAX_RECORD_BYTES : MAX_RECORD_BYTES;
  }

  /** Bounds of an aggregate: those that were set, and never above what the stream takes of one record, key included. */
  get aggregateLimits(): AggregateLimits {
    const { maxBytes, maxCount } = this.#parts.aggregate;
    return { maxBytes: Math.min(maxBytes, this.#maxRecordBytes - AGGREGATE_KEY_BYTES), maxCount };
  }

  /** Whether the stream takes a record like nearly all there are: true says that neither its kind nor its size is a problem. */
  takes(record: PlacedRecord): boolean {
    return (
      record.tags === undefined &&
      record.key.bytes > 0 &&
      record.bufferedBytes <= this.#maxRecordBytes &&
      (!this.#parts.isOrdered || this.mode !== "auto")
    );
  }

  /**
   * Why the stream does not take a record, as far as is known; one that was accepted may be refused later. Rule 1.
   *
   * @param mayIgnoreKeys - believed of the stream, whatever it says: see `Misplacement`
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

  /** Why nothing can be sent as an aggregate, not even of one; undefined when it can. Rules 11 and 12. */
  #envelopeProblem(mayIgnoreKeys: boolean): string | undefined {
    if (this.#parts.packing === "none") return "aggregation is false";
    if (this.recordDistribution === "AUTO") return "the stream's record distribution is AUTO";
    return mayIgnoreKeys ? "the stream puts records outside their shards, as with record distribution AUTO" : undefined;
  }

  /** The first record, or `ready()`, begins to wait. It does not wait for a turn that comes after the bound. */
  onFirstUse(now: number, turns: CallTurns): FactsChange {
    this.#firstUseAt = now;
    return turns.listingAt > this.#boundAt ? this.decideWithout(turns) : {};
  }

  /** Decides by the facts of now: the bound has passed. */
  decideWithout(turns: CallTurns): FactsChange {
    const change: Draft = {};
    this.#decide(change, turns);
    return change;
  }

  /** An answer tells that the stream was created again: the next list says what its shards are. Rule 17. */
  onOtherCreation(now: number): void {
    this.#dispute ??= { since: now, lists: 0 };
  }

  /**
   * Takes in the answer of ListShards about the open shards.
   *
   * @param askedAt - in the clock's milliseconds: evidence that came later is not answered by it
   */
  takeListing(open: ShardsAnswer, askedAt: number, now: number, turns: CallTurns): FactsChange {
    const change: Draft = { isListing: true };
    const hasMap =
      open.kind === "shards"
        ? this.#takeShards(change, open.shards, askedAt, now)
        : this.#takeFailure(change, open, now);
    // A listing that failed, or lags behind, decides nothing about what was answered before it.
    if (hasMap) this.#askedAt = askedAt;
    this.#maybeDecide(change, turns);
    change.again = !hasMap || this.#dispute !== undefined;
    return change;
  }

  /** Takes in a list that holds closed shards too. */
  takeAllShards(all: ShardsAnswer, now: number): FactsChange {
    const change: Draft = { isListing: true };
    if (all.kind !== "shards" || this.shards.learnAll(all.shards, now) !== "re-created") return change;
    this.#dispute = undefined;
    change.map = "re-created";
    return change;
  }

  /** Takes in the answer of DescribeStreamSummary. */
  takeSummary(summary: StreamSummary | RequestFailure, turns: CallTurns): FactsChange {
    const { maxBytes } = this.aggregateLimits;
    const change: Draft = {};
    if (summary.kind === "summary") {
      this.#summary = summary;
      change.isSummary = true;
    } else this.#takeSummaryFailure(change, summary);
    this.#maxRecordBytes = this.#findMaxRecordBytes();
    if (this.aggregateLimits.maxBytes !== maxBytes) change.limits = true;
    this.#maybeDecide(change, turns);
    return change;
  }

  #takeSummaryFailure(change: Draft, failure: RequestFailure): void {
    const isRefused = classifyRequest(failure) === "fatal";
    if (typeof this.#summary !== "object" && this.#summary !== "refused")
      this.#summary = isRefused ? "refused" : "failed";
    if (isRefused) {
      const advice = "set recordDistribution and maxRecordBytes if the stream differs from the defaults";
      this.#warnOnce(change, "summary", `kinesis:DescribeStreamSummary is refused (${failure.code}); ${advice}`);
    }
    change.again = !this.hasSummary;
  }

  /**
   * The service says that the stream does not exist: one that has answered is gone, and one of the same name may come, with other
   * shards. Rule 17.
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
      const message = `the list of shards is no map: ${update.reason}`;
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

  /** Whether this list of the old stream is one too many. A list that was asked for before the evidence does not count. */
  #isRefuted(askedAt: number): boolean {
    const dispute = this.#dispute;
    return dispute !== undefined && askedAt >= dispute.since && ++dispute.lists >= MOST_LISTS;
  }

  /** The map is believed again: lanes that had lost their trust by the numbers have it back. */
  #stopReadingNumbers(change: Draft): void {
    this.shards.stopReadingNumbers();
    this.#dispute = undefined;
    change.map = "believed";
    const { streamName } = this.#parts;
    const problem = "by the sequence numbers of its answers the stream was created again";
    const contrary = "and its list of shards goes on to say otherwise; these numbers are not read any more";
    this.#warnOnce(change, "numbers", `${streamName}: ${problem}, ${contrary}`);
  }

  #takeFailure(change: Draft, failure: RequestFailure, now: number): false {
    this.#trouble = failure;
    const failureClass = classifyRequest(failure);
    if (failureClass === "no-stream") {
      const { code, message, cause } = failure;
      const reason = { code: "KP_RECORD_FAILED", message: `${code}: ${message}`, serviceCode: code, cause } as const;
      Object.assign(change, this.takeNoStream(reason, now));
      change.decided = { trouble: failure };
    }
    if (failureClass === "fatal") this.#onListed();
    return false;
  }

  #onListed(): void {
    if (this.#stage === "asking") this.#stage = "listed";
  }

  /** The mode is not decided before both calls have answered once, or the bound has passed. Later facts count at once. */
  #maybeDecide(change: Draft, turns: CallTurns): void {
    const hasTriedSummary = this.#isToldByCaller || this.#summary !== "untried";
    const awaitsSummary = !hasTriedSummary && turns.summaryAt <= this.#boundAt;
    if (this.#stage === "decided" || (this.#stage === "listed" && !awaitsSummary)) this.#decide(change, turns);
  }

  #decide(change: Draft, turns: CallTurns): void {
    this.#stage = "decided";
    change.mode = this.mode;
    if (change.mode === "unmapped") this.#warnOfNoMap(change, turns);
    change.decided ??= { trouble: change.mode === "unmapped" ? this.#whyUnreached(turns) : undefined };
  }

  #warnOfNoMap(change: Draft, turns: CallTurns): void {
    const { streamName } = this.#parts;
    if (this.#trouble === undefined && isInQueue(turns)) {
      change.isCrowded = true;
      return;
    }
    const why = this.#trouble === undefined ? "no answer" : `${this.#trouble.code}: ${this.#trouble.message}`;
    const message = `going on without a shard map of ${streamName} (${why}); records are packed by key or not at all`;
    this.#warnOnce(change, "map", message);
  }

  /**
   * A failure with a status is an answer: the service can be reached. While the call waits for its turn nothing is known.
   */
  #whyUnreached(turns: CallTurns): RequestFailure | undefined {
    if (this.#trouble !== undefined) return this.#trouble.statusCode === undefined ? this.#trouble : undefined;
    if (isInQueue(turns)) return undefined;
    const message = `no answer to ListShards within shardMapTimeoutMs (${this.#parts.shardMapTimeoutMs} ms)`;
    return { kind: "failed", code: "TimeoutError", message, mayBeStored: false };
  }

  #warnOnce(change: Draft, topic: string, message: string): void {
    if (this.#warned.has(topic)) return;
    this.#warned.add(topic);
    change.warnings = [...(change.warnings ?? []), message];
  }
}

/** Whether ListShards still waits for its turn. */
function isInQueue({ listingAt }: CallTurns): boolean {
  return listingAt !== Number.NEGATIVE_INFINITY;
}
