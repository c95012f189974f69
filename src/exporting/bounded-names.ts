/** A choice of names: those that are shown, and the counters of all others, added up. */
export interface Chosen {
  readonly shown: readonly string[];
  /** In the order of the counters of each row; undefined while every name has been shown. */
  readonly other: readonly number[] | undefined;
}

/**
 * A limit of the number of label values, which keeps counters from falling. A name that was shown keeps its place until
 * it leaves. So a counter of `other` never loses what a name brought to it, and takes only growth: of a name without a
 * place, and of one that has just got a place, up to this moment.
 */
export class BoundedNames {
  readonly #limit: number;
  readonly #shown = new Set<string>();
  /** The counters of names without a place, when they were last read. */
  #hidden = new Map<string, readonly number[]>();
  #other: number[] | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Chooses, and takes the growth of the others.
   *
   * @param rows - counters by name, in the order in which free places are given
   */
  choose(rows: ReadonlyMap<string, readonly number[]>): Chosen {
    for (const name of this.#shown) if (!rows.has(name)) this.#shown.delete(name);
    const before = this.#hidden;
    this.#hidden = new Map();
    for (const [name, row] of rows) {
      if (this.#shown.has(name)) continue;
      const hasPlace = this.#shown.size < this.#limit;
      const last = before.get(name);
      if (hasPlace) this.#shown.add(name);
      else this.#hidden.set(name, row);
      if (!hasPlace || last !== undefined) this.#add(row, last);
    }
    return { shown: [...this.#shown], other: this.#other };
  }

  /** A counter below its last value started again from 0. */
  #add(row: readonly number[], last: readonly number[] | undefined): void {
    const other = this.#other ?? row.map(() => 0);
    this.#other = other.map((sum, index) => {
      const value = row[index] ?? 0;
      const since = last?.[index] ?? 0;
      return sum + (value < since ? value : value - since);
    });
  }
}
