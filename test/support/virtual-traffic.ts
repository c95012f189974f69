import type { KinesisRecord } from "../../src/core/ports.js";
import type { ManualClock } from "../../src/testing/manual-clock.js";
import { isWrappedForTags, PaceCheck } from "./virtual-checks.js";
import type { VirtualKinesis, VirtualShard } from "./virtual-kinesis.js";
import { mayMisplace } from "./virtual-outcomes.js";
import type { ScheduleOptions } from "./virtual-schedule.js";
import type { VirtualService } from "./virtual-service.js";

export interface TrafficWatchParts {
  readonly service: VirtualService;
  readonly kinesis: VirtualKinesis;
  readonly options: ScheduleOptions;
  readonly clock: ManualClock;
  /** Whether the producer sends to this stream without a map now. */
  readonly isUnmapped: () => boolean;
  /** Found now, but reported at the end: an error thrown at the producer would only be a failed request. */
  readonly problems: string[];
}

/** Checks every request to one stream: its size, its packing, its pace. */
export class TrafficWatch {
  readonly #parts: TrafficWatchParts;
  readonly #paces: Map<string, PaceCheck> = new Map();
  /** Whether records were ever sent without a map. */
  wasUnmapped = false;

  constructor(parts: TrafficWatchParts) {
    this.#parts = parts;
    const { kinesis, service, options, isUnmapped } = parts;
    const { maxRequestRecords, maxInFlightRequests } = options;
    kinesis.onRequest = (entries) => {
      this.wasUnmapped ||= isUnmapped();
      this.#demand(entries.length <= maxRequestRecords, `a request of ${entries.length} entries`);
      this.#demand(service.requests.length < maxInFlightRequests, "too many requests in flight");
    };
    kinesis.onArrival = (entry, shard) => {
      this.#checkPacking(entry);
      this.#checkPace(entry, shard);
    };
  }

  #checkPacking(entry: KinesisRecord): void {
    const { aggregation } = this.#parts.options;
    const maxBytes = typeof aggregation === "object" ? aggregation.maxBytes : 51_200;
    const isAggregate = entry.partitionKey === "a";
    this.#demand(!isAggregate || aggregation !== false, "an aggregate, and aggregation is off");
    const isLarge = isAggregate && entry.data.length > maxBytes;
    this.#demand(!isLarge || isWrappedForTags(entry), `an aggregate of ${entry.data.length} bytes`);
  }

  /** The shards, and their buckets, are known only with a map that does not change. */
  #checkPace(entry: KinesisRecord, { shardId }: VirtualShard): void {
    const { recordsPerSecond, bytesPerSecond } = this.#parts.options;
    if (mayMisplace(this.#parts.options) || this.wasUnmapped) return;
    const now = this.#parts.clock.now();
    const pace = this.#paces.get(shardId) ?? new PaceCheck(recordsPerSecond, bytesPerSecond, now);
    this.#paces.set(shardId, pace);
    const problem = pace.problemWith(entry, now);
    this.#demand(problem === undefined, `${shardId} was sent more than it takes at ${now}: ${problem}`);
  }

  #demand(isGood: boolean, problem: string): void {
    if (!isGood) this.#parts.problems.push(problem);
  }
}
