/**
 * Records that were read and are not yet in a file, dropped, or in an error file. Each belongs to a generation; a caller that
 * waits begins a new one, and waits for its own and all earlier ones.
 */
export class Unsettled {
  readonly #byGeneration = new Map<number, number>();
  #waiting: { readonly generation: number; readonly resolve: () => void; readonly reject: (error: Error) => void }[] =
    [];
  #generation = 0;
  #records = 0;
  #bytes = 0;
  #roomWaiters: (() => void)[] = [];
  #ended: Error | undefined;

  get records(): number {
    return this.#records;
  }

  /** Bytes of the records in the stream. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a record. @returns its generation */
  add(bytes: number): number {
    this.#records++;
    this.#bytes += bytes;
    this.#byGeneration.set(this.#generation, (this.#byGeneration.get(this.#generation) ?? 0) + 1);
    return this.#generation;
  }

  settle(generation: number, bytes: number): void {
    this.#records--;
    this.#bytes -= bytes;
    const left = (this.#byGeneration.get(generation) ?? 0) - 1;
    if (left > 0) this.#byGeneration.set(generation, left);
    else this.#byGeneration.delete(generation);
    this.wakeAll();
    if (left <= 0) this.#tell();
  }

  /**
   * Resolves when the records that are here now are settled. Rejects when it {@link end | ends} before.
   */
  allOfNow(): Promise<void> {
    const generation = this.#generation++;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ generation, resolve, reject });
      this.#tell();
    });
  }

  /** Resolves at the next settlement, or at the end. */
  change(): Promise<void> {
    if (this.#ended !== undefined) return Promise.resolve();
    return new Promise((resolve) => this.#roomWaiters.push(resolve));
  }

  /** Resolves the promises of {@link change}. */
  wakeAll(): void {
    for (const resolve of this.#roomWaiters.splice(0)) resolve();
  }

  /** Nothing will be settled any more: callers that still wait are rejected. */
  end(error: Error): void {
    this.#ended = error;
    this.wakeAll();
    this.#tell();
  }

  #tell(): void {
    const oldest = Math.min(...this.#byGeneration.keys());
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const waiter of waiting) {
      if (waiter.generation < oldest) waiter.resolve();
      else if (this.#ended !== undefined) waiter.reject(this.#ended);
      else this.#waiting.push(waiter);
    }
  }
}
