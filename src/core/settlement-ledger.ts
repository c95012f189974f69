import { InvariantError } from "./invariant.js";

/**
 * Counts unsettled records by the flush that will cover them: every `flush()` closes a generation, and later records
 * belong to the next one. It stores one number per generation, and nothing per record.
 */
export class SettlementLedger {
  #generation = 0;
  /** Unsettled records of the current generation; the map has those of closed generations. */
  #current = 0;
  #outstanding = 0;
  #dueThrough = -1;
  /** In ascending order, as they were closed. */
  readonly #closed: Map<number, number> = new Map();

  /** Unsettled records, waiting puts included. */
  get outstanding(): number {
    return this.#outstanding;
  }

  /** A record was handed over; returns its generation. */
  handOver(): number {
    this.#current++;
    this.#outstanding++;
    return this.#generation;
  }

  /** Records of a generation were settled. */
  settle(generation: number, records: number): void {
    this.#outstanding -= records;
    const isCurrent = generation === this.#generation;
    const left = (isCurrent ? this.#current : (this.#closed.get(generation) ?? 0)) - records;
    if (left < 0) throw this.#settledTooMany(generation, left);
    if (isCurrent) this.#current = left;
    else if (left > 0) this.#closed.set(generation, left);
    else this.#closed.delete(generation);
  }

  #settledTooMany(generation: number, left: number): InvariantError {
    const found = { left, generation, current: this.#generation, outstanding: this.#outstanding };
    return new InvariantError("no more records of a generation are settled than were handed over", found);
  }

  /** The latest generation that a flush covers; -1 before the first flush. Records of it, and of those before it, are due. */
  get dueThrough(): number {
    return this.#dueThrough;
  }

  /** Ends the current generation because a flush covers it; returns it. */
  flush(): number {
    this.#dueThrough = this.closeGeneration();
    return this.#dueThrough;
  }

  /** The generation of records that are handed over now. */
  get generation(): number {
    return this.#generation;
  }

  /** Ends the current generation; returns it. */
  closeGeneration(): number {
    if (this.#current > 0) this.#closed.set(this.#generation, this.#current);
    this.#current = 0;
    return this.#generation++;
  }

  /** The latest closed generation up to which everything is settled; -1 when there is none. */
  get settledThrough(): number {
    // Only the first entry is read, which is the earliest: there may be a generation for every record.
    for (const open of this.#closed.keys()) return open - 1;
    return this.#generation - 1;
  }
}
