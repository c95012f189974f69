import { CLIENT_OPTIONS, type RegionVariables, readAggregation, readEndpoint, readRegion } from "../client-options.js";
import { type OptionTable, type OptionValues, wrongValue } from "../option-table.js";
import { UsageError } from "../usage-error.js";
import type { KeyPlan, LoadHow, LoadPlan } from "./load-plan.js";

const DEFAULT_SIZE = 100;
const DEFAULT_KEYS = 1_000;
const DEFAULT_ZIPF_KEYS = 10_000;
const DEFAULT_SHARDS = 4;
const DEFAULT_DURATION_MS = 10_000;
const MAX_KEYS = 10_000_000;
const MAX_PROCESSES = 64;
const MAX_DURATION_MS = 7 * 86_400_000;

/** The options of `kinesis-producer load`. */
export const LOAD_OPTIONS: OptionTable = {
  size: { value: "BYTES", meaning: `bytes of data of each record; ${DEFAULT_SIZE} by default` },
  keys: {
    value: "COUNT|zipf:EXPONENT[:COUNT]",
    meaning: `number of partition keys; zipf: the k-th is 1/k^EXPONENT times as frequent as the first; ${DEFAULT_KEYS} by default`,
  },
  rate: { value: "RECORDS", meaning: "records a second, over all processes; by default as many as the producer takes" },
  duration: { value: "TIME", meaning: "as 10s, 500ms, 2m; 10s by default" },
  how: { value: "put|enqueue", meaning: "put has a promise per record; enqueue, the default, has none" },
  processes: { value: "COUNT", meaning: "number of producing processes; 1 by default" },
  linger: { value: "MS", meaning: "how long a record may wait to share a request with others; 100 by default" },
  aggregation: { value: "on|off|reshard-safe", meaning: "whether records share Kinesis records; on by default" },
  protocol: { value: "json|cbor", meaning: "the wire format of requests; json by default" },
  limits: { meaning: "keep to the limits of a shard, 1,000 records and 1 MiB a second; always on with --live" },
  shards: {
    value: "COUNT",
    meaning: `shards of the stream in the local Kinesis that load starts; ${DEFAULT_SHARDS} by default`,
  },
  tls: { meaning: "use TLS to the local Kinesis that load starts" },
  stream: { value: "NAME", meaning: "the stream at the endpoint" },
  "stream-arn": { value: "ARN", meaning: "the stream by its ARN" },
  ...CLIENT_OPTIONS,
  live: { meaning: "allow a Kinesis that is not on this machine, which costs money" },
  progress: { meaning: "print progress once a second even if the standard error is not a terminal" },
  json: { meaning: "print the result as a line of JSON" },
};

/** The target of the load: a local Kinesis started for it, or an endpoint. */
export type LoadTarget =
  | { readonly kind: "own"; readonly shards: number; readonly tls: boolean; readonly limits: boolean }
  | { readonly kind: "endpoint" };

/** The options of one `load` command line. */
export interface LoadOptions {
  readonly target: LoadTarget;
  /**
   * The plan of all processes together. The connection to a local Kinesis that is started for the load is added later.
   */
  readonly plan: LoadPlan;
  readonly processes: number;
  readonly isJson: boolean;
  /** Whether progress is printed even if the standard error is not a terminal. */
  readonly wantsProgress: boolean;
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
  const perSecond = values.integer("rate", 1, 1_000_000_000);
  return {
    target,
    plan: {
      producer: readProducer(values, target, environment),
      size: values.integer("size", 0, 10 * 1024 * 1024) ?? DEFAULT_SIZE,
      keys: readKeys(values),
      how: (values.text("how", { pattern: /^(put|enqueue)$/, allowed: "put or enqueue" }) ?? "enqueue") as LoadHow,
      durationMs: readDuration(values),
      seed: 1,
      ...(perSecond === undefined ? {} : { perSecond }),
    },
    processes: values.integer("processes", 1, MAX_PROCESSES) ?? 1,
    isJson: values.has("json"),
    wantsProgress: values.has("progress"),
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
    };
  }
  for (const name of ["shards", "tls"]) {
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
  const aggregation = readAggregation(values);
  const protocol = values.choice("protocol", { json: "json", cbor: "cbor" } as const);
  return {
    ...(isLive ? {} : LOCAL_ACCESS),
    ...(isLive || values.has("limits") ? {} : { shardLimits: NO_SHARD_LIMITS }),
    ...(region === undefined ? {} : { region }),
    ...(streamName === undefined ? {} : { streamName }),
    ...(streamArn === undefined ? {} : { streamArn }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(lingerMs === undefined ? {} : { lingerMs }),
    ...(aggregation === undefined ? {} : { aggregation }),
    ...(protocol === undefined ? {} : { protocol }),
  };
}

function readKeys(values: OptionValues): KeyPlan {
  const text = values.text("keys");
  if (text === undefined) return { count: DEFAULT_KEYS, exponent: 0 };
  const [, exponent, zipfCount = DEFAULT_ZIPF_KEYS] = /^zipf:(\d+(?:\.\d+)?)(?::(\d+))?$/.exec(text) ?? [];
  const count = exponent === undefined && /^\d+$/.test(text) ? Number(text) : Number(zipfCount);
  const isRead = exponent !== undefined || /^\d+$/.test(text);
  if (!isRead || count < 1 || count > MAX_KEYS || Number(exponent ?? 0) > 10) {
    throw wrongValue(
      "keys",
      `a whole number, 1 to ${MAX_KEYS}, or zipf:EXPONENT[:COUNT] with an exponent up to 10`,
      text,
    );
  }
  return { count, exponent: Number(exponent ?? 0) };
}

const MS_OF_UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function readDuration(values: OptionValues): number {
  const text = values.text("duration");
  if (text === undefined) return DEFAULT_DURATION_MS;
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const durationMs = Number(number) * (MS_OF_UNIT[unit] ?? 0);
  if (durationMs > 0 && durationMs <= MAX_DURATION_MS) return durationMs;
  throw wrongValue("duration", "a time like 10s, 500ms, 2m or 1h, up to 168h", text);
}
