/**
 * The distinct keys of one aggregate in order of first use, and the index of each. A Map and an array. A plain object
 * would be wrong: keys that look like integers come back in numeric order, so records would get each other's keys.
 */
export class KeyTable {
  /** Made for the first key: most aggregates have none, and an empty Map has 200 bytes. */
  #indexes: Map<string, number> | undefined;
  readonly #keys: string[] = [];
  #lastKey = "";
  #lastIndex = -1;

  /** Number of distinct keys. */
  get length(): number {
    return this.#keys.length;
  }

  /** The keys, by index. */
  get keys(): readonly string[] {
    return this.#keys;
  }

  /** Index of the key, or -1 when it is new. Runs of one key are common and cost one comparison. */
  find(key: string): number {
    if (key === this.#lastKey && this.#lastIndex >= 0) return this.#lastIndex;
    const index = this.#indexes?.get(key);
    if (index === undefined) return -1;
    this.#lastKey = key;
    this.#lastIndex = index;
    return index;
  }

  /** Adds a key that {@link find} did not find. */
  add(key: string): number {
    const index = this.#keys.length;
    this.#indexes ??= new Map();
    this.#indexes.set(key, index);
    this.#keys.push(key);
    this.#lastKey = key;
    this.#lastIndex = index;
    return index;
  }
}
