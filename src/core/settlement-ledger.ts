/**
 * Counts unsettled records by the flush that will cover them: every `flush()` closes a generation, and what is handed
 * over later belongs to the next one. One number a generation, nothing per record.
 */
export class SettlementLedger {
  #generation = 0;
  /** Unsettled records of the current generation; those of closed ones are in the map. */
  #current = 0;
  #outstanding = 0;
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
    if (generation === this.#generation) {
      this.#current -= records;
      return;
    }
    const left = (this.#closed.get(generation) ?? 0) - records;
    if (left > 0) this.#closed.set(generation, left);
    else this.#closed.delete(generation);
  }

  /** Ends the current generation; returns it. */
  closeGeneration(): number {
    if (this.#current > 0) this.#closed.set(this.#generation, this.#current);
    this.#current = 0;
    return this.#generation++;
  }

  /** Whether everything up to and including this closed generation is settled. */
  isSettledThrough(generation: number): boolean {
    for (const open of this.#closed.keys()) {
      if (open <= generation) return false;
    }
    return true;
  }
}
