import type { StreamUse } from "../bill/bill.js";
import { HOURS_PER_MONTH, PRICES } from "../bill/prices.js";
import { type OptionTable, type OptionValues, wrongValue } from "../option-table.js";
import { linesAsData, linesAsJson, type RecordFormat } from "../put/record-format.js";
import { readSize } from "../size-option.js";
import { readTime } from "../time-option.js";
import { UsageError } from "../usage-error.js";
import { readPrices } from "./prices-file.js";

const DEFAULT_RATE = 1_000;
const MAX_RATE = 1e9;
const DEFAULT_SIZE = 1_024;
const MAX_SIZE = 10 * 1024 * 1024 - 256;
const MAX_SHARDS = 100_000;
const MAX_READERS = 1_000;
const DAY_MS = 86_400_000;
const MAX_RATIO = 1_000;

/** The options of `kinesis-producer cost`. */
export const COST_OPTIONS: OptionTable = {
  rate: { value: "NUMBER", meaning: "records a second; 1000 by default" },
  size: { value: "SIZE", meaning: "data of a record: 300 (bytes), 3kb, 1mb; 1kb by default. 1 KB is 1,024 bytes" },
  file: {
    value: "FILE",
    meaning: "sample records, one a line: they are packed and compressed as the producer does it",
  },
  key: { value: "FIELD", meaning: "the field of the JSON object with the partition key, for example user.id" },
  lines: { meaning: "each line of FILE is the data of a record, in any format; by default it must be a JSON object" },
  compression: { value: "gzip|zstd|lz4", meaning: "the codec for the records of FILE; gzip by default" },
  ratio: { value: "NUMBER", meaning: "with --size: assume that compression makes aggregates this many times smaller" },
  linger: { value: "TIME", meaning: "how long a record may wait in its aggregate; 100ms by default" },
  readers: { value: "COUNT", meaning: "readers that share the throughput of the shards; 1 by default" },
  "fan-out": { value: "COUNT", meaning: "readers with enhanced fan-out; 0 by default" },
  retention: { value: "TIME", meaning: "how long records are kept, 24h to 365d; 24h by default" },
  shards: { value: "COUNT", meaning: "shards of the stream; by default as many as the traffic needs" },
  hours: {
    value: "NUMBER",
    meaning: `hours of the bill; ${HOURS_PER_MONTH} by default: 30 days, as in the examples of AWS. The calculator of AWS has 730`,
  },
  prices: { value: "FILE", meaning: `take the prices from FILE; by default those of ${PRICES.region}, ${PRICES.asOf}` },
  "show-prices": { meaning: "print the prices as JSON, in the form of --prices, and exit" },
  json: { meaning: "print the result as a line of JSON" },
};

/** A codec by its name. */
export type CodecOption = "gzip" | "zstd" | "lz4";

/** The records of the stream. */
export type CostSource =
  | { readonly kind: "size"; readonly bytes: number; readonly ratio?: number }
  | { readonly kind: "file"; readonly file: string; readonly format: RecordFormat; readonly codec: CodecOption };

/** The options of one `cost` command line. */
export interface CostOptions {
  /** Records a second. */
  readonly rate: number;
  readonly source: CostSource;
  readonly lingerMs: number;
  /** Without `shards`, each form has as many as it needs. */
  readonly use: StreamUse & Required<Omit<StreamUse, "shards">>;
  readonly output: "text" | "json" | "prices";
}

/** @throws UsageError for wrong values, or values that exclude each other; CommandError for a wrong price list */
export function readCostOptions(values: OptionValues): CostOptions {
  const file = values.text("prices", { pattern: /./, allowed: "a file" });
  const shards = values.integer("shards", 1, MAX_SHARDS);
  return {
    rate: readNumber(values, "rate", MAX_RATE) ?? DEFAULT_RATE,
    source: readSource(values),
    lingerMs: readTime(values, "linger", { minMs: 0, maxMs: 3_600_000 }) ?? 100,
    use: {
      readers: values.integer("readers", 0, MAX_READERS) ?? 1,
      fanOutReaders: values.integer("fan-out", 0, MAX_READERS) ?? 0,
      retentionHours: (readTime(values, "retention", { minMs: DAY_MS, maxMs: 365 * DAY_MS }) ?? DAY_MS) / 3_600_000,
      hours: readNumber(values, "hours", 8_784) ?? HOURS_PER_MONTH,
      prices: file === undefined ? PRICES : readPrices(file),
      ...(shards === undefined ? {} : { shards }),
    },
    output: values.has("show-prices") ? "prices" : values.has("json") ? "json" : "text",
  };
}

function readSource(values: OptionValues): CostSource {
  const file = values.text("file", { pattern: /./, allowed: "a file" });
  if (file === undefined) {
    for (const name of ["key", "lines", "compression"]) {
      if (values.has(name)) throw new UsageError(`--${name} is for the records of a file: name one with --file`);
    }
    const bytes = readSize(values, "size", MAX_SIZE) ?? DEFAULT_SIZE;
    const ratio = readNumber(values, "ratio", MAX_RATIO, 1);
    return { kind: "size", bytes, ...(ratio === undefined ? {} : { ratio }) };
  }
  for (const name of ["size", "ratio"]) {
    if (values.has(name))
      throw new UsageError(`--file and --${name} exclude each other: the records of the file have it`);
  }
  const codec = values.choice("compression", { gzip: "gzip", zstd: "zstd", lz4: "lz4" } as const) ?? "gzip";
  return { kind: "file", file, format: readFormat(values), codec };
}

function readFormat(values: OptionValues): RecordFormat {
  const path = values.text("key", { pattern: /^[^.]+(\.[^.]+)*$/, allowed: "a field, or several separated by dots" });
  if (!values.has("lines"))
    return linesAsJson(path === undefined ? { partitionKey: undefined } : { path: path.split(".") });
  if (path !== undefined) throw new UsageError("--key and --lines exclude each other");
  return linesAsData(undefined);
}

/** @throws UsageError when the value is not a number above 0, or from `min` on, up to `max` */
function readNumber(values: OptionValues, name: string, max: number, min?: number): number | undefined {
  const text = values.text(name);
  if (text === undefined) return undefined;
  const number = /^\d{1,12}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
  if (number > 0 && number >= (min ?? 0) && number <= max) return number;
  const from = min === undefined ? "above 0" : `of at least ${min}`;
  throw wrongValue(name, `a number ${from}, up to ${max.toLocaleString("en")}`, text);
}
