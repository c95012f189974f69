/** The latest N ids: each new id pushes out the oldest. */
export class IdWindow {
  readonly #size: number;
  readonly #ids: Set<string> = new Set();
  /** The same ids by age, as a ring: a Set alone is slow to find its oldest entry. */
  readonly #byAge: string[] = [];
  #oldest = 0;

  /** @param size - most ids at a time, from 1 */
  constructor(size: number) {
    this.#size = size;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Adds an id; an id that is already in the window keeps its age. */
  add(id: string): void {
    if (this.#ids.has(id)) return;
    if (this.#byAge.length < this.#size) this.#byAge.push(id);
    else {
      this.#ids.delete(this.#byAge[this.#oldest] as string);
      this.#byAge[this.#oldest] = id;
      this.#oldest = (this.#oldest + 1) % this.#size;
    }
    this.#ids.add(id);
  }
}
