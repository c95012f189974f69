import { MILLISECONDS } from "./bucket-grid.js";
import { Histogram } from "./histogram.js";

/** The window is divided into slices: the oldest slice leaves it as a whole. */
const SLICE_MS = 5_000;
const SLICES = 12;

/** Length of the window, in seconds. */
export const RECENT_SECONDS: 60 = 60;

/** The outcomes of a few seconds. */
export class OutcomeSlice {
  /** Number of the slice since the beginning of the clock. */
  readonly number: number;
  delivered = 0;
  failed = 0;
  expired = 0;
  readonly latencyMs: Histogram = new Histogram(MILLISECONDS);

  constructor(number: number) {
    this.number = number;
  }
}

/** Outcomes of the last 60 seconds. */
export interface Recent {
  readonly delivered: number;
  readonly failed: number;
  readonly expired: number;
  readonly latencyMs: Histogram;
}

/**
 * Counts outcomes twice for the price of once: those of the last minute, in slices, and the latency of all time, to
 * which a slice is added when it leaves the window.
 */
export class RecentOutcomes {
  /** Ascending; slices without outcomes are missing. */
  #slices: OutcomeSlice[] = [];
  readonly #past: Histogram = new Histogram(MILLISECONDS);

  /** The slice of this moment, which is not before the moments of earlier calls by more than a slice. */
  at(now: number): OutcomeSlice {
    const last = this.#slices.at(-1);
    const number = Math.floor(now / SLICE_MS);
    return last !== undefined && last.number >= number ? last : this.#begin(number);
  }

  #begin(number: number): OutcomeSlice {
    this.#leave(number);
    const slice = new OutcomeSlice(number);
    this.#slices.push(slice);
    return slice;
  }

  /** Slices that are no longer in the window of this one leave. */
  #leave(number: number): void {
    const first = this.#slices[0];
    if (first === undefined || first.number > number - SLICES) return;
    const stays = ({ number: each }: OutcomeSlice): boolean => each > number - SLICES;
    for (const slice of this.#slices) if (!stays(slice)) this.#past.merge(slice.latencyMs);
    this.#slices = this.#slices.filter(stays);
  }

  /** The outcomes of the last 55 to 60 seconds. */
  read(now: number): Recent {
    this.#leave(Math.floor(now / SLICE_MS));
    const latencyMs = new Histogram(MILLISECONDS);
    let [delivered, failed, expired] = [0, 0, 0];
    for (const slice of this.#slices) {
      delivered += slice.delivered;
      failed += slice.failed;
      expired += slice.expired;
      latencyMs.merge(slice.latencyMs);
    }
    return { delivered, failed, expired, latencyMs };
  }

  /** The latency of all time. */
  latencyMs(): Histogram {
    const all = new Histogram(MILLISECONDS);
    all.merge(this.#past);
    for (const { latencyMs } of this.#slices) all.merge(latencyMs);
    return all;
  }
}
