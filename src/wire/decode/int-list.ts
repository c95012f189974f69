const INITIAL_CAPACITY = 4096;

/** Above this capacity the memory is freed, so that one huge aggregate does not hold it for good. */
const KEPT_CAPACITY = 1 << 18;

/**
 * A growing list of 32-bit integers that is filled, copied out and filled again. The parser must not trust a count in
 * the message; it learns the number of entries by reading them.
 */
export class IntList {
  #items: Int32Array = new Int32Array(INITIAL_CAPACITY);
  #length = 0;
  /** The capacity beyond which it does not grow. */
  most: number = Number.POSITIVE_INFINITY;

  /** Integers in the list. */
  get length(): number {
    return this.#length;
  }

  /** Appends two integers. */
  push2(a: number, b: number): void {
    const at = this.#length;
    if (at + 2 > this.#items.length) this.#grow();
    this.#items[at] = a;
    this.#items[at + 1] = b;
    this.#length = at + 2;
  }

  /** Appends four integers. */
  push4(a: number, b: number, c: number, d: number): void {
    const at = this.#length;
    if (at + 4 > this.#items.length) this.#grow();
    const items = this.#items;
    items[at] = a;
    items[at + 1] = b;
    items[at + 2] = c;
    items[at + 3] = d;
    this.#length = at + 4;
  }

  /** A copy of the list, which is empty afterwards. */
  take(): Int32Array {
    const taken = this.#items.slice(0, this.#length);
    this.clear();
    return taken;
  }

  /** Forgets all integers. */
  clear(): void {
    this.#length = 0;
    if (this.#items.length > KEPT_CAPACITY) this.#items = new Int32Array(INITIAL_CAPACITY);
  }

  /** @throws RangeError at {@link most} */
  #grow(): void {
    if (this.#items.length >= this.most) throw new RangeError("too many parts");
    const grown = new Int32Array(this.#items.length * 2);
    grown.set(this.#items);
    this.#items = grown;
  }
}
