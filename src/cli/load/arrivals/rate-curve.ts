import type { RateSegment } from "./arrival-plan.js";

const MS_PER_SECOND = 1_000;

/** A rate over time, seen as the number of records that are due before a moment. */
export class RateCurve {
  readonly #segments: readonly RateSegment[];
  /** Records due before each segment. */
  readonly #before: readonly number[];
  /** Records due in all segments together; a fraction is possible. */
  readonly total: number;

  constructor(segments: readonly RateSegment[]) {
    this.#segments = segments;
    const before: number[] = [];
    let total = 0;
    for (const segment of segments) {
      before.push(total);
      total += recordsUpTo(segment, segment.toMs);
    }
    this.#before = before;
    this.total = total;
  }

  /** Records due before a moment, in milliseconds from the start. */
  countAt(ms: number): number {
    let count = 0;
    for (const segment of this.#segments) {
      if (ms <= segment.fromMs) break;
      count += recordsUpTo(segment, Math.min(ms, segment.toMs));
    }
    return count;
  }

  /** Records due a second before a moment: the mean of its last second, or of less at the start. */
  rateBefore(ms: number): number {
    const windowMs = Math.min(1_000, ms);
    return windowMs > 0 ? ((this.countAt(ms) - this.countAt(ms - windowMs)) * 1_000) / windowMs : 0;
  }

  /** The moment before which `count` records are due: the inverse of {@link countAt}. Infinity from the total on. */
  timeOf(count: number): number {
    for (const [index, segment] of this.#segments.entries()) {
      const rest = count - (this.#before[index] as number);
      if (rest < recordsUpTo(segment, segment.toMs)) return timeIn(segment, Math.max(0, rest));
    }
    return Number.POSITIVE_INFINITY;
  }
}

function recordsUpTo({ fromMs, toMs, from, to }: RateSegment, ms: number): number {
  const passed = ms - fromMs;
  const rate = from + (((to - from) * passed) / (toMs - fromMs)) * 0.5;
  return (rate * passed) / MS_PER_SECOND;
}

/** Solves `from * t + slope * t² / 2 = count` in the form that needs no division by the slope, which may be 0. */
function timeIn({ fromMs, toMs, from, to }: RateSegment, count: number): number {
  if (count === 0) return fromMs;
  const perMs = from / MS_PER_SECOND;
  const slope = (to - from) / MS_PER_SECOND / (toMs - fromMs);
  return fromMs + (2 * count) / (perMs + Math.sqrt(Math.max(0, perMs * perMs + 2 * slope * count)));
}
