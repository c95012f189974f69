import { type KplValue, MAX_LONG, type ValueRule } from "./kpl-value.js";
import { clamped, dropped, type KplValues, mapped, missing, type Outcome } from "./outcome.js";

/** A key of the KPL's configuration: the values that it takes, and what becomes of each. */
export interface KplKey {
  readonly rule: ValueRule;
  readonly place: (value: KplValue, values: KplValues) => Outcome;
}

function number(min: number, max: number | bigint, place: (value: number, values: KplValues) => Outcome): KplKey {
  return { rule: { kind: "number", min, max: BigInt(max) }, place: (value, values) => place(value as number, values) };
}

function flag(place: (value: boolean) => Outcome): KplKey {
  return { rule: { kind: "flag" }, place: (value) => place(value as boolean) };
}

function choice(choices: readonly string[], place: (value: string) => Outcome): KplKey {
  return { rule: { kind: "choice", choices }, place: (value) => place(value as string) };
}

function text(wanted: string, pattern: RegExp, place: (value: string, values: KplValues) => Outcome): KplKey {
  return {
    rule: { kind: "text", wanted, pattern },
    place: (value, values) => (value === "" ? dropped("it is empty") : place(value as string, values)),
  };
}

function object(instead: string): KplKey {
  return { rule: { kind: "object" }, place: () => missing(`the KPL cannot read it from a file either: ${instead}`) };
}

const ANY = /^/;
const HOST = /^[A-Za-z0-9.-]*$/;
const REGION = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)?$/;
const DAY_MS = 86_400_000;
const KPL_RATE_LIMIT = 150;
const KPL_MAX_RECORD_BYTES = 1_048_576;

const NO_PROCESS = "there is no native process";
const NO_DAEMON = "there is no daemon";
const NO_THREADS = "there are no threads; maxInFlightRequests bounds the requests in flight";
const REPORTER = "CloudWatchReporter of kinesis-producer/cloudwatch";
const METRICS_CLIENT = `set it on the CloudWatchClient that you give to ${REPORTER}`;
const GLUE = "use serialize with glueFrame of kinesis-producer/deaggregate: docs/schemas.md";

/** A percentage of the limits of a shard: 1,000 records and 1 MiB a second. */
function rateLimit(percent: number): Outcome {
  if (percent === KPL_RATE_LIMIT)
    return dropped(
      "150 is the KPL's default; shardLimits adapts to the other producers of a shard, and needs no excess",
    );
  return {
    kind: "mapped",
    set: [
      ["shardLimits.recordsPerSecond", Math.min(percent * 10, 1e12)],
      ["shardLimits.bytesPerSecond", Math.min(percent * 10_485.76, 1e15)],
    ],
    ...(percent > 100 ? { note: "100 % is enough: shardLimits adapts to the other producers of a shard" } : {}),
  };
}

function endpoint(host: string, values: KplValues): Outcome {
  const port = values.get("KinesisPort") ?? 443;
  return mapped("endpoint", `https://${host}${port === 443 ? "" : `:${port}`}`);
}

function timeToLive(ms: number): Outcome {
  if (ms <= 7 * DAY_MS) return mapped("recordTtlMs", ms);
  return mapped("recordTtlMs", Number.POSITIVE_INFINITY, `${ms} is more than 7 days, which means for ever`);
}

function recordSize(bytes: number): Outcome {
  if (bytes === KPL_MAX_RECORD_BYTES)
    return dropped("it is the KPL's default; without maxRecordBytes the service is asked for the limit of the stream");
  return mapped("maxRecordBytes", bytes, "maxRecordBytes counts the partition key too, the KPL the data only");
}

const PART_OF_URL: Outcome = { kind: "mapped", set: [], note: "it is part of proxy.url" };

function has(key: string, values: KplValues): boolean {
  return (values.get(key) ?? "") !== "";
}

/** A part of the account of the proxy, which needs the other part. */
function ofProxy(path: string, other: string): (value: string, values: KplValues) => Outcome {
  return (value, values) => {
    if (!has("ProxyHost", values)) return dropped("the KPL ignores it without ProxyHost");
    return has(other, values) ? mapped(path, value) : dropped(`the proxy needs ${other}, too`);
  };
}

/** The keys of KPL 1.1.1, in the order of the alphabet: 51 setters and AdditionalMetricsDimension. */
export const KPL_KEYS: Readonly<Record<string, KplKey>> = {
  AdditionalMetricsDimension: object(`${REPORTER} has the option dimensions`),
  AggregationEnabled: flag((value) => mapped("aggregation", value)),
  AggregationMaxCount: number(1, MAX_LONG, (value) => clamped("aggregation.maxCount", value, 4_294_967_295)),
  AggregationMaxSize: number(64, 10_485_760, (value) => clamped("aggregation.maxBytes", value, 10_485_759)),
  CaCertFile: text("a path", ANY, (path) => missing(`tls: { ca: readFileSync(${JSON.stringify(path)}) }`)),
  CaCertPath: text("a path", ANY, (path) =>
    missing(`tls: { ca: [...] } with the contents of the files in ${JSON.stringify(path)}`),
  ),
  CloudwatchEndpoint: text("a host name", HOST, () => missing(METRICS_CLIENT)),
  CloudwatchPort: number(1, 65_535, (value, values) =>
    values.get("CloudwatchEndpoint") === undefined || value === 443
      ? dropped("the KPL ignores it without CloudwatchEndpoint, and 443 is the default")
      : missing(METRICS_CLIENT),
  ),
  CollectionMaxCount: number(1, 500, (value) => mapped("maxRequestRecords", value)),
  CollectionMaxSize: number(52_224, MAX_LONG, (value) => clamped("maxRequestBytes", value, 10_485_760)),
  ConnectTimeout: number(100, 300_000, (value) =>
    mapped("connectTimeoutMs", value, "at most 80 % of requestTimeoutMs counts"),
  ),
  CredentialsProvider: object("pass credentials"),
  CredentialsRefreshDelay: number(1, 300_000, () => dropped("the SDK's credentials provider refreshes them in time")),
  DaemonHealthCheckTimeoutMs: number(5_000, MAX_LONG, () => dropped(NO_DAEMON)),
  DescribeStreamSummaryIntervalMs: number(1, MAX_LONG, (ms) =>
    ms < 1_000
      ? mapped("streamSummaryMaxAgeMs", 1_000, `${ms} is below the minimum of streamSummaryMaxAgeMs, 1000`)
      : clamped("streamSummaryMaxAgeMs", ms, 7 * DAY_MS),
  ),
  EnableCoreDumps: flag(() => dropped(NO_PROCESS)),
  EnableDaemonHealthCheck: flag(() => dropped(NO_DAEMON)),
  EnableOldestFutureTracker: flag(() => dropped("stats() always has the age of the oldest record, and costs nothing")),
  FailIfThrottled: flag((value) => mapped("failIfThrottled", value)),
  GlueSchemaRegistryConfiguration: object(GLUE),
  GlueSchemaRegistryCredentialsProvider: object(GLUE),
  GlueSchemaRegistryPropertiesFilePath: text("a path", ANY, () => missing(GLUE)),
  KinesisEndpoint: text("a host name, without protocol, port and path", HOST, endpoint),
  KinesisPort: number(1, 65_535, (_, values) =>
    (values.get("KinesisEndpoint") ?? "") === ""
      ? dropped("the KPL ignores it without KinesisEndpoint")
      : { kind: "mapped", set: [], note: "it is part of endpoint" },
  ),
  LogLevel: choice(["trace", "debug", "info", "warning", "error"], () =>
    dropped("logger gets each line with its level; your logger decides which are shown"),
  ),
  MaxConnections: number(1, 256, (value) =>
    mapped("maxInFlightRequests", value, "it bounds the requests in flight, each with one connection"),
  ),
  MaxUserRecordSize: number(64, 10_485_760, recordSize),
  MetricsCredentialsProvider: object(METRICS_CLIENT),
  MetricsGranularity: choice(["global", "stream", "shard"], (value) =>
    missing(`${REPORTER}: granularity: ${JSON.stringify(value)}`),
  ),
  MetricsLevel: choice(["none", "summary", "detailed"], (value) =>
    value === "none"
      ? dropped("no metrics are sent unless a program makes an exporter")
      : missing(`${REPORTER}: level: ${JSON.stringify(value)}`),
  ),
  MetricsNamespace: text("1 to 255 characters that do not begin with AWS/", /^(?!AWS\/).{1,255}$/, (value) =>
    missing(`${REPORTER}: namespace: ${JSON.stringify(value)}`),
  ),
  MetricsUploadDelay: number(1, 60_000, (value) => missing(`${REPORTER}: intervalMs: ${Math.max(1_000, value)}`)),
  MinConnections: number(1, 16, () => dropped(`the KPL does not use it; ${NO_THREADS}`)),
  NativeExecutable: text("a path", ANY, () => dropped(NO_PROCESS)),
  ProxyHost: text("a host name", HOST, (host, values) =>
    mapped("proxy.url", `http://${host}:${values.get("ProxyPort") ?? 443}`),
  ),
  ProxyPassword: text("a password", ANY, ofProxy("proxy.password", "ProxyUserName")),
  ProxyPort: number(1, 65_535, (_, values) =>
    has("ProxyHost", values) ? PART_OF_URL : dropped("the KPL ignores it without ProxyHost"),
  ),
  ProxyUserName: text("a user name", ANY, ofProxy("proxy.username", "ProxyPassword")),
  RateLimit: number(1, MAX_LONG, rateLimit),
  RecordDistributionStrategyDefault: choice(["UNSET", "AUTO", "USER_PARTITION_KEY"], (value) =>
    value === "UNSET"
      ? dropped("the service is asked")
      : mapped("recordDistribution", value, "the service is not asked; the KPL asks it and then follows the answer"),
  ),
  RecordMaxBufferedTime: number(0, MAX_LONG, (value) => clamped("lingerMs", value, 3_600_000)),
  RecordTtl: number(100, MAX_LONG, timeToLive),
  Region: text('the name of a region, such as "eu-west-1"', REGION, (value) => mapped("region", value)),
  RequestTimeout: number(100, 600_000, (value) => mapped("requestTimeoutMs", value)),
  ReturnUserRecordOnFailure: flag(() => dropped("a RecordFailedError always has its record")),
  StsEndpoint: text("a host name", HOST, () => dropped("the KPL ignores it since 1.0.5")),
  StsPort: number(1, 65_535, () => dropped("the KPL ignores it since 1.0.5")),
  TempDirectory: text("a path", ANY, () => dropped(NO_PROCESS)),
  ThreadingModel: choice(["PER_REQUEST", "POOLED"], () => dropped(NO_THREADS)),
  ThreadPoolSize: number(0, MAX_LONG, () => dropped(NO_THREADS)),
  UserRecordTimeoutInMillis: number(0, MAX_LONG, (value) =>
    value === 0
      ? dropped("0 is off")
      : missing(`put(record, { signal: AbortSignal.timeout(${value}) }), or recordTtlMs for every record`),
  ),
  VerifyCertificate: flag((value) =>
    value ? dropped("certificates are verified") : mapped("tls.rejectUnauthorized", false, "for tests only"),
  ),
};
