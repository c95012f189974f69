import { BoundedNames } from "../exporting/bounded-names.js";
import { StreamTotals } from "../exporting/stream-totals.js";
import type { ProducerStats, ShardStats, StreamStats } from "../stats.js";
import { type CloudWatchSettings, type Dimension, type Granularity, isAtMost } from "./cloudwatch-options.js";
import { EXTRA_METRICS } from "./extra-metrics.js";
import { type CloudWatchMetric, ERRORS_BY_CODE, KPL_METRICS } from "./kpl-metrics.js";
import { type Measure, ones } from "./measure.js";

/** One metric with its dimensions, as CloudWatch counts and bills it. */
export interface Series {
  /** Name and dimensions. */
  readonly key: string;
  readonly metric: Pick<CloudWatchMetric, "name" | "unit" | "values">;
  readonly dimensions: readonly Dimension[];
  readonly measure: Measure;
}

/** Codes of one stream or shard. The service has some twenty; a caller's transport may invent more. */
const MAX_CODES = 50;

/** The total of all streams. No stream of Kinesis has such a name. */
const ALL = "(all)";

/** A node of the KPL's tree of dimensions: all streams, one stream, or one shard. */
interface Node {
  readonly granularity: Granularity;
  /** Dimensions from the root to this node, without `ErrorCode`. */
  readonly dimensions: readonly Dimension[];
  readonly stream: StreamStats;
  readonly shard: ShardStats | undefined;
}

/**
 * Makes the series of a snapshot. A value counts in the node of its shard and in all nodes above: that of the stream, and
 * that of all streams. The number of streams and shards with their own nodes is limited; the nodes above count all.
 */
export class SeriesMaker {
  readonly #settings: CloudWatchSettings;
  readonly #metrics: readonly CloudWatchMetric[];
  readonly #streams: BoundedNames;
  readonly #shards = new Map<string, BoundedNames>();
  readonly #totals = new StreamTotals();

  constructor(settings: CloudWatchSettings) {
    this.#settings = settings;
    const { level, extra } = settings;
    const kpl = KPL_METRICS.filter((metric) => level === "detailed" || (level === "summary" && metric.level === level));
    this.#metrics = [...kpl, ...(extra ? EXTRA_METRICS : [])];
    this.#streams = new BoundedNames(settings.maxStreams);
  }

  make(snapshots: readonly ProducerStats[]): Series[] {
    const names = snapshots.flatMap(({ streams }) => Object.keys(streams));
    const shown = new Set(shownOf(this.#streams, names));
    for (const name of this.#shards.keys()) if (!shown.has(name)) this.#shards.delete(name);
    const streams = this.#totals.read(snapshots, (name) => shown.has(name), { name: ALL, has: () => true });
    const all = streams.get(ALL);
    streams.delete(ALL);
    return all === undefined ? [] : this.#nodes(streams, all).flatMap((node) => this.#seriesOf(node));
  }

  #nodes(streams: ReadonlyMap<string, StreamStats>, all: StreamStats): Node[] {
    const nodes = this.#withCustom([], "global", all, undefined);
    if (!isAtMost("stream", this.#settings.granularity)) return nodes;
    for (const [name, stream] of streams) {
      const path = [...this.#customOf("global"), { Name: "StreamName", Value: name }];
      nodes.push(...this.#withCustom(path, "stream", stream, undefined));
      if (isAtMost("shard", this.#settings.granularity)) nodes.push(...this.#shardNodes(name, stream, path));
    }
    return nodes;
  }

  #shardNodes(name: string, stream: StreamStats, path: readonly Dimension[]): Node[] {
    const choice = this.#shards.get(name) ?? new BoundedNames(this.#settings.maxShards);
    this.#shards.set(name, choice);
    const above = [...path, ...this.#customOf("stream")];
    return shownOf(choice, Object.keys(stream.shards)).flatMap((shardId) =>
      this.#withCustom([...above, { Name: "ShardId", Value: shardId }], "shard", stream, stream.shards[shardId]),
    );
  }

  /** A node, and one more for each dimension of the caller that comes after it. */
  #withCustom(
    path: readonly Dimension[],
    granularity: Granularity,
    stream: StreamStats,
    shard: ShardStats | undefined,
  ): Node[] {
    const custom = this.#customOf(granularity);
    return [undefined, ...custom].map((_, length) => {
      return { granularity, dimensions: [...path, ...custom.slice(0, length)], stream, shard };
    });
  }

  #customOf(granularity: Granularity): Dimension[] {
    return this.#settings.dimensions
      .filter((dimension) => dimension.granularity === granularity)
      .map(({ name, value }) => ({ Name: name, Value: value }));
  }

  #seriesOf(node: Node): Series[] {
    const found: Series[] = [];
    for (const metric of this.#metrics) {
      if (metric.level === "extra" && node.granularity !== "stream") continue;
      const measure = measureOf(metric, node);
      if (measure !== undefined) found.push(seriesOf(metric, node.dimensions, measure));
    }
    if (this.#settings.level === "none") return found;
    return [...found, ...errorsByCode(node, this.#customOf("global").length)];
  }
}

function measureOf(metric: CloudWatchMetric, { stream, shard }: Node): Measure | undefined {
  return shard === undefined ? metric.stream(stream) : metric.shard?.(shard);
}

/**
 * The dimension `ErrorCode` comes after the caller's dimensions of all streams. So the nodes up to there have the errors
 * of all codes.
 */
function errorsByCode({ granularity, dimensions, stream, shard }: Node, globals: number): Series[] {
  const counts = errorCounts(stream, shard);
  const total = [...counts.values()].reduce((a, b) => a + b, 0);
  const ofAll = granularity === "global" ? [seriesOf(ERRORS_BY_CODE, dimensions, ones(total))] : [];
  if (dimensions.length < globals) return ofAll;
  const [above, below] = [dimensions.slice(0, globals), dimensions.slice(globals)];
  const ofCodes = [...counts].map(([code, count]) =>
    seriesOf(ERRORS_BY_CODE, [...above, { Name: "ErrorCode", Value: code }, ...below], ones(count)),
  );
  return [...ofAll, ...ofCodes];
}

function errorCounts(stream: StreamStats, shard: ShardStats | undefined): Map<string, number> {
  const maps = shard === undefined ? ERRORS_BY_CODE.stream(stream) : ERRORS_BY_CODE.shard(shard);
  const counts = new Map<string, number>();
  for (const [code, count] of maps.flatMap((map) => Object.entries(map))) {
    if (counts.has(code) || counts.size < MAX_CODES) counts.set(code, (counts.get(code) ?? 0) + count);
  }
  return counts;
}

function seriesOf(metric: Series["metric"], dimensions: readonly Dimension[], measure: Measure): Series {
  const key = JSON.stringify([metric.name, ...dimensions.flatMap(({ Name, Value }) => [Name, Value])]);
  return { key, metric, dimensions, measure };
}

function shownOf(choice: BoundedNames, names: readonly string[]): readonly string[] {
  return choice.choose(new Map(names.map((name) => [name, []]))).shown;
}
