import type { ProducerOptions } from "../../index.js";
import { CLIENT_OPTIONS, type RegionVariables, readAggregation, readEndpoint, readRegion } from "../client-options.js";
import type { OptionTable, OptionValues } from "../option-table.js";
import { readTime } from "../time-option.js";
import { UsageError } from "../usage-error.js";
import type { LineInput } from "./put-lines.js";
import { linesAsData, linesAsJson, linesAsRecords, type RecordFormat } from "./record-format.js";
import { readSpoolSettings, SPOOL_OPTIONS, type SpoolSettings } from "./spool/spool-settings.js";

/** The options of `kinesis-producer put`. */
export const PUT_OPTIONS: OptionTable = {
  stream: { value: "NAME", meaning: "the stream to send to" },
  "stream-arn": { value: "ARN", meaning: "the stream by its ARN" },
  ...CLIENT_OPTIONS,
  lines: { meaning: "each line is the data of a record, in any format; by default it must be a JSON object" },
  records: {
    meaning: 'each line is { "partitionKey", "explicitHashKey", "data", "tags", "recordId" }, the data a text',
  },
  key: { value: "FIELD", meaning: "the field of the JSON object with the partition key, for example user.id" },
  "partition-key": {
    value: "TEXT",
    meaning: "the partition key of records that have none; by default a random key for each",
  },
  aggregation: { value: "on|off|reshard-safe", meaning: "whether records share Kinesis records; on by default" },
  compression: {
    value: "gzip|zstd|lz4",
    meaning: "compress records that share a Kinesis record; only this package reads them: docs/compression.md",
  },
  "record-ids": { meaning: "give each record an id, for a consumer that drops copies" },
  ordering: { value: "none|shard", meaning: "shard: keep the order of the records of a key; none by default" },
  linger: { value: "TIME", meaning: "how long a record may wait to share a request with others; 100ms by default" },
  ttl: { value: "TIME|infinity", meaning: "how long to try a record before it fails; 30s by default" },
  skip: { value: "COUNT", meaning: "leave out this many lines at the beginning, which an earlier run has sent" },
  "no-gunzip": { meaning: "send the lines of gzip data as they are; by default gzip data is unpacked" },
  "dead-letters": { value: "DIR", meaning: "keep records that failed for good, and lines that are no records, in DIR" },
  replay: { value: "DIR", meaning: "resend the records in DIR, and remove delivered ones" },
  ...SPOOL_OPTIONS,
  progress: { meaning: "print progress once a second even if the standard error is not a terminal" },
  json: { meaning: "print the summary as a line of JSON on the standard output" },
  quiet: { meaning: "print only problems" },
};

/** Where the records come from. */
export type PutSource =
  | ({ readonly kind: "lines" } & Pick<LineInput, "files" | "format" | "skip" | "keepsGzip">)
  | { readonly kind: "replay"; readonly directory: string };

/** The form of the output. */
export type PutOutput = "text" | "json" | "quiet";

/** The options of one `put` command line. */
export interface PutOptions {
  readonly source: PutSource;
  readonly producer: ProducerOptions;
  /** Undefined: the lines are sent without a log on disk. */
  readonly spool: SpoolSettings | undefined;
  /** The directory for failed records; undefined when they are not kept. */
  readonly deadLetters: string | undefined;
  readonly output: PutOutput;
  /** Whether progress is printed even if the standard error is not a terminal. */
  readonly wantsProgress: boolean;
}

/** Flags for options of the producer, where the producer checks the value. */
const FLAGS: Readonly<Record<string, string>> = {
  streamName: "stream",
  streamArn: "stream-arn",
  lingerMs: "linger",
  recordTtlMs: "ttl",
  recordIds: "record-ids",
  compression: "compression",
  maxBytes: "spool-max-bytes",
};

/** The producer's error about an option, in the words of the command line. */
export function inWordsOfFlags(option: string, message: string): string {
  return Object.hasOwn(FLAGS, option) ? message.replace(option, `--${FLAGS[option]}`) : message;
}

/**
 * Reads the options.
 *
 * @param environment - of the process, for the region that the SDK does not look for
 * @throws UsageError for wrong values, or values that exclude each other
 */
export function readPutOptions(values: OptionValues, environment: RegionVariables): PutOptions {
  exclude(values, "json", "quiet");
  exclude(values, "progress", "quiet");
  exclude(values, "stream", "stream-arn");
  const spool = readSpoolSettings(values);
  const source = readSource(values);
  const deadLetters = values.text("dead-letters", { pattern: /./, allowed: "a directory" });
  return {
    source,
    producer: readProducer(values, environment),
    spool,
    deadLetters,
    output: values.has("json") ? "json" : values.has("quiet") ? "quiet" : "text",
    wantsProgress: values.has("progress"),
  };
}

function readSource(values: OptionValues): PutSource {
  const directory = values.text("replay", { pattern: /./, allowed: "a directory" });
  if (directory !== undefined) {
    for (const name of ["lines", "records", "key", "partition-key", "skip", "no-gunzip"])
      exclude(values, "replay", name);
    if (values.has("dead-letters"))
      throw new UsageError("--replay keeps failed records in its directory: leave out --dead-letters");
    if (values.operands.length > 0) throw new UsageError("--replay reads its directory: leave out the files");
    return { kind: "replay", directory };
  }
  if (!(values.has("stream") || values.has("stream-arn"))) throw new UsageError("--stream or --stream-arn is needed");
  if (values.operands.filter((file) => file === "-").length > 1) {
    throw new UsageError("- is the standard input, which can only be read once");
  }
  return {
    kind: "lines",
    files: values.operands,
    format: readFormat(values),
    skip: values.integer("skip", 0, Number.MAX_SAFE_INTEGER) ?? 0,
    keepsGzip: values.has("no-gunzip"),
  };
}

function readFormat(values: OptionValues): RecordFormat {
  exclude(values, "lines", "records");
  exclude(values, "key", "lines");
  exclude(values, "key", "records");
  exclude(values, "key", "partition-key");
  const path = values.text("key", { pattern: /^[^.]+(\.[^.]+)*$/, allowed: "a field, or several separated by dots" });
  const partitionKey = values.text("partition-key", { pattern: /./, allowed: "1 to 256 characters" });
  const hasKeys = path !== undefined || partitionKey !== undefined || values.has("records");
  if (values.text("ordering") === "shard" && !hasKeys) {
    throw new UsageError("--ordering shard orders the records of a key: name one with --key or --partition-key");
  }
  if (values.has("lines")) return linesAsData(partitionKey);
  if (values.has("records")) return linesAsRecords(partitionKey);
  return linesAsJson(path === undefined ? { partitionKey } : { path: path.split(".") });
}

function readProducer(values: OptionValues, environment: RegionVariables): ProducerOptions {
  const streamName = values.text("stream");
  const streamArn = values.text("stream-arn");
  const region = readRegion(values, environment);
  const endpoint = readEndpoint(values);
  const lingerMs = readTime(values, "linger", { minMs: 0, maxMs: 3_600_000 });
  const recordTtlMs = readTime(values, "ttl", { minMs: 1, maxMs: 7 * 86_400_000, mayBeInfinite: true });
  const ordering = values.choice("ordering", { none: "none", shard: "shard" } as const);
  const aggregation = readAggregation(values);
  const compression = values.choice("compression", { gzip: "gzip", zstd: "zstd", lz4: "lz4" } as const);
  return {
    ...(streamName === undefined ? {} : { streamName }),
    ...(streamArn === undefined ? {} : { streamArn }),
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(lingerMs === undefined ? {} : { lingerMs }),
    ...(recordTtlMs === undefined ? {} : { recordTtlMs }),
    ...(ordering === undefined ? {} : { ordering }),
    ...(aggregation === undefined ? {} : { aggregation }),
    ...(compression === undefined ? {} : { compression }),
    ...(values.has("record-ids") ? { recordIds: true } : {}),
  };
}

function exclude(values: OptionValues, one: string, other: string): void {
  if (values.has(one) && values.has(other)) throw new UsageError(`--${one} and --${other} exclude each other`);
}
