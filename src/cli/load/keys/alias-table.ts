/**
 * Weighted draws in constant time: the alias method of Walker and Vose. Each column has one choice, and is filled up to
 * the mean with part of a choice above the mean.
 */
export class AliasTable {
  readonly #share: Float64Array;
  readonly #other: Uint32Array;

  constructor(weights: Float64Array) {
    const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
    this.#share = weights.map((weight) => weight / mean);
    this.#other = Uint32Array.from(weights.keys());
    const poor: number[] = [];
    const rich: number[] = [];
    for (const [index, share] of this.#share.entries()) (share < 1 ? poor : rich).push(index);
    for (let giver = rich.pop(), taker = poor.pop(); giver !== undefined && taker !== undefined; taker = poor.pop()) {
      this.#other[taker] = giver;
      const left = (this.#share[giver] as number) - (1 - (this.#share[taker] as number));
      this.#share[giver] = left;
      if (left >= 1) continue;
      poor.push(giver);
      giver = rich.pop();
    }
  }

  /** @param draw - in [0, 1) */
  pick(column: number, draw: number): number {
    return draw < (this.#share[column] as number) ? column : (this.#other[column] as number);
  }
}
