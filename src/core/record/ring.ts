/** Slots of an empty ring; the number of slots is always a power of two. */
const SLOTS = 8;

/**
 * A queue with two ends in one circular array: `push`, `unshift` and `shift` in constant time. `Array.shift` moves
 * every element: with a long backlog that takes quadratic time.
 */
export class Ring<T> {
  #slots: (T | undefined)[] = new Array(SLOTS);
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

  /**
   * Keeps the elements that the test accepts, in order; returns how many were removed.
   *
   * @param isOver - asked before each: this one and those behind it stay untested
   */
  keepIf(test: (value: T) => boolean, isOver: (value: T) => boolean = never): number {
    let tested = 0;
    let kept = 0;
    for (; tested < this.#length; tested++) {
      const value = this.#slots[this.#slotOf(tested)] as T;
      if (isOver(value)) break;
      if (test(value)) this.#slots[this.#slotOf(kept++)] = value;
    }
    const gone = tested - kept;
    if (gone > 0) this.#closeGap(kept, gone);
    return gone;
  }

  /** Moves the elements in front of the gap up to those behind it. */
  #closeGap(front: number, gap: number): void {
    const slots = this.#slots;
    for (let i = front - 1; i >= 0; i--) slots[this.#slotOf(i + gap)] = slots[this.#slotOf(i)];
    for (let i = 0; i < gap; i++) slots[this.#slotOf(i)] = undefined;
    this.#head = this.#slotOf(gap);
    this.#length -= gap;
  }

  #slotOf(index: number): number {
    return (this.#head + index) & (this.#slots.length - 1);
  }

  /** Removes all elements; returns them in order. Copies in bulk: there may be a million. */
  takeAll(): T[] {
    const slots = this.#slots as T[];
    const end = this.#head + this.#length;
    const all =
      end <= slots.length
        ? slots.slice(this.#head, end)
        : slots.slice(this.#head).concat(slots.slice(0, end - slots.length));
    this.#slots = new Array(SLOTS);
    this.#head = 0;
    this.#length = 0;
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

function never(): boolean {
  return false;
}
