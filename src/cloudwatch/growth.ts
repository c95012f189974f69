import { type StatsSource, sourcesOf } from "../exporting/stats-source.js";
import type { CloudWatchSettings } from "./cloudwatch-options.js";
import { growthOf, type Measure } from "./measure.js";
import { type Series, SeriesMaker } from "./series.js";

/** A series with the values that came since they were last sent. */
export interface GrownSeries extends Series {
  readonly growth: Measure;
}

/**
 * The series of some producers, and for each of them what was sent. Values that could not be sent are therefore part of
 * the next growth, however many minutes later, in the same memory.
 */
export class Growth {
  readonly #sources: readonly StatsSource[];
  readonly #maker: SeriesMaker;
  #sent = new Map<string, Measure>();

  constructor(producers: StatsSource | readonly StatsSource[], settings: CloudWatchSettings) {
    this.#sources = sourcesOf(producers);
    this.#maker = new SeriesMaker(settings);
  }

  /** Reads `stats()`: the series that have new values. Forgets series that are gone. */
  read(): GrownSeries[] {
    const all = this.#maker.make(this.#sources.map((source) => source.stats()));
    const present = new Set(all.map(({ key }) => key));
    this.#sent = new Map([...this.#sent].filter(([key]) => present.has(key)));
    return all.flatMap((series) => {
      const growth = growthOf(series.measure, this.#sent.get(series.key), series.metric.values);
      return growth === undefined ? [] : [{ ...series, growth }];
    });
  }

  /** These were sent. */
  commit(sent: readonly GrownSeries[]): void {
    for (const { key, measure } of sent) this.#sent.set(key, measure);
  }
}
