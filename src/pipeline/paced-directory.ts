import type {
  Clock,
  Log,
  RequestFailure,
  ShardSelection,
  ShardsAnswer,
  StreamDirectory,
  StreamRef,
  StreamSummary,
} from "../core/ports.js";
import { LIST_SHARDS_PER_SECOND, LISTINGS_AT_ONCE, SUMMARIES_AT_ONCE, SUMMARIES_PER_SECOND } from "../quotas.js";
import { CallQueue } from "./call-queue.js";

export interface PacedDirectoryParts {
  readonly directory: StreamDirectory;
  readonly clock: Clock;
  readonly log: Log;
  /** Drains at the end of this turn of the event loop. */
  readonly wake: () => void;
}

/**
 * A stream directory that keeps to the call rates of an account, over all streams of a producer. When thousands of
 * streams are opened at once, most calls wait for their turn here; no time limit runs meanwhile. Rule 6.
 */
export class PacedDirectory {
  readonly #directory: StreamDirectory;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #listings: CallQueue;
  readonly #summaries: CallQueue;
  #hasWarned = false;

  constructor({ directory, clock, log, wake }: PacedDirectoryParts) {
    const now = clock.now();
    this.#directory = directory;
    this.#clock = clock;
    this.#log = log;
    const listings = { callsPerSecond: LIST_SHARDS_PER_SECOND, atOnce: LISTINGS_AT_ONCE };
    const summaries = { callsPerSecond: SUMMARIES_PER_SECOND, atOnce: SUMMARIES_AT_ONCE };
    this.#listings = new CallQueue(listings, wake, now);
    this.#summaries = new CallQueue(summaries, wake, now);
  }

  /** @param isUrgent - the stream had a map: records may be held until a listing confirms or replaces it */
  listShards(stream: StreamRef, selection: ShardSelection, isUrgent: boolean): Promise<ShardsAnswer> {
    const call = () => afterwards(() => this.#directory.listShards(stream, selection));
    return this.#listings.run(stream.streamName, call, isUrgent, this.#clock.now());
  }

  describeStream(stream: StreamRef): Promise<StreamSummary | RequestFailure> {
    const call = () => afterwards(() => this.#directory.describeStream(stream));
    return this.#summaries.run(stream.streamName, call, false, this.#clock.now());
  }

  /** When a listing that waits for its turn will start; -Infinity when none does. */
  listingStartsAt({ streamName }: StreamRef): number {
    return this.#listings.startsAt(streamName);
  }

  /** When a summary call that waits for its turn will start; -Infinity when none does. */
  summaryStartsAt({ streamName }: StreamRef): number {
    return this.#summaries.startsAt(streamName);
  }

  startDue(now: number): void {
    this.#listings.startDue(now);
    this.#summaries.startDue(now);
  }

  nextAt(now: number): number {
    return Math.min(this.#listings.nextAt(now), this.#summaries.nextAt(now));
  }

  /** Warns that records are sent without a shard map because there are too many streams. Once, not for each stream. */
  warnOfCrowd(): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const message = `more streams than ListShards can be called for (${LIST_SHARDS_PER_SECOND} a second): until the turn of a stream comes, its records are sent without a shard map, packed by key or not at all`;
    this.#log({ level: "warn", fields: { event: "too-many-streams" }, message });
  }
}

/**
 * Defers the call: the directory may run the caller's code, and the stage that asks is in the middle of its work. Rule
 * 25.
 */
async function afterwards<T>(call: () => Promise<T>): Promise<T> {
  await undefined;
  return call();
}
