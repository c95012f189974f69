import type { KinesisClientConfig } from "@aws-sdk/client-kinesis";
import type { ReadStreamOptions, StartingPosition } from "../../reader/index.js";
import { CLIENT_OPTIONS, type RegionVariables, readEndpoint, readRegion } from "../client-options.js";
import { type OptionTable, type OptionValues, wrongValue } from "../option-table.js";
import { readTime, timeOf } from "../time-option.js";
import { UsageError } from "../usage-error.js";

/** The options of `kinesis-producer tail`. */
export const TAIL_OPTIONS: OptionTable = {
  stream: { value: "NAME", meaning: "the stream to read" },
  "stream-arn": { value: "ARN", meaning: "the stream by its ARN" },
  ...CLIENT_OPTIONS,
  from: {
    value: "latest|trim-horizon|TIME",
    meaning: "TIME as 2026-11-24T12:00:00Z, or 15m for 15 minutes ago (ms, s, m, h, d); latest by default",
  },
  "until-end": { meaning: "end after the last record; --from is then trim-horizon by default" },
  shard: {
    value: "ID",
    isRepeatable: true,
    meaning: "read only this shard, and not its children; shardId-000000000003 or 3",
  },
  key: { value: "KEY", isRepeatable: true, meaning: "print only records with this partition key" },
  limit: { value: "COUNT", meaning: "end after this many records" },
  data: { meaning: "print only the data of each record, its bytes unchanged, and a line feed" },
  raw: { meaning: "print Kinesis records without unpacking aggregates" },
  poll: { value: "TIME", meaning: "how often an idle shard is read, at least 200ms; 1s by default" },
  quiet: { meaning: "print only problems" },
};

/** The options of one `tail` command line. */
export interface TailOptions {
  readonly client: KinesisClientConfig;
  readonly read: Omit<ReadStreamOptions, "client" | "signal" | "onDropped">;
  /** The partition keys of the records to print; undefined for all. */
  readonly keys: ReadonlySet<string> | undefined;
  /** Records to print before the end. */
  readonly limit: number;
  /** Whether only the data of a record is printed. */
  readonly isDataOnly: boolean;
  readonly isQuiet: boolean;
}

/** Attempts of a call while the stream is followed. The endpoint watch ends a command that reaches nothing. */
const ENDLESS = Number.MAX_SAFE_INTEGER;

/**
 * Reads the options.
 *
 * @param environment - of the process, for the region that the SDK does not look for
 * @param now - milliseconds since the Unix epoch
 * @throws UsageError for wrong values, or values that exclude each other
 */
export function readTailOptions(values: OptionValues, environment: RegionVariables, now: number): TailOptions {
  const streamName = values.text("stream");
  const streamArn = values.text("stream-arn");
  if ((streamName === undefined) === (streamArn === undefined)) {
    throw new UsageError("exactly one of --stream and --stream-arn is needed");
  }
  const region = readRegion(values, environment);
  const endpoint = readEndpoint(values);
  const untilEnd = values.has("until-end");
  return {
    client: { ...(region === undefined ? {} : { region }), ...(endpoint === undefined ? {} : { endpoint }) },
    read: {
      streamName,
      streamArn,
      from: readFrom(values, now) ?? (untilEnd ? "TRIM_HORIZON" : "LATEST"),
      untilEnd,
      deaggregate: !values.has("raw"),
      pollMs: readTime(values, "poll", { minMs: 200, maxMs: 3_600_000 }),
      shardIds: readShardIds(values),
      ...(untilEnd ? {} : { maxAttempts: ENDLESS }),
    },
    keys: values.has("key") ? new Set(values.texts("key")) : undefined,
    limit: values.integer("limit", 1, Number.MAX_SAFE_INTEGER) ?? Number.POSITIVE_INFINITY,
    isDataOnly: values.has("data"),
    isQuiet: values.has("quiet"),
  };
}

function readShardIds(values: OptionValues): readonly string[] | undefined {
  if (!values.has("shard")) return undefined;
  return values.texts("shard").map((text) => {
    if (/^\d{1,12}$/.test(text)) return `shardId-${text.padStart(12, "0")}`;
    if (/^[\w.-]{1,128}$/.test(text)) return text;
    throw wrongValue("shard", "a shard like shardId-000000000003, or its number", text);
  });
}

function readFrom(values: OptionValues, now: number): StartingPosition | undefined {
  const text = values.text("from");
  if (text === undefined) return undefined;
  // Also accepts the form of the service and its tools, TRIM_HORIZON.
  const name = text.toLowerCase().replaceAll("_", "-");
  if (name === "latest") return "LATEST";
  if (name === "trim-horizon") return "TRIM_HORIZON";
  // A plain number could be a time of the day, or a time since an epoch.
  const agoMs = /[a-z]$/.test(text) ? timeOf(text) : undefined;
  // Date.parse accepts many texts as dates, for example "latest 1".
  const isDate = /^\d{4}-\d\d-\d\d/.test(text);
  const time = agoMs === undefined ? (isDate ? Date.parse(text) : Number.NaN) : now - agoMs;
  if (!Number.isNaN(time) && time <= now) return { timestamp: new Date(time) };
  throw wrongValue("from", "latest, trim-horizon, a time in the past like 2026-11-24T12:00:00Z, or 15m", text);
}
