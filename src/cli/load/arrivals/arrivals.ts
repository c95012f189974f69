import { seededRandom } from "../../../testing/index.js";
import type { ArrivalPlan, Spacing } from "./arrival-plan.js";
import { RateCurve } from "./rate-curve.js";

/** The part of the records that one of several processes hands over: every `of`-th, from number `index` on. */
export interface Share {
  readonly index: number;
  readonly of: number;
}

/** Room for the rounding of a number of records that should be whole. */
const ROUNDING = 1e-6;
/** More left-over records are not drawn one by one: their expected number is added. */
const MOST_DRAWN = 5_000_000;

/** The due times of a load, one after the other. They depend only on the plan, the share and the seed. */
export class Arrivals {
  readonly #curve: RateCurve;
  readonly #spacing: Spacing;
  readonly #of: number;
  readonly #total: number;
  readonly #random: () => number;
  /** The next record, as a place on the curve. */
  #place: number;
  #nextAt: number;

  constructor({ segments, spacing }: ArrivalPlan, { index, of }: Share, seed: number) {
    this.#curve = new RateCurve(segments);
    this.#spacing = spacing;
    this.#of = of;
    this.#total = Math.floor(this.#curve.total + ROUNDING);
    this.#random = seededRandom(seed);
    this.#place = spacing.kind === "poisson" ? this.#gap() : index;
    this.#nextAt = this.#momentOf(this.#place);
  }

  /** When the next record is due, in milliseconds from the start; Infinity after the last. */
  get nextAt(): number {
    return this.#nextAt;
  }

  /** Goes on to the record after the next. */
  advance(): void {
    this.#place += this.#spacing.kind === "poisson" ? this.#gap() : this.#of;
    this.#nextAt = this.#momentOf(this.#place);
  }

  /** Ends the arrivals: the number of records due by this moment that are still to come. */
  leftBy(ms: number): number {
    if (this.#nextAt > ms) return 0;
    return this.#spacing.kind === "poisson" ? this.#drawnBy(ms) : this.#countedBy(ms, this.#spacing);
  }

  #countedBy(ms: number, spacing: Spacing): number {
    const due =
      spacing.kind === "bursts"
        ? Math.ceil(this.#curve.countAt((Math.floor(ms / spacing.everyMs) + 1) * spacing.everyMs) - ROUNDING)
        : Math.floor(this.#curve.countAt(ms) + ROUNDING) + 1;
    return Math.max(1, Math.ceil((Math.min(this.#total, due) - this.#place) / this.#of));
  }

  #drawnBy(ms: number): number {
    let left = 0;
    for (; this.#nextAt <= ms && left < MOST_DRAWN; left++) this.advance();
    if (this.#nextAt > ms) return left;
    return left + Math.round((this.#curve.countAt(ms) - this.#place) / this.#of);
  }

  /** The distance to the next record of a Poisson process: exponential, on average this share's part of the records. */
  #gap(): number {
    return -Math.log(1 - this.#random()) * this.#of;
  }

  #momentOf(place: number): number {
    if (this.#spacing.kind !== "poisson" && place >= this.#total) return Number.POSITIVE_INFINITY;
    const ms = this.#curve.timeOf(place);
    return this.#spacing.kind === "bursts" ? Math.floor(ms / this.#spacing.everyMs) * this.#spacing.everyMs : ms;
  }
}
