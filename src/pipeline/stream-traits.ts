import { AGGREGATE_KEY_BYTES, type AggregateLimits, type Packing } from "../core/aggregator.js";
import { classifyRequest } from "../core/failure-class.js";
import type { RecordDistribution, RequestFailure, StreamSummary } from "../core/ports.js";
import { DEFAULT_MAX_RECORD_BYTES, MAX_RECORD_BYTES } from "../quotas.js";

/** What the caller told about the stream, so that nobody has to ask. */
export interface KnownLimits {
  readonly maxRecordBytes: number | undefined;
  readonly recordDistribution: RecordDistribution | undefined;
}

export interface TraitsParts {
  readonly packing: Packing;
  readonly aggregate: AggregateLimits;
  readonly known: KnownLimits;
}

/** What came of a summary: `refused`, asking again would only be refused again; `again`, it is still to be had. */
export type SummaryOutcome = "taken" | "refused" | "again";

/** What is known about a stream besides its shards: how large a record it takes, and who distributes its records. */
export class StreamTraits {
  readonly #parts: TraitsParts;
  #summary: StreamSummary | undefined;
  #isKnown: boolean;
  /** Nothing waits for more than the first try: DescribeStreamSummary has a quota of its own for the whole account. */
  #hasTried: boolean;
  /** The service may be ignoring keys, whatever it said before. Rule 12. */
  #isAutoSuspected = false;
  /** A fresh map has not explained the suspicion away: what needs the envelope would be sent again without end. */
  #isAutoBelieved = false;
  /** Asked for every record. */
  #maxRecordBytes: number;

  constructor(parts: TraitsParts) {
    this.#parts = parts;
    const { recordDistribution, maxRecordBytes } = parts.known;
    this.#isKnown = recordDistribution !== undefined && maxRecordBytes !== undefined;
    this.#hasTried = this.#isKnown;
    this.#maxRecordBytes = this.#findMaxRecordBytes();
  }

  /** Whether nothing is left to ask. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** Whether there was an answer, of whatever kind, or none is needed. */
  get hasTried(): boolean {
    return this.#hasTried;
  }

  /** As the summary says. */
  get streamArn(): string | undefined {
    return this.#summary?.streamArn;
  }

  /** Open shards, as the summary counts them. */
  get openShardCount(): number | undefined {
    return this.#summary?.openShardCount;
  }

  /** Partition key and data together, as far as known; the largest that any stream takes before. */
  get maxRecordBytes(): number {
    return this.#maxRecordBytes;
  }

  #findMaxRecordBytes(): number {
    const known = this.#parts.known.maxRecordBytes ?? this.#summary?.maxRecordBytes;
    if (known !== undefined) return known;
    return this.#isKnown ? DEFAULT_MAX_RECORD_BYTES : MAX_RECORD_BYTES;
  }

  /** Bounds of an aggregate: those that were set, and never above what the stream takes of one record, key included. */
  get aggregateLimits(): AggregateLimits {
    const { maxBytes, maxCount } = this.#parts.aggregate;
    return { maxBytes: Math.min(maxBytes, this.maxRecordBytes - AGGREGATE_KEY_BYTES), maxCount };
  }

  get recordDistribution(): RecordDistribution | undefined {
    return this.#parts.known.recordDistribution ?? this.#summary?.recordDistribution;
  }

  /** Why nothing can be sent as an aggregate, not even of one; undefined when it can. Rules 11 and 12. */
  get envelopeProblem(): string | undefined {
    if (this.#parts.packing === "none") return "aggregation is false";
    if (this.recordDistribution === "AUTO") return "the stream's record distribution is AUTO";
    return this.#isAutoBelieved
      ? "the stream puts records outside their shards, as with record distribution AUTO"
      : undefined;
  }

  /** How to pack what has no trustworthy shard: by key, unless the service may be ignoring keys. */
  get fallbackPacking(): Packing {
    if (this.#parts.packing === "none" || this.#isAutoSuspected) return "none";
    return this.recordDistribution === "USER_PARTITION_KEY" ? "key" : "none";
  }

  /** How to pack again what a shard took that does not hold its keys; undefined: as its lanes do. */
  get packingOfMisplaced(): Packing | undefined {
    return this.#isAutoSuspected ? "none" : undefined;
  }

  /** An aggregate of one key is where that key does not belong: the next summary, or the next map, says more. */
  suspectAuto(): void {
    this.#isAutoSuspected = true;
  }

  /** The map that was asked for since the suspicion is the old one. */
  confirmSuspicion(): void {
    this.#isAutoBelieved = this.#isAutoSuspected;
  }

  /** There is a new map, or the service says that keys count: aggregation is tried again. */
  dropSuspicion(): void {
    this.#isAutoSuspected = false;
    this.#isAutoBelieved = false;
  }

  /** Takes in what DescribeStreamSummary answered. */
  take(summary: StreamSummary | RequestFailure): SummaryOutcome {
    const outcome = this.#take(summary);
    this.#maxRecordBytes = this.#findMaxRecordBytes();
    return outcome;
  }

  #take(summary: StreamSummary | RequestFailure): SummaryOutcome {
    this.#hasTried = true;
    if (summary.kind === "summary") {
      this.#summary = summary;
      this.#isKnown = true;
      this.dropSuspicion();
      return "taken";
    }
    if (classifyRequest(summary) !== "fatal") return this.#isKnown ? "taken" : "again";
    // Not permitted: the defaults hold.
    this.#isKnown = true;
    return "refused";
  }
}
