import type { HashedKey } from "../md5/key-hasher.js";

/** Up to this many keys are searched one by one. */
const FEW = 8;

/**
 * The distinct keys of one aggregate in order of first use, and the index of each. The lookup uses a word of the MD5,
 * which is known already; a `Map` would hash the text once more (`npm run bench micro -- encoder`). A plain object would be
 * wrong: keys that look like integers come back in numeric order, so records would get each other's keys.
 */
export class HashedKeyTable {
  #keys: HashedKey[] = [];
  /** Index + 1 by the last word of the MD5, or in the next free place; empty while there are few. */
  #slots: Int32Array = NO_SLOTS;

  /** Number of distinct keys. */
  get length(): number {
    return this.#keys.length;
  }

  /** The keys, by index. */
  get keys(): readonly HashedKey[] {
    return this.#keys;
  }

  /** Index of the key, or -1 when it is new. */
  find(key: HashedKey): number {
    const slots = this.#slots;
    if (slots.length === 0) return this.#findAmongFew(key);
    const keys = this.#keys;
    const mask = slots.length - 1;
    for (let at = key.d & mask; ; at = (at + 1) & mask) {
      const index = (slots[at] as number) - 1;
      if (index < 0 || keys[index] === key || isSame(keys[index] as HashedKey, key)) return index;
    }
  }

  #findAmongFew(key: HashedKey): number {
    const keys = this.#keys;
    for (let i = 0; i < keys.length; i++) if (isSame(keys[i] as HashedKey, key)) return i;
    return -1;
  }

  /** Adds a key that {@link find} did not find. */
  add(key: HashedKey): number {
    const keys = this.#keys;
    const index = keys.length;
    // The first push to an empty array makes room for 17, of which a lone record needs one.
    if (index === 0) this.#keys = [key];
    else keys.push(key);
    if (index < FEW) return index;
    if (keys.length * 2 > this.#slots.length) this.#grow();
    else this.#enter(index);
    return index;
  }

  /** Frees the lookup table: all keys are known. */
  seal(): void {
    if (this.#slots.length === SLOTS && spare.length < MAX_SPARE) spare.push(this.#slots);
    this.#slots = NO_SLOTS;
  }

  #grow(): void {
    this.seal();
    const needed = this.#keys.length * 2;
    let size = FEW_SLOTS;
    if (size < needed) for (size = SLOTS; size < needed; ) size *= 4;
    this.#slots = size === SLOTS ? newSlots() : new Int32Array(size);
    for (let i = 0; i < this.#keys.length; i++) this.#enter(i);
  }

  #enter(index: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = (this.#keys[index] as HashedKey).d & mask;
    while (slots[at] !== 0) at = (at + 1) & mask;
    slots[at] = index + 1;
  }
}

/**
 * First size of the lookup table. With thousands of aggregates of a few keys, full tables would be most of their
 * memory.
 */
const FEW_SLOTS = 64;

const NO_SLOTS: Int32Array = new Int32Array(0);

/** Room for the keys of an aggregate of 51,200 bytes. Tables are reused: a new table costs as much as filling it. */
const SLOTS = 1_024;
const MAX_SPARE = 64;
const spare: Int32Array[] = [];

function newSlots(): Int32Array {
  return spare.pop()?.fill(0) ?? new Int32Array(SLOTS);
}

function isSame(a: HashedKey, b: HashedKey): boolean {
  return a === b || (a.d === b.d && a.text === b.text);
}
