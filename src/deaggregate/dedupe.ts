import { InvalidOptionError } from "../errors.js";
import { wholeNumberProblem } from "../wording/whole-number.js";
import type { DeaggregatedRecord } from "./deaggregated-record.js";
import { IdWindow } from "./id-window.js";

/** What a record is told by; one without an id is never a duplicate. */
export type Identified = Pick<DeaggregatedRecord, "recordId">;

/**
 * Remembers committed ids outside this process, and for longer: a table, a cache. What it rejects with fails the records
 * that it was asked or told about, so that they are read again.
 */
export interface DedupeStore {
  /** Those of the ids that were committed, in any order. */
  committed(ids: readonly string[]): Iterable<string> | Promise<Iterable<string>>;
  /** Remembers ids whose records have been handled; the same id may come again. */
  commit(ids: readonly string[]): unknown;
}

/** Options of {@link dedupe}. */
export interface DedupeOptions {
  /** Committed ids that this process remembers, from 1; the oldest go first. */
  readonly window: number;
  /** Asked about ids that this process does not remember, and told of every commit. */
  readonly store?: DedupeStore;
}

/**
 * Records that are being handled, and nobody else handles meanwhile. Must be ended, by `commit` or `abort`: the first of
 * them counts.
 */
export interface DedupeClaim<R extends Identified> {
  /** What is to be handled, in the order in which it came: no duplicates, and each id once. */
  readonly fresh: readonly R[];
  /** They have been handled: from now on their copies are duplicates. Rejects when the store does; then it is aborted. */
  commit(): Promise<void>;
  /** They have not: whoever has a copy of one handles that. */
  abort(): void;
}

/** Tells copies of records that were handled. Made by {@link dedupe}. */
export interface Dedupe {
  /**
   * Handles the record unless a copy was handled. While a copy is being handled it waits for the outcome, and has its turn
   * when that one fails.
   *
   * @param handle - its success commits the id, a rejection or an exception does not
   * @returns whether the record was handled here; rejects as `handle` or the store does
   */
  once(record: Identified, handle: () => unknown): Promise<boolean>;
  /**
   * Claims many records that are handled together. Waits until none of them is being handled elsewhere in this process: do
   * not claim a record within the handling of its copy.
   */
  claim<R extends Identified>(records: Iterable<R>): Promise<DedupeClaim<R>>;
}

/**
 * Drops copies of records that were handled, by the ids that the producer's `recordIds` gives them. An id counts as seen
 * only when the handling of its record has succeeded.
 *
 * The memory is that of this process, bounded by `window`: a copy that comes later than `window` other records, or to
 * another process, is handled again. A `store` remembers for longer and for all; it is asked before the handling and told
 * after it, so a process that dies in between leaves a record that was handled and will be again.
 *
 * @throws InvalidOptionError for a window that is no whole number from 1, or a store without its methods
 *
 * @example
 * ```ts
 * const seen = dedupe({ window: 100_000 });
 * for (const record of deaggregateAll(records)) await seen.once(record, () => save(record));
 * ```
 */
export function dedupe(options: DedupeOptions): Dedupe {
  const { window, store } = options;
  const problem = wholeNumberProblem("window", window, 1, MAX_WINDOW);
  if (problem !== undefined) throw new InvalidOptionError("window", problem);
  if (store !== undefined && (typeof store?.committed !== "function" || typeof store.commit !== "function")) {
    throw new InvalidOptionError("store", "store must be an object with the methods committed and commit");
  }
  return new WindowedDedupe(new IdWindow(window), store);
}

/** V8 keeps what was deleted from a Set for a while, and has room for 2^24 entries. */
const MAX_WINDOW = 5_000_000;

class WindowedDedupe implements Dedupe {
  readonly #seen: IdWindow;
  readonly #store: DedupeStore | undefined;
  /** Ids that are claimed, each with the end of its claim. */
  readonly #claimed: Map<string, Promise<void>> = new Map();

  constructor(seen: IdWindow, store: DedupeStore | undefined) {
    this.#seen = seen;
    this.#store = store;
  }

  async once(record: Identified, handle: () => unknown): Promise<boolean> {
    const claim = await this.claim([record]);
    if (claim.fresh.length === 0) {
      claim.abort();
      return false;
    }
    try {
      await handle();
    } catch (error) {
      claim.abort();
      throw error;
    }
    await claim.commit();
    return true;
  }

  async claim<R extends Identified>(records: Iterable<R>): Promise<DedupeClaim<R>> {
    const all = [...records];
    const ids = new Set(all.map(({ recordId }) => recordId).filter((id) => id !== undefined));
    // All of them or none: holding some while waiting for others, two claims could wait for each other.
    for (let busy = this.#firstClaimed(ids); busy !== undefined; busy = this.#firstClaimed(ids)) await busy;
    const unseen = [...ids].filter((id) => !this.#seen.has(id));
    const end = this.#take(unseen);
    try {
      const fresh = await this.#askStore(unseen);
      let committing: Promise<void> | undefined;
      return {
        fresh: pick(all, new Set(fresh)),
        commit: () => {
          committing ??= this.#commit(fresh, end);
          return committing;
        },
        abort: () => {
          if (committing !== undefined) return;
          committing = Promise.resolve();
          end();
        },
      };
    } catch (error) {
      end();
      throw error;
    }
  }

  #firstClaimed(ids: Iterable<string>): Promise<void> | undefined {
    for (const id of ids) {
      const claimed = this.#claimed.get(id);
      if (claimed !== undefined) return claimed;
    }
    return undefined;
  }

  /** Claims ids that nobody has claimed; returns what ends that. */
  #take(ids: readonly string[]): () => void {
    if (ids.length === 0) return () => undefined;
    let tell: () => void;
    const ended = new Promise<void>((resolve) => {
      tell = resolve;
    });
    for (const id of ids) this.#claimed.set(id, ended);
    return () => {
      for (const id of ids) this.#claimed.delete(id);
      tell();
    };
  }

  /** Those of the ids that the store does not know; the others are remembered here too. */
  async #askStore(ids: readonly string[]): Promise<readonly string[]> {
    if (this.#store === undefined || ids.length === 0) return ids;
    const known = new Set(await this.#store.committed(ids));
    for (const id of ids) if (known.has(id)) this.#seen.add(id);
    return ids.filter((id) => !known.has(id));
  }

  async #commit(ids: readonly string[], end: () => void): Promise<void> {
    try {
      if (this.#store !== undefined && ids.length > 0) await this.#store.commit(ids);
      for (const id of ids) this.#seen.add(id);
    } finally {
      end();
    }
  }
}

/** The records with one of the ids, each id once, and those without an id. */
function pick<R extends Identified>(records: readonly R[], ids: Set<string>): R[] {
  return records.filter(({ recordId }) => recordId === undefined || ids.delete(recordId));
}
