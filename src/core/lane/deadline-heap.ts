/** An item with a deadline. Only the heap writes the two fields. */
export interface Deadlined {
  /** Index in the heap; -1 when the item is not in it. */
  heapIndex: number;
  /** The moment, in the clock's milliseconds. */
  deadline: number;
}

/** Items by deadline, the earliest first: a binary heap in which an item can be moved or removed at any place. */
export class DeadlineHeap<T extends Deadlined> {
  readonly #items: T[] = [];

  get length(): number {
    return this.#items.length;
  }

  /** The item with the earliest deadline. */
  peek(): T | undefined {
    return this.#items[0];
  }

  /** Puts an item in, or moves it to a new deadline. */
  set(item: T, deadline: number): void {
    if (item.heapIndex < 0) {
      item.deadline = deadline;
      item.heapIndex = this.#items.length;
      this.#items.push(item);
      this.#up(item.heapIndex);
      return;
    }
    const before = item.deadline;
    item.deadline = deadline;
    if (deadline < before) this.#up(item.heapIndex);
    else this.#down(item.heapIndex);
  }

  /** Removes an item at any index; does nothing when it is not in the heap. */
  remove(item: T): void {
    const index = item.heapIndex;
    if (index < 0) return;
    item.heapIndex = -1;
    const last = this.#items.pop() as T;
    if (last === item) return;
    this.#place(last, index);
    this.#up(index);
    this.#down(last.heapIndex);
  }

  /**
   * Shows every item with a deadline up to `horizon`, in no order, until `visit` returns false.
   *
   * @returns the earliest deadline after the horizon; Infinity when there is none, or when `visit` ended the search
   */
  visitUntil(horizon: number, visit: (item: T) => boolean): number {
    return this.#visitFrom(0, horizon, visit);
  }

  #visitFrom(index: number, horizon: number, visit: (item: T) => boolean): number {
    const item = this.#items[index];
    if (item === undefined) return Number.POSITIVE_INFINITY;
    // The items below it in the heap are not earlier.
    if (item.deadline > horizon) return item.deadline;
    if (!visit(item)) return Number.POSITIVE_INFINITY;
    const left = this.#visitFrom(index * 2 + 1, horizon, visit);
    return Math.min(left, this.#visitFrom(index * 2 + 2, horizon, visit));
  }

  #place(item: T, index: number): void {
    this.#items[index] = item;
    item.heapIndex = index;
  }

  #up(from: number): void {
    const item = this.#items[from] as T;
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#items[parentIndex] as T;
      if (parent.deadline <= item.deadline) break;
      this.#place(parent, index);
      index = parentIndex;
    }
    this.#place(item, index);
  }

  #down(from: number): void {
    const item = this.#items[from] as T;
    const length = this.#items.length;
    let index = from;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= length) break;
      const right = this.#items[child + 1];
      if (right !== undefined && right.deadline < (this.#items[child] as T).deadline) child++;
      const smaller = this.#items[child] as T;
      if (smaller.deadline >= item.deadline) break;
      this.#place(smaller, index);
      index = child;
    }
    this.#place(item, index);
  }
}
