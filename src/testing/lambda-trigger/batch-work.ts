/** A record of a batch, as far as its fate needs it. */
export interface WorkRecord {
  /** Milliseconds since the Unix epoch. */
  readonly arrivedAt: number;
}

/** The rules for a batch whose invocation failed. */
export interface RetryRules {
  readonly bisects: boolean;
  /** Retries after the first invocation; Infinity for no limit. */
  readonly maxRetries: number;
  /** Records that are older are discarded; Infinity for no limit. */
  readonly maxAgeMs: number;
  /** Delay before the first retry; it doubles with each further one. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

/** Why records are discarded, in AWS's words. */
export type DiscardCondition = "RetryAttemptsExhausted" | "RecordAgeExceeded";

/** The next step of a batch. */
export type Step<Item> =
  | { readonly kind: "invoke"; readonly records: readonly Item[]; readonly invocations: number }
  | { readonly kind: "wait"; readonly until: number }
  | {
      readonly kind: "discard";
      readonly records: readonly Item[];
      readonly condition: DiscardCondition;
      /** Invocations that had these records. */
      readonly invocations: number;
    }
  | { readonly kind: "done" };

/** Records that are invoked together: the batch, or what is left of it. */
interface Piece<Item> {
  readonly records: readonly Item[];
  /** Invocations that had all these records. */
  readonly invocations: number;
  /** Invocations that count against the retries. */
  readonly failures: number;
  /** Failed invocations in a row without any progress, for the delay. */
  readonly inARow: number;
  readonly retryAt: number;
}

/**
 * One batch until each of its records is handled or discarded. Pure: time is an argument. The caller asks for the next
 * step, takes it, and after an invocation tells its outcome.
 *
 * - A failed invocation with `bisects` splits the batch into halves, and the split is no retry.
 * - A partial failure ends the records before the failed one. With `bisects` that split is no retry either.
 * - Any other failure is a retry of the same records.
 */
export class BatchWork<Item extends WorkRecord> {
  readonly #rules: RetryRules;
  /** The last one is next. */
  readonly #pieces: Piece<Item>[];

  constructor(records: readonly Item[], rules: RetryRules) {
    this.#rules = rules;
    this.#pieces =
      records.length === 0
        ? []
        : [{ records, invocations: 0, failures: 0, inARow: 0, retryAt: Number.NEGATIVE_INFINITY }];
  }

  /** @param now - milliseconds since the Unix epoch */
  next(now: number): Step<Item> {
    const piece = this.#pieces.at(-1);
    if (piece === undefined) return { kind: "done" };
    const { records, invocations, failures, retryAt } = piece;
    if (failures > this.#rules.maxRetries) {
      this.#pieces.pop();
      return { kind: "discard", records, condition: "RetryAttemptsExhausted", invocations };
    }
    const old = this.#countOld(records, now);
    if (old > 0) {
      this.#replace(old === records.length ? [] : [{ ...piece, records: records.slice(old) }]);
      return { kind: "discard", records: records.slice(0, old), condition: "RecordAgeExceeded", invocations };
    }
    // A longer wait than the longest delay: the clock was set back.
    return retryAt > now && retryAt - now <= this.#rules.maxDelayMs
      ? { kind: "wait", until: retryAt }
      : { kind: "invoke", records, invocations };
  }

  /** The invocation handled all its records. */
  succeeded(): void {
    this.#replace([]);
  }

  /** The invocation failed as a whole. */
  failed(now: number): void {
    const piece = this.#pieces.at(-1) as Piece<Item>;
    const { records } = piece;
    const again = this.#after(piece, now);
    if (!this.#rules.bisects || records.length === 1) {
      this.#replace([{ ...again, failures: piece.failures + 1 }]);
      return;
    }
    const middle = Math.ceil(records.length / 2);
    this.#replace([
      { ...again, records: records.slice(middle) },
      { ...again, records: records.slice(0, middle) },
    ]);
  }

  /** The invocation handled the records before `index`, and failed from there on. */
  partlyFailed(index: number, now: number): void {
    const piece = this.#pieces.at(-1) as Piece<Item>;
    const { bisects, firstDelayMs } = this.#rules;
    const again = this.#after(piece, now);
    if (index === 0) this.#replace([{ ...again, failures: piece.failures + 1 }]);
    else {
      this.#replace([
        {
          ...again,
          records: piece.records.slice(index),
          failures: piece.failures + (bisects ? 0 : 1),
          inARow: 1,
          retryAt: now + firstDelayMs,
        },
      ]);
    }
  }

  #after(piece: Piece<Item>, now: number): Piece<Item> {
    const inARow = piece.inARow + 1;
    return { ...piece, inARow, invocations: piece.invocations + 1, retryAt: now + this.#delayAfter(inARow) };
  }

  #delayAfter(inARow: number): number {
    const { firstDelayMs, maxDelayMs } = this.#rules;
    return Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(inARow - 1, 30));
  }

  /** Records are in order of arrival, so the old ones are in front. */
  #countOld(records: readonly Item[], now: number): number {
    const first = records.findIndex(({ arrivedAt }) => now - arrivedAt <= this.#rules.maxAgeMs);
    return first === -1 ? records.length : first;
  }

  #replace(pieces: readonly Piece<Item>[]): void {
    this.#pieces.pop();
    this.#pieces.push(...pieces);
  }
}
