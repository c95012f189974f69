import type { KinesisClientConfig } from "@aws-sdk/client-kinesis";
import type { ReadStreamOptions, StartingPosition } from "../../reader/index.js";
import { CLIENT_OPTIONS, type RegionVariables, readEndpoint, readRegion } from "../client-options.js";
import { type OptionTable, type OptionValues, wrongValue } from "../option-table.js";
import { UsageError } from "../usage-error.js";

/** The options of `kinesis-producer tail`. */
export const TAIL_OPTIONS: OptionTable = {
  stream: { value: "NAME", meaning: "the stream to read" },
  "stream-arn": { value: "ARN", meaning: "the stream by its ARN" },
  ...CLIENT_OPTIONS,
  from: {
    value: "latest|trim-horizon|TIME",
    meaning: "TIME as 2026-11-24T12:00:00Z, or 15m for 15 minutes ago (s, m, h, d); latest by default",
  },
  "until-end": { meaning: "end after the last record; --from is then trim-horizon by default" },
  raw: { meaning: "print Kinesis records without unpacking aggregates" },
  poll: { value: "MS", meaning: "how often an idle shard is read, at least 200; 1000 by default" },
  quiet: { meaning: "print only problems" },
};

/** The options of one `tail` command line. */
export interface TailOptions {
  readonly client: KinesisClientConfig;
  readonly read: Omit<ReadStreamOptions, "client" | "signal" | "onDropped">;
  readonly isQuiet: boolean;
}

const MS_OF_UNIT: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

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
      pollMs: values.integer("poll", 200, 3_600_000),
    },
    isQuiet: values.has("quiet"),
  };
}

function readFrom(values: OptionValues, now: number): StartingPosition | undefined {
  const text = values.text("from");
  if (text === undefined) return undefined;
  // Also accepts the form of the service and its tools, TRIM_HORIZON.
  const name = text.toLowerCase().replaceAll("_", "-");
  if (name === "latest") return "LATEST";
  if (name === "trim-horizon") return "TRIM_HORIZON";
  const [, count, unit = ""] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  // Date.parse accepts many texts as dates, for example "latest 1".
  const isDate = /^\d{4}-\d\d-\d\d/.test(text);
  const time =
    count === undefined ? (isDate ? Date.parse(text) : Number.NaN) : now - Number(count) * (MS_OF_UNIT[unit] ?? 0);
  if (!Number.isNaN(time) && time <= now) return { timestamp: new Date(time) };
  throw wrongValue("from", "latest, trim-horizon, a time in the past like 2026-11-24T12:00:00Z, or 15m", text);
}
