/**
 * Bytes of request bodies that the network has not taken yet. A body is a second copy of its records: above the limit,
 * another request would only wait in memory. One body of any size always goes.
 */
export class Outflow {
  readonly #maxBytes: number;
  #bytes = 0;
  /** Called when there is room again. */
  onRoom: () => void = () => {};

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether no further body should be made. */
  get isFull(): boolean {
    return this.#bytes >= this.#maxBytes;
  }

  /** A body was made. */
  begin(bytes: number): void {
    this.#bytes += bytes;
  }

  /** The network has taken a body, or never will. Called once for each body that has begun. */
  end(bytes: number): void {
    const wasFull = this.isFull;
    this.#bytes -= bytes;
    if (wasFull && !this.isFull) this.onRoom();
  }
}
