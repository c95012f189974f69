import { seededRandom } from "../../src/testing/index.js";

/** Random choices for one fuzz input. The same seed and number give the same choices. */
export class Dice {
  readonly #random: () => number;

  constructor(seed: number, index: number) {
    this.#random = seededRandom(Math.imul(seed, 0x85eb_ca6b) ^ Math.imul(index, 0x9e37_79b1));
  }

  /** A whole number from 0, below `end`. */
  below(end: number): number {
    return Math.floor(this.#random() * end);
  }

  /** True once in `times`. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  /** One of the list. */
  of<Kind>(list: readonly Kind[]): Kind {
    return list[this.below(list.length)] as Kind;
  }

  /** Random bytes. */
  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}
