import {
  CLOSING_SIGNALS,
  has,
  hasKeys,
  isHttpUrl,
  isLogger,
  isPem,
  isStreamName,
  REGION,
  streamNameOf,
} from "./option-checks.js";
import type { AggregationOptions, ProducerOptions, ShardLimitOptions, TlsOptions } from "./options.js";
import {
  MAX_RECORD_BYTES,
  MAX_REQUEST_BYTES,
  MAX_REQUEST_RECORDS,
  SHARD_BYTES_PER_SECOND,
  SHARD_RECORDS_PER_SECOND,
} from "./quotas.js";

/** Options that are objects of options. */
interface Sections {
  readonly tls: TlsOptions;
  readonly aggregation: AggregationOptions;
  readonly shardLimits: ShardLimitOptions;
}

type PathIn<Section extends keyof Sections> = `${Section}.${keyof Sections[Section] & string}`;

/** The name of an option. In a section, the name of the section comes first: `aggregation.maxBytes`. */
export type OptionPath = keyof ProducerOptions | { [Section in keyof Sections]: PathIn<Section> }[keyof Sections];

/** The type of an option's value. */
export type OptionValue<Path extends OptionPath> = Path extends keyof ProducerOptions
  ? NonNullable<ProducerOptions[Path]>
  : Path extends `${infer Section extends keyof Sections}.${infer Name}`
    ? NonNullable<Sections[Section][Name & keyof Sections[Section]]>
    : never;

/** Options whose values come from the service when they are not set. */
export type AskedFor = "recordDistribution" | "maxRecordBytes";

interface AnyRow {
  /**
   * Names of this option in the KPL, Kafka's clients and other wrappers. Capitals, dots and a leading `set` do not
   * count.
   */
  readonly aliases?: readonly string[];
}

/** An option that is a number: its range, and the reason for the range. */
export interface NumberRow extends AnyRow {
  readonly kind: "number";
  readonly default: number | undefined;
  readonly min: number;
  readonly max: number;
  readonly why: string;
  readonly isWhole?: boolean;
  readonly mayBeInfinite?: boolean;
}

/** An option that is true or false. */
export interface FlagRow extends AnyRow {
  readonly kind: "flag";
  readonly default: boolean;
}

/** An option that is one of a few words. */
export interface ChoiceRow<Choice extends string = string> extends AnyRow {
  readonly kind: "choice";
  readonly default: Choice | undefined;
  readonly choices: readonly Choice[];
}

/** An option that is an object of options, or stands for one. */
export interface SectionRow extends AnyRow {
  readonly kind: "section";
  readonly default?: boolean;
  readonly wanted: string;
  /** The options that a short form stands for; undefined for a value that is not a short form. */
  readonly shortFor?: (value: unknown) => object | undefined;
}

/** Any other option. */
export interface ValueRow extends AnyRow {
  readonly kind: "value";
  /** The expected kind of value, and the test for it. Without them any value is valid. */
  readonly wanted?: string;
  readonly isRight?: (value: unknown) => boolean;
}

export type OptionRow = NumberRow | FlagRow | ChoiceRow | SectionRow | ValueRow;

type RowOf<Path extends OptionPath> = Path extends keyof Sections
  ? SectionRow
  : [OptionValue<Path>] extends [number]
    ? WithDefault<Path, NumberRow>
    : [OptionValue<Path>] extends [boolean]
      ? FlagRow
      : string extends OptionValue<Path>
        ? ValueRow
        : [OptionValue<Path>] extends [infer Choice extends string]
          ? WithDefault<Path, ChoiceRow<Choice>>
          : ValueRow;

type WithDefault<Path, Row extends { readonly default: unknown }> = Path extends AskedFor
  ? Row & { readonly default: undefined }
  : Row & { readonly default: NonNullable<Row["default"]> };

const FUNCTION = {
  kind: "value",
  wanted: "a function",
  isRight: (value: unknown) => typeof value === "function",
} as const;

/**
 * Every option of a producer: its kind, its default, its range with the reason, and its names in other libraries.
 * Types, meanings and documented defaults are in `ProducerOptions` and its sections, in the same order. A new option
 * needs a field there and a row here: the compiler requires the row, a test compares the defaults, and checks, messages
 * and docs/reference.md follow from both.
 */
export const OPTIONS: { readonly [Path in OptionPath]: RowOf<Path> } = {
  streamName: {
    kind: "value",
    wanted: "a name of 1 to 128 letters, digits, underscores, dots or hyphens",
    isRight: isStreamName,
    aliases: ["stream", "topic"],
  },
  streamArn: {
    kind: "value",
    wanted: "arn:aws:kinesis:<region>:<account>:stream/<name>",
    isRight: (value) => streamNameOf(value) !== undefined,
    aliases: ["arn"],
  },
  client: { kind: "value", wanted: "a KinesisClient", isRight: has("send"), aliases: ["kinesis", "kinesisClient"] },
  region: {
    kind: "value",
    wanted: 'the name of a region, such as "eu-west-1"',
    isRight: (value) => typeof value === "string" && REGION.test(value),
    aliases: ["awsRegion"],
  },
  endpoint: {
    kind: "value",
    wanted: "a URL that begins with http: or https:",
    isRight: isHttpUrl,
    aliases: ["KinesisEndpoint", "KinesisPort", "brokers", "bootstrap.servers", "endpointUrl"],
  },
  credentials: {
    kind: "value",
    wanted: "a provider function, or an object with the texts accessKeyId and secretAccessKey",
    isRight: (value) => typeof value === "function" || hasKeys(value),
    aliases: ["CredentialsProvider", "accessKeyId", "secretAccessKey", "sessionToken"],
  },
  agent: {
    kind: "value",
    wanted: "an http.Agent or https.Agent",
    isRight: has("addRequest"),
    aliases: ["httpsAgent", "httpAgent", "httpOptions", "requestHandler"],
  },
  tls: {
    kind: "section",
    wanted: "an object",
    aliases: ["ssl", "sslEnabled", "httpsOptions"],
  },
  "tls.ca": {
    kind: "value",
    wanted: "certificates in PEM as a string or a Uint8Array, or a list of them",
    isRight: (value) => (Array.isArray(value) ? value : [value]).every(isPem),
    aliases: ["CaCertFile", "CaCertPath"],
  },
  "tls.rejectUnauthorized": { kind: "flag", default: true, aliases: ["VerifyCertificate"] },
  "tls.servername": { kind: "value", wanted: "a host name", isRight: (value) => typeof value === "string" },
  proxy: {
    kind: "value",
    // A text may have a password, and is checked where no message shows it (edge/proxy-settings).
    wanted: 'a URL, "environment" or an object with url',
    isRight: (value) => typeof value === "string" || typeof (value as { url?: unknown } | null)?.url === "string",
    aliases: ["ProxyHost", "ProxyPort", "ProxyUserName", "ProxyPassword", "httpProxy", "httpsProxy"],
  },
  connectTimeoutMs: {
    kind: "number",
    default: 5_000,
    min: 1,
    max: 300_000,
    why: "a connection needs time to be made",
    aliases: ["ConnectTimeout", "connectionTimeout"],
  },
  aggregation: {
    kind: "section",
    default: true,
    wanted: 'true, false, "reshard-safe" or an object',
    shortFor: (value) => (value === "reshard-safe" ? { mode: value } : typeof value === "boolean" ? {} : undefined),
    aliases: ["AggregationEnabled"],
  },
  "aggregation.maxBytes": {
    kind: "number",
    default: 51_200,
    min: 64,
    max: MAX_RECORD_BYTES - 1,
    why: "an aggregate has an envelope, and is a Kinesis record with a key of 1 byte",
    isWhole: true,
    aliases: ["AggregationMaxSize"],
  },
  "aggregation.maxCount": {
    kind: "number",
    default: 4_294_967_295,
    min: 1,
    max: 4_294_967_295,
    why: "an aggregate holds at least one user record",
    isWhole: true,
  },
  "aggregation.mode": { kind: "choice", default: "shard", choices: ["shard", "reshard-safe"] },
  compression: {
    kind: "value",
    wanted: '"zstd", "gzip", "lz4", { codec, level } or a codec with name, compress and decompress',
    aliases: ["compressionType"],
  },
  lingerMs: {
    kind: "number",
    default: 100,
    min: 0,
    max: 3_600_000,
    why: "a record that waits longer is hardly streamed",
    aliases: ["RecordMaxBufferedTime", "linger", "batchTimeout", "flushInterval", "flushTimeout", "maxBatchTime"],
  },
  maxRequestRecords: {
    kind: "number",
    default: MAX_REQUEST_RECORDS,
    min: 1,
    max: MAX_REQUEST_RECORDS,
    why: "PutRecords takes at most 500 entries",
    isWhole: true,
    aliases: ["CollectionMaxCount", "batchSize", "maxBatchSize", "maxRecords"],
  },
  maxRequestBytes: {
    kind: "number",
    default: 5 * 1024 * 1024,
    min: 1,
    max: MAX_REQUEST_BYTES,
    why: "PutRecords takes at most 10 MiB",
    isWhole: true,
    aliases: ["CollectionMaxSize", "maxRequestSize", "maxBatchBytes"],
  },
  maxInFlightRequests: {
    kind: "number",
    default: 24,
    min: 1,
    max: 1_000,
    why: "each takes a connection",
    isWhole: true,
    aliases: ["MaxConnections", "maxInFlightRequestsPerConnection", "concurrency", "maxSockets"],
  },
  requestTimeoutMs: {
    kind: "number",
    default: 6_000,
    min: 100,
    max: 600_000,
    why: "a request needs time to be answered",
    aliases: ["RequestTimeout", "timeout"],
  },
  maxBufferedRecords: {
    kind: "number",
    default: 100_000,
    min: 1,
    max: 2 ** 31,
    why: "the buffer holds at least one record",
    isWhole: true,
    aliases: ["highWaterMark", "bufferSize"],
  },
  maxBufferedBytes: {
    kind: "number",
    default: 64 * 1024 * 1024,
    min: 1024,
    max: 2 ** 40,
    why: "the buffer holds at least a small record",
    isWhole: true,
    aliases: ["bufferMemory"],
  },
  maxWaitingPuts: {
    kind: "number",
    default: 1_000_000,
    min: 0,
    max: 2 ** 31,
    why: "waiting puts are counted",
    isWhole: true,
  },
  maxWaitingBytes: {
    kind: "number",
    default: 512 * 1024 * 1024,
    min: 0,
    max: 2 ** 40,
    why: "bytes of waiting puts are counted",
    isWhole: true,
  },
  maxBufferedShare: { kind: "number", default: 0.75, min: 0.01, max: 1, why: "it is a share of the buffer" },
  recordTtlMs: {
    kind: "number",
    default: 30_000,
    min: 1,
    max: 7 * 86_400_000,
    why: "a record needs time to be sent",
    mayBeInfinite: true,
    aliases: ["RecordTtl", "deliveryTimeoutMs", "UserRecordTimeoutInMillis", "maxRetryTime"],
  },
  maxAttempts: {
    kind: "number",
    default: Number.POSITIVE_INFINITY,
    min: 1,
    max: 2 ** 31,
    why: "a record is tried at least once",
    isWhole: true,
    mayBeInfinite: true,
    aliases: ["maxRetries", "retries", "retry", "retryCount"],
  },
  failIfThrottled: { kind: "flag", default: false },
  recordIds: { kind: "flag", default: false, aliases: ["idempotent", "enableIdempotence"] },
  propagate: FUNCTION,
  serialize: { ...FUNCTION, aliases: ["serializer", "encoder", "valueSerializer"] },
  ordering: { kind: "choice", default: "none", choices: ["none", "shard"], aliases: ["ordered"] },
  onOrderedFailure: { kind: "choice", default: "skip", choices: ["skip", "failKey"] },
  shardLimits: { kind: "section", wanted: "an object", aliases: ["RateLimit", "rateLimits"] },
  "shardLimits.recordsPerSecond": {
    kind: "number",
    default: SHARD_RECORDS_PER_SECOND,
    min: 0.1,
    max: 1e12,
    why: "a shard that takes nothing delivers nothing",
  },
  "shardLimits.bytesPerSecond": {
    kind: "number",
    default: SHARD_BYTES_PER_SECOND,
    min: 1,
    max: 1e15,
    why: "a shard that takes nothing delivers nothing",
  },
  "shardLimits.adaptive": { kind: "flag", default: true },
  recordDistribution: {
    kind: "choice",
    default: undefined,
    choices: ["AUTO", "USER_PARTITION_KEY"],
    aliases: ["RecordDistributionStrategyDefault", "recordDistributionStrategy"],
  },
  maxRecordBytes: {
    kind: "number",
    default: undefined,
    min: 1,
    max: MAX_RECORD_BYTES,
    why: "no stream takes records above 10 MiB",
    isWhole: true,
    aliases: ["MaxUserRecordSize", "maxRecordSize"],
  },
  shardMapTimeoutMs: { kind: "number", default: 5_000, min: 1, max: 600_000, why: "records wait this long for a map" },
  shardMapMaxAgeMs: {
    kind: "number",
    default: 3_600_000,
    min: 1_000,
    max: 7 * 86_400_000,
    why: "ListShards has a rate limit",
    aliases: ["metadataMaxAge"],
  },
  streamSummaryMaxAgeMs: {
    kind: "number",
    default: 3_600_000,
    min: 1_000,
    max: 7 * 86_400_000,
    why: "DescribeStreamSummary has a rate limit",
    aliases: ["DescribeStreamSummaryIntervalMs"],
  },
  closeOnSignals: {
    kind: "value",
    wanted: 'a list of "SIGTERM", "SIGINT" and "SIGHUP"',
    isRight: (value) => Array.isArray(value) && value.every((signal) => CLOSING_SIGNALS.has(signal)),
  },
  protocol: { kind: "choice", default: "json", choices: ["json", "cbor"] },
  transport: {
    kind: "value",
    wanted: '"sdk" or an object with a putRecords method',
    isRight: (value) => value === "sdk" || has("putRecords")(value),
  },
  directory: {
    kind: "value",
    wanted: "an object with listShards and describeStream methods",
    isRight: has("listShards"),
  },
  onDelivery: FUNCTION,
  onFailed: { ...FUNCTION, aliases: ["onError"] },
  logger: {
    kind: "value",
    wanted: "a function, or an object with a warn method, as console and pino are",
    isRight: isLogger,
    aliases: ["LogLevel", "logCreator"],
  },
  clock: { kind: "value" },
  random: FUNCTION,
};
