/** The latest ids, so many and no more: when another one comes, the oldest goes. */
export class IdWindow {
  readonly #size: number;
  readonly #ids: Set<string> = new Set();
  /** The same ids by age, as a ring: a Set alone would be slow to tell its oldest. */
  readonly #byAge: string[] = [];
  #oldest = 0;

  /** @param size - most ids at a time, from 1 */
  constructor(size: number) {
    this.#size = size;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Takes an id in; one that is there keeps its age. */
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
