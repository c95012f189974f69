import { checkOptionsObject, InvalidOptionError } from "../base-errors.js";
import { wholeNumberProblem } from "../wording/whole-number.js";
import type { DeaggregatedRecord } from "./deaggregated-record.js";
import { IdWindow } from "./id-window.js";

/** The part of a record that identifies it. A record without an id is never a duplicate. */
export type Identified = Pick<DeaggregatedRecord, "recordId">;

/**
 * Remembers committed ids outside this process, and for longer: a table, a cache. If it rejects, the records in
 * question fail, so that they are read again.
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
  /** Asked about ids that this process does not remember; receives every commit. */
  readonly store?: DedupeStore;
}

/**
 * Records that only the claimant handles until the claim ends. End it by `commit` or `abort`; the first call counts.
 */
export interface DedupeClaim<R extends Identified> {
  /** Records to handle, in order of arrival: no duplicates, and each id once. */
  readonly fresh: readonly R[];
  /**
   * The records have been handled: their copies are duplicates from now on. Rejects when the store rejects; the claim
   * is aborted then.
   */
  commit(): Promise<void>;
  /** The records have not been handled: their copies may be. */
  abort(): void;
}

/** Recognises copies of records that were handled. Made by {@link dedupe}. */
export interface Dedupe {
  /**
   * Handles the record unless a copy was handled. While a copy is being handled, it waits for the outcome; if the copy
   * fails, this record is handled.
   *
   * @param handle - its success commits the id, a rejection or an exception does not
   * @returns whether the record was handled here; rejects as `handle` or the store does
   */
  once(record: Identified, handle: () => unknown): Promise<boolean>;
  /**
   * Claims records that are handled together. Waits until none of them is being handled elsewhere in this process. Do
   * not claim a record while you handle its copy: that would wait forever.
   */
  claim<R extends Identified>(records: Iterable<R>): Promise<DedupeClaim<R>>;
}

/**
 * Drops copies of records that were handled, by the ids that the producer's `recordIds` gives them. An id counts as seen
 * only when the handling of its record has succeeded.
 *
 * This process remembers the last `window` ids. A copy that comes after `window` other records, or to another process,
 * is handled again. A `store` remembers longer, and for all processes. It is asked before the handling and receives the
 * commit after it; a process that dies in between leaves a record that was handled and will be handled again.
 *
 * @throws InvalidOptionError for a window that is not a whole number from 1, or a store without its methods
 *
 * @example
 * ```ts
 * const seen = dedupe({ window: 100_000 });
 * for (const record of deaggregateAll(records)) await seen.once(record, () => save(record));
 * ```
 */
export function dedupe(options: DedupeOptions): Dedupe {
  checkOptionsObject(options, "dedupe");
  const { window, store } = options;
  const problem = wholeNumberProblem("window", window, 1, MAX_WINDOW);
  if (problem !== undefined) throw new InvalidOptionError("window", problem);
  if (store !== undefined && (typeof store?.committed !== "function" || typeof store.commit !== "function")) {
    throw new InvalidOptionError("store", "store must be an object with the methods committed and commit");
  }
  return new WindowedDedupe(new IdWindow(window), store);
}

/** A Set of V8 has room for 2^24 entries, and deleted ones keep their place for a while. */
const MAX_WINDOW = 5_000_000;

class WindowedDedupe implements Dedupe {
  readonly #seen: IdWindow;
  readonly #store: DedupeStore | undefined;
  /** Claimed ids, each with a promise that resolves at the end of the claim. */
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
    // All ids or none: two claims that hold some ids and wait for others could wait for each other forever.
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

  /** Claims ids that are free; returns the function that releases them. */
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

  /** The ids that the store does not know. The others are remembered in this process too. */
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
