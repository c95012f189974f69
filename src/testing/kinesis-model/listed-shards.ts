import type { ShardClosure } from "./model-snapshot.js";
import type { Shard } from "./shard.js";

/** A shard as a listing tells it, which may be older than the shard. */
export interface ListedShard {
  readonly shard: Shard;
  /** Undefined when the shard was open at the time of the listing. */
  readonly closure: ShardClosure | undefined;
}

/** The shards as they are. */
export function listShards(shards: Iterable<Shard>): ListedShard[] {
  return Array.from(shards, (shard) => ({ shard, closure: shard.closure }));
}

interface PastListing {
  readonly listing: readonly ListedShard[];
  /** Until when the reshard that ended it stays hidden. */
  readonly hiddenUntil: number;
}

/** Past listings that are kept, for reshards that follow each other within the time of staleness. */
const MAX_PAST = 16;

/** What was listed before each of the last reshards: the service tells it for a while after them. */
export class PastListings {
  readonly #past: PastListing[] = [];

  /** Keeps what was listed before a reshard. */
  remember(listing: readonly ListedShard[], hiddenUntil: number): void {
    this.#past.push({ listing, hiddenUntil });
    if (this.#past.length > MAX_PAST) this.#past.shift();
  }

  /** Hides the last reshard, and whatever came since then, until another time. */
  hideLastUntil(hiddenUntil: number): void {
    const last = this.#past.pop();
    if (last !== undefined) this.#past.push({ ...last, hiddenUntil });
  }

  /** What hides the reshards that are not told yet; undefined when all are. */
  staleAt(now: number): readonly ListedShard[] | undefined {
    return this.#past.find(({ hiddenUntil }) => hiddenUntil > now)?.listing;
  }

  /** What was listed before the last reshard; undefined when there was none. */
  beforeLast(): readonly ListedShard[] | undefined {
    return this.#past.at(-1)?.listing;
  }
}
