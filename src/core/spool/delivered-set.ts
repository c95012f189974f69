const FIRST_WORDS = 32;

/** Consecutive indexes. */
export interface IndexRange {
  readonly from: number;
  readonly length: number;
}

/**
 * The records of one segment that left the spool, by index, and how many of these facts are saved: two bits for each
 * record that was handed to the producer.
 */
export class DeliveredSet {
  #bits: Uint32Array = new Uint32Array(FIRST_WORDS);
  #saved: Uint32Array = new Uint32Array(FIRST_WORDS);
  #count = 0;
  #lowest = 0;
  /** Words with bits that may not be saved. */
  #dirtyFrom: number = Number.POSITIVE_INFINITY;
  #dirtyTo = -1;

  /** How many. */
  get count(): number {
    return this.#count;
  }

  /** The smallest index that is not in the set. */
  get lowestMissing(): number {
    return this.#lowest;
  }

  has(index: number): boolean {
    return ((this.#bits[index >>> 5] ?? 0) & (1 << (index & 31))) !== 0;
  }

  /** @returns false if it was in the set already */
  add(index: number): boolean {
    const word = index >>> 5;
    if (word >= this.#bits.length) this.#grow(word);
    const bit = 1 << (index & 31);
    const bits = this.#bits[word] as number;
    if ((bits & bit) !== 0) return false;
    this.#bits[word] = bits | bit;
    this.#count++;
    if (word < this.#dirtyFrom) this.#dirtyFrom = word;
    if (word > this.#dirtyTo) this.#dirtyTo = word;
    if (index === this.#lowest) this.#advance();
    return true;
  }

  /** Adds indexes that were read from disk. */
  addSaved({ from, length }: IndexRange): void {
    for (let index = from; index < from + length; index++) this.add(index);
    this.markSaved([{ from, length }]);
  }

  /** The indexes that are not saved yet, as ranges in ascending order. */
  unsaved(): IndexRange[] {
    const ranges: IndexRange[] = [];
    let from = -1;
    for (let word = Math.min(this.#dirtyFrom, this.#bits.length); word <= this.#dirtyTo; word++) {
      const bits = (this.#bits[word] as number) & ~(this.#saved[word] as number);
      if (bits === 0 && from < 0) continue;
      for (let bit = 0; bit < 32; bit++) {
        const isUnsaved = (bits & (1 << bit)) !== 0;
        const index = word * 32 + bit;
        if (isUnsaved && from < 0) from = index;
        if (!isUnsaved && from >= 0) {
          ranges.push({ from, length: index - from });
          from = -1;
        }
      }
    }
    if (from >= 0) ranges.push({ from, length: (this.#dirtyTo + 1) * 32 - from });
    return ranges;
  }

  /** These ranges are on disk now. */
  markSaved(ranges: readonly IndexRange[]): void {
    for (const { from, length } of ranges) {
      for (let index = from; index < from + length; index++) {
        const word = index >>> 5;
        this.#saved[word] = (this.#saved[word] as number) | (1 << (index & 31));
      }
    }
    while (this.#dirtyFrom <= this.#dirtyTo && this.#bits[this.#dirtyFrom] === this.#saved[this.#dirtyFrom]) {
      this.#dirtyFrom++;
    }
    if (this.#dirtyFrom > this.#dirtyTo) {
      this.#dirtyFrom = Number.POSITIVE_INFINITY;
      this.#dirtyTo = -1;
    }
  }

  #advance(): void {
    let lowest = this.#lowest;
    while (this.has(lowest)) lowest += (lowest & 31) === 0 && this.#bits[lowest >>> 5] === 0xffffffff ? 32 : 1;
    this.#lowest = lowest;
  }

  #grow(word: number): void {
    const words = Math.max(word + 1, 2 * this.#bits.length);
    const bits = new Uint32Array(words);
    bits.set(this.#bits);
    this.#bits = bits;
    const saved = new Uint32Array(words);
    saved.set(this.#saved);
    this.#saved = saved;
  }
}
