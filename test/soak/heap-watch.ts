import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";

/** Tolerated growth: inline caches, tables of the SDK, interned strings. */
const TOLERATED_MB_PER_MINUTE = 1.5;
/** Samples until every code path has run once. */
const WARM_UP_SAMPLES = 3;
const MB = 1_048_576;

/** Measures the heap after a garbage collection, while nothing is outstanding. */
export class HeapWatch {
  readonly #samples: { readonly minute: number; readonly megabytes: number }[] = [];

  /** Collects garbage and takes a sample. @throws Error without `--expose-gc` */
  sample(minute: number): void {
    const { gc } = globalThis;
    if (gc === undefined) throw new Error("run with --expose-gc");
    gc();
    gc();
    const { heapUsed, external } = process.memoryUsage();
    this.#samples.push({ minute, megabytes: (heapUsed + external) / MB });
  }

  /** Growth in MB a minute by least squares, without the warm-up. Undefined with too few samples. */
  slope(): number | undefined {
    const samples = this.#samples.slice(WARM_UP_SAMPLES);
    if (samples.length < 4) return undefined;
    const mean = (of: (sample: (typeof samples)[number]) => number): number =>
      samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
    const [minute, megabytes] = [mean((sample) => sample.minute), mean((sample) => sample.megabytes)];
    const covariance = mean((sample) => (sample.minute - minute) * (sample.megabytes - megabytes));
    return covariance / mean((sample) => (sample.minute - minute) ** 2);
  }

  problems(): string[] {
    const slope = this.slope();
    if (slope === undefined) return [];
    return slope > TOLERATED_MB_PER_MINUTE ? [`the heap grows by ${slope.toFixed(2)} MB a minute`] : [];
  }

  describe(): string {
    const slope = this.slope();
    const last = this.#samples.at(-1)?.megabytes.toFixed(1) ?? "?";
    const growth = slope === undefined ? "too few samples for a slope" : `${slope.toFixed(2)} MB a minute`;
    return `heap ${last} MB after collection (${growth})`;
  }
}

/** The handles that keep the process alive, counted by kind. */
export function handlesNow(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** Handles that were added since `before`. Sockets have two seconds to close. */
export async function strayHandles(before: ReadonlyMap<string, number>): Promise<string[]> {
  let stray: string[] = [];
  for (let tries = 0; tries < 20; tries++) {
    // The delay's own timer has ended before the count.
    await delay(100);
    stray = [...handlesNow()]
      .filter(([kind, count]) => count > (before.get(kind) ?? 0))
      .map(([kind, n]) => `${n} ${kind}`);
    if (stray.length === 0) break;
  }
  return stray;
}
