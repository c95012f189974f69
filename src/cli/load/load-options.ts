import { CLIENT_OPTIONS, type RegionVariables, readAggregation, readEndpoint, readRegion } from "../client-options.js";
import { type OptionTable, type OptionValues, wrongValue } from "../option-table.js";
import { timeWithUnit } from "../time-option.js";
import { UsageError } from "../usage-error.js";
import { readArrivals } from "./arrivals/read-arrivals.js";
import { DEFAULT_KEYS, readKeys } from "./keys/key-plan.js";
import type { LoadHow, LoadPlan } from "./load-plan.js";
import { type LoadMode, MODE_NAMES, readModes } from "./modes.js";
import { readSchedule, type ScheduledEvent } from "./schedule/schedule.js";
import { DEFAULT_SIGMA, DEFAULT_SIZE, readSizes } from "./sizes/size-plan.js";

const DEFAULT_SHARDS = 4;
const DEFAULT_DURATION_MS = 10_000;
const MAX_PROCESSES = 64;
const MAX_DURATION_MS = 7 * 86_400_000;

/** The options of `kinesis-producer load`. */
export const LOAD_OPTIONS: OptionTable = {
  rate: {
    value: "RATE",
    meaning:
      "records a second, over all processes; 1000..9000 is a ramp, 1000,5000..9000,0 are parts of equal length; default: as many as possible",
  },
  arrivals: {
    value: "even|poisson|bursts:TIME",
    meaning: "due times with a rate; bursts: all records of each TIME at its start; even by default",
  },
  duration: { value: "TIME", meaning: "as 10s, 500ms, 2m; 10s by default" },
  size: {
    value: "SIZE",
    meaning: `bytes of data: 100, FROM..TO, or lognormal:MEDIAN[:SIGMA]; ${DEFAULT_SIZE} by default, and a sigma of ${DEFAULT_SIGMA}`,
  },
  lines: { value: "FILE", meaning: "take the data from the lines of FILE, again and again" },
  keys: {
    value: "KEYS",
    meaning: `partition keys: COUNT of them, zipf:EXPONENT[:COUNT] (the k-th is 1/k^EXPONENT times as frequent as the first), or hot:PERCENT%[:COUNT] (one has this share); ${DEFAULT_KEYS} by default`,
  },
  modes: {
    value: "MODE,MODE",
    meaning: `repeat the load for each mode, and compare: ${MODE_NAMES.join(", ")}`,
  },
  how: { value: "put|enqueue", meaning: "put has a promise per record; enqueue, the default, has none" },
  processes: { value: "COUNT", meaning: "number of producing processes; 1 by default" },
  linger: { value: "MS", meaning: "how long a record may wait to share a request with others; 100 by default" },
  aggregation: { value: "on|off|reshard-safe", meaning: "whether records share Kinesis records; on by default" },
  compression: {
    value: "gzip|zstd|lz4",
    meaning: "compress the aggregates, in the mode compressed; gzip by default. Use --lines: data of --size is random",
  },
  protocol: { value: "json|cbor", meaning: "the wire format of requests; json by default" },
  limits: { meaning: "keep to the limits of a shard, 1,000 records and 1 MiB a second; always on with --live" },
  shards: {
    value: "COUNT",
    meaning: `shards of the stream in the local Kinesis that load starts; ${DEFAULT_SHARDS} by default`,
  },
  tls: { meaning: "use TLS to the local Kinesis that load starts" },
  at: {
    value: '"TIME EVENT"',
    isRepeatable: true,
    meaning: "reshard the local Kinesis or inject a fault at a time (below)",
  },
  fault: { value: '"FAULT"', isRepeatable: true, meaning: "inject a fault into the local Kinesis from the start" },
  stream: { value: "NAME", meaning: "the stream at the endpoint" },
  "stream-arn": { value: "ARN", meaning: "the stream by its ARN" },
  ...CLIENT_OPTIONS,
  live: { meaning: "allow a Kinesis that is not on this machine, which costs money" },
  progress: { meaning: "print progress once a second even if the standard error is not a terminal" },
  report: { value: "FILE", meaning: "write a page with plots to FILE, for any browser" },
  json: { meaning: "print the result as a line of JSON" },
};

/** The target of the load: a local Kinesis started for it, or an endpoint. */
export type LoadTarget =
  | {
      readonly kind: "own";
      readonly shards: number;
      readonly tls: boolean;
      readonly limits: boolean;
      readonly schedule: readonly ScheduledEvent[];
    }
  | { readonly kind: "endpoint" };

/** The options of one `load` command line. */
export interface LoadOptions {
  readonly target: LoadTarget;
  /**
   * The plan of all processes together. The connection to a local Kinesis that is started for the load, and the options
   * of a mode, are added later.
   */
  readonly plan: LoadPlan;
  /** The load is repeated for each. */
  readonly modes: readonly LoadMode[];
  readonly processes: number;
  readonly isJson: boolean;
  /** Whether progress is printed even if the standard error is not a terminal. */
  readonly wantsProgress: boolean;
  /** The file of the page with plots. */
  readonly reportFile?: string;
}

/** So high that they never limit. */
const NO_SHARD_LIMITS = { recordsPerSecond: 1e12, bytesPerSecond: 1e15 };
/** Placeholders for a Kinesis on this machine, which checks neither. Real credentials are never sent there. */
const LOCAL_ACCESS = { region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } };

/**
 * Reads the options.
 *
 * @param environment - of the process, for the region that the SDK does not look for
 * @throws UsageError for wrong values, or values that exclude each other
 */
export function readLoadOptions(values: OptionValues, environment: RegionVariables): LoadOptions {
  const target = readTarget(values);
  const durationMs = readDuration(values);
  checkTimes(target, durationMs);
  const arrivals = readArrivals(values, durationMs);
  const reportFile = values.text("report", { pattern: /./, allowed: "a file" });
  return {
    target,
    plan: {
      producer: readProducer(values, target, environment),
      sizes: readSizes(values),
      keys: readKeys(values),
      how: (values.text("how", { pattern: /^(put|enqueue)$/, allowed: "put or enqueue" }) ?? "enqueue") as LoadHow,
      durationMs,
      share: { index: 0, of: 1 },
      seed: 1,
      ...(arrivals === undefined ? {} : { arrivals }),
    },
    modes: readModes(values, readAggregation(values)),
    processes: values.integer("processes", 1, MAX_PROCESSES) ?? 1,
    isJson: values.has("json"),
    wantsProgress: values.has("progress"),
    ...(reportFile === undefined ? {} : { reportFile }),
  };
}

function readTarget(values: OptionValues): LoadTarget {
  const endpoint = readEndpoint(values);
  if (endpoint === undefined && !values.has("live")) {
    for (const name of ["stream", "stream-arn"]) {
      if (values.has(name)) throw new UsageError(`--${name} needs --endpoint, or --live for a stream on AWS`);
    }
    return {
      kind: "own",
      shards: values.integer("shards", 1, 10_000) ?? DEFAULT_SHARDS,
      tls: values.has("tls"),
      limits: values.has("limits"),
      schedule: readSchedule(values),
    };
  }
  for (const name of ["shards", "tls", "at", "fault"]) {
    if (values.has(name))
      throw new UsageError(`--${name} is only for the local Kinesis that load starts: leave out --endpoint and --live`);
  }
  if (values.has("stream") === values.has("stream-arn")) {
    throw new UsageError("exactly one of --stream and --stream-arn is needed");
  }
  if (endpoint !== undefined && !values.has("live") && !isOnThisMachine(endpoint)) {
    throw new UsageError(
      `--endpoint ${endpoint} is not on this machine: a load there costs money and uses capacity that others need; --live allows it`,
    );
  }
  return { kind: "endpoint" };
}

/** An event at the end is as useless as one after it: no new record comes then. */
function checkTimes(target: LoadTarget, durationMs: number): void {
  const late = target.kind === "own" ? target.schedule.find(({ atMs }) => atMs >= durationMs) : undefined;
  if (late === undefined) return;
  throw new UsageError(
    `--at: ${JSON.stringify(late.text)} at ${late.atMs / 1_000} s would never happen: the load ends after ${durationMs / 1_000} s (--duration)`,
  );
}

function isOnThisMachine(endpoint: string): boolean {
  const { hostname } = new URL(endpoint);
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}

function readProducer(values: OptionValues, target: LoadTarget, environment: RegionVariables): LoadPlan["producer"] {
  const isLive = values.has("live");
  const region = readRegion(values, environment);
  const streamName = target.kind === "own" ? "load" : values.text("stream");
  const streamArn = values.text("stream-arn");
  const endpoint = readEndpoint(values);
  const lingerMs = values.integer("linger", 0, 3_600_000);
  const protocol = values.choice("protocol", { json: "json", cbor: "cbor" } as const);
  return {
    ...(isLive ? {} : LOCAL_ACCESS),
    ...(isLive || values.has("limits") ? {} : { shardLimits: NO_SHARD_LIMITS }),
    ...(region === undefined ? {} : { region }),
    ...(streamName === undefined ? {} : { streamName }),
    ...(streamArn === undefined ? {} : { streamArn }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(lingerMs === undefined ? {} : { lingerMs }),
    ...(protocol === undefined ? {} : { protocol }),
  };
}

function readDuration(values: OptionValues): number {
  const text = values.text("duration");
  if (text === undefined) return DEFAULT_DURATION_MS;
  const durationMs = timeWithUnit(text) ?? 0;
  if (durationMs > 0 && durationMs <= MAX_DURATION_MS) return durationMs;
  throw wrongValue("duration", "a time like 10s, 500ms, 2m or 1h, up to 168h", text);
}
