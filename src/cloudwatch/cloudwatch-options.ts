import { InvalidOptionError } from "../base-errors.js";
import { countOption } from "../exporting/stats-source.js";
import { show } from "../wording/shown-value.js";

/** A dimension, as CloudWatch names its parts. */
export interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

/** How fine the dimensions are: all streams together, each stream, or each shard. */
export type Granularity = "global" | "stream" | "shard";

/** A dimension of the caller, for example the host. */
export interface CustomDimension {
  readonly name: string;
  readonly value: string;
  /**
   * The level after which it is inserted, as `AdditionalMetricsDimension` of the KPL. The metrics of this level are sent
   * without it and with it, those below with it.
   *
   * @defaultValue "global"
   */
  readonly granularity?: Granularity;
}

/** Which metrics are sent, and with which dimensions. */
export interface CloudWatchMetricOptions {
  /**
   * The namespace of the metrics in CloudWatch.
   *
   * @defaultValue "KinesisProducerLibrary"
   */
  readonly namespace?: string;
  /**
   * The metrics of the KPL that are sent: `MetricsLevel` of the KPL.
   *
   * @defaultValue "detailed"
   */
  readonly level?: "none" | "summary" | "detailed";
  /**
   * How fine the dimensions are: `MetricsGranularity` of the KPL. The default is `"shard"` for the reporter, as in the
   * KPL, and `"stream"` for `embeddedMetrics`.
   */
  readonly granularity?: Granularity;
  /**
   * Whether metrics that the KPL does not have are sent too, one of each for each stream.
   *
   * @defaultValue false
   */
  readonly extra?: boolean;
  /** Dimensions of the caller, at most 10. */
  readonly dimensions?: readonly CustomDimension[];
  /**
   * Streams with their own metrics at most; the metrics without a stream count all.
   *
   * @defaultValue 200
   */
  readonly maxStreams?: number;
  /**
   * Shards of a stream with their own metrics at most; the metrics of the stream count all.
   *
   * @defaultValue 200
   */
  readonly maxShards?: number;
}

/** The options with their defaults. */
export type CloudWatchSettings = Required<Omit<CloudWatchMetricOptions, "dimensions">> & {
  readonly dimensions: readonly Required<CustomDimension>[];
};

/** The names of {@link CloudWatchMetricOptions}. */
export const METRIC_OPTIONS: readonly (keyof CloudWatchMetricOptions)[] = [
  "namespace",
  "level",
  "granularity",
  "extra",
  "dimensions",
  "maxStreams",
  "maxShards",
];
const LEVELS = ["none", "summary", "detailed"];
const GRANULARITIES: readonly Granularity[] = ["global", "stream", "shard"];
const OWN_DIMENSIONS = ["StreamName", "ShardId", "ErrorCode"];
/** CloudWatch takes 30, and three are ours. */
const MAX_DIMENSIONS = 10;
/** Characters of a namespace, and of a dimension's name (API_PutMetricData, API_Dimension). */
const MAX_NAME = 255;
const MAX_VALUE = 1_024;

/** Whether a node of the tree is sent at a granularity. */
export function isAtMost(node: Granularity, granularity: Granularity): boolean {
  return GRANULARITIES.indexOf(node) <= GRANULARITIES.indexOf(granularity);
}

/** @throws InvalidOptionError when an option cannot be used */
export function cloudWatchSettings(
  options: CloudWatchMetricOptions,
  granularityByDefault: Granularity,
): CloudWatchSettings {
  const { namespace = "KinesisProducerLibrary", level = "detailed", extra = false, dimensions = [] } = options;
  const { granularity = granularityByDefault } = options;
  if (typeof extra !== "boolean")
    throw new InvalidOptionError("extra", `extra must be true or false, got ${show(extra)}`);
  if (!LEVELS.includes(level)) throw notOneOf("level", LEVELS, level);
  if (!GRANULARITIES.includes(granularity)) throw notOneOf("granularity", GRANULARITIES, granularity);
  if (!isText(namespace, MAX_NAME) || /^(AWS\/|:)/.test(namespace))
    throw new InvalidOptionError(
      "namespace",
      `namespace must have 1 to ${MAX_NAME} characters of ASCII, not all blank, and not begin with AWS/ or a colon, got ${show(namespace)}`,
    );
  if (!Array.isArray(dimensions))
    throw new InvalidOptionError("dimensions", `dimensions must be a list, got ${show(dimensions)}`);
  if (dimensions.length > MAX_DIMENSIONS)
    throw new InvalidOptionError(
      "dimensions",
      `dimensions must be at most ${MAX_DIMENSIONS}, got ${dimensions.length}`,
    );
  return {
    namespace,
    level,
    granularity,
    extra,
    dimensions: checkedDimensions(dimensions),
    maxStreams: countOption("maxStreams", options.maxStreams, 200),
    maxShards: countOption("maxShards", options.maxShards, 200),
  };
}

/** CloudWatch refuses a whole call because of one bad dimension, and a metric in which a name is there twice. */
function checkedDimensions(dimensions: readonly CustomDimension[]): Required<CustomDimension>[] {
  const checked = dimensions.map(checkedDimension);
  const names = checked.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice === undefined) return checked;
  throw new InvalidOptionError("dimensions", `dimensions must have each name once, got ${show(twice)} twice`);
}

function checkedDimension(dimension: CustomDimension): Required<CustomDimension> {
  const { name, value, granularity = "global" } = dimension ?? {};
  if (!GRANULARITIES.includes(granularity)) throw notOneOf("dimensions.granularity", GRANULARITIES, granularity);
  if (OWN_DIMENSIONS.includes(name))
    throw new InvalidOptionError("dimensions", `dimensions must not have ${show(name)}: the reporter sets it`);
  if (!isText(name, MAX_NAME) || name.startsWith(":"))
    throw new InvalidOptionError(
      "dimensions",
      `the name of a dimension must have 1 to ${MAX_NAME} characters of ASCII, not all blank, and not begin with a colon, got ${show(name)}`,
    );
  if (!isText(value, MAX_VALUE))
    throw new InvalidOptionError(
      "dimensions",
      `the value of dimension ${name} must have 1 to ${MAX_VALUE} characters of ASCII, not all blank, got ${show(value)}`,
    );
  return { name, value, granularity };
}

/** Printable ASCII that is not all blank: all that CloudWatch takes (API_Dimension, API_PutMetricData). */
function isText(value: unknown, most: number): value is string {
  return typeof value === "string" && value.length <= most && /^[ -~]*[!-~][ -~]*$/.test(value);
}

function notOneOf(option: string, known: readonly string[], got: unknown): InvalidOptionError {
  return new InvalidOptionError(option, `${option} must be one of ${known.join(", ")}, got ${show(got)}`);
}
