/**
 * A queue with two ends in one circular array: `push`, `unshift` and `shift` in constant time. `Array.shift` moves
 * every element: with a long backlog that takes quadratic time.
 */
export class Ring<T> {
  #slots: (T | undefined)[] = new Array(8);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The first element, or undefined. */
  peek(): T | undefined {
    return this.#length === 0 ? undefined : this.#slots[this.#head];
  }

  /** The element at an index from the front, or undefined beyond the end. */
  at(index: number): T | undefined {
    return index < this.#length ? this.#slots[(this.#head + index) & (this.#slots.length - 1)] : undefined;
  }

  /** Adds at the end. */
  push(value: T): void {
    if (this.#length === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.#length) & (this.#slots.length - 1)] = value;
    this.#length++;
  }

  /** Adds at the front. */
  unshift(value: T): void {
    if (this.#length === this.#slots.length) this.#grow();
    this.#head = (this.#head - 1) & (this.#slots.length - 1);
    this.#slots[this.#head] = value;
    this.#length++;
  }

  /** Removes the first element. */
  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const value = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.#length--;
    return value;
  }

  /** Keeps the elements that the test accepts, in order; returns how many were removed. */
  keepIf(test: (value: T) => boolean): number {
    const before = this.#length;
    for (let i = 0; i < before; i++) {
      const value = this.shift() as T;
      if (test(value)) this.push(value);
    }
    return before - this.#length;
  }

  /** Removes everything; returns it in order. */
  takeAll(): T[] {
    const all: T[] = [];
    while (this.#length > 0) all.push(this.shift() as T);
    return all;
  }

  #grow(): void {
    const all = this.#slots;
    const larger: (T | undefined)[] = new Array(all.length * 2);
    for (let i = 0; i < this.#length; i++) larger[i] = all[(this.#head + i) & (all.length - 1)];
    this.#slots = larger;
    this.#head = 0;
  }
}
