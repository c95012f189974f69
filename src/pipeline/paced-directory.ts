import type {
  Clock,
  Logger,
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
  readonly logger: Logger;
  /** Drains at the end of this turn of the event loop. */
  readonly wake: () => void;
}

/**
 * What is known about streams, asked for at the pace that the service allows an account, over all streams of a producer: where
 * thousands of streams are opened at once, most calls wait for their turn here, and no time limit runs meanwhile. Rule 6.
 */
export class PacedDirectory {
  readonly #directory: StreamDirectory;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #listings: CallQueue;
  readonly #summaries: CallQueue;
  #hasWarned = false;

  constructor({ directory, clock, logger, wake }: PacedDirectoryParts) {
    const now = clock.now();
    this.#directory = directory;
    this.#clock = clock;
    this.#logger = logger;
    const listings = { callsPerSecond: LIST_SHARDS_PER_SECOND, atOnce: LISTINGS_AT_ONCE };
    const summaries = { callsPerSecond: SUMMARIES_PER_SECOND, atOnce: SUMMARIES_AT_ONCE };
    this.#listings = new CallQueue(listings, wake, now);
    this.#summaries = new CallQueue(summaries, wake, now);
  }

  /** @param isUrgent - the stream had a map: records may be held until it is known whether it still holds */
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

  /** The same of a summary. */
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

  /** Records go without a shard map because of how many streams there are: said once, and not for each stream. */
  warnOfCrowd(): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#logger.warn(
      `more streams than ListShards is asked for at a time (${LIST_SHARDS_PER_SECOND} a second): until the turn of a stream comes, its records go without a shard map, by key or not packed at all`,
    );
  }
}

/** The directory may run the caller's code, and a stage that asks is in the middle of its work. Rule 25. */
async function afterwards<T>(call: () => Promise<T>): Promise<T> {
  await undefined;
  return call();
}
