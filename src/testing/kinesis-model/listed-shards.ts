import type { ShardClosure } from "./model-snapshot.js";
import type { Shard } from "./shard.js";

/** A shard in a listing, which may be stale. */
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
  /** Until when the reshard after it stays hidden. */
  readonly hiddenUntil: number;
}

/** Most past listings: reshards may follow each other while listings are stale. */
const MAX_PAST = 16;

/** The listings before the last reshards: for a while after a reshard, the service still returns them. */
export class PastListings {
  readonly #past: PastListing[] = [];

  /** Keeps the listing before a reshard. */
  remember(listing: readonly ListedShard[], hiddenUntil: number): void {
    this.#past.push({ listing, hiddenUntil });
    if (this.#past.length > MAX_PAST) this.#past.shift();
  }

  /** Hides the last reshard, and all changes since, until another time. */
  hideLastUntil(hiddenUntil: number): void {
    const last = this.#past.pop();
    if (last !== undefined) this.#past.push({ ...last, hiddenUntil });
  }

  /** The stale listing at this time; undefined when listings are up to date. */
  staleAt(now: number): readonly ListedShard[] | undefined {
    return this.#past.find(({ hiddenUntil }) => hiddenUntil > now)?.listing;
  }

  /** The listing before the last reshard; undefined when there was no reshard. */
  beforeLast(): readonly ListedShard[] | undefined {
    return this.#past.at(-1)?.listing;
  }
}
