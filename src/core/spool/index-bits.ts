const FIRST_WORDS = 32;

/** A set of indexes: one bit for each index up to the largest. */
export class IndexBits {
  #bits: Uint32Array = new Uint32Array(FIRST_WORDS);
  #count = 0;

  /** How many. */
  get count(): number {
    return this.#count;
  }

  has(index: number): boolean {
    return ((this.#bits[index >>> 5] ?? 0) & (1 << (index & 31))) !== 0;
  }

  add(index: number): void {
    const word = index >>> 5;
    if (word >= this.#bits.length) this.#grow(word);
    const bits = this.#bits[word] as number;
    const bit = 1 << (index & 31);
    if ((bits & bit) !== 0) return;
    this.#bits[word] = bits | bit;
    this.#count++;
  }

  delete(index: number): void {
    const word = index >>> 5;
    const bits = this.#bits[word] ?? 0;
    const bit = 1 << (index & 31);
    if ((bits & bit) === 0) return;
    this.#bits[word] = bits & ~bit;
    this.#count--;
  }

  clear(): void {
    this.#bits.fill(0);
    this.#count = 0;
  }

  #grow(word: number): void {
    const bits = new Uint32Array(Math.max(word + 1, 2 * this.#bits.length));
    bits.set(this.#bits);
    this.#bits = bits;
  }
}
