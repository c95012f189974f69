import { parseArgs } from "node:util";
import type { CodecName } from "kinesis-producer";
import type { DataChoice } from "./data-set.js";
import type { How } from "./produce.js";

/** The options of the command line. */
export interface Options {
  readonly shards: number;
  /** Undefined: every row of the data once. */
  readonly records: number | undefined;
  readonly data: DataChoice;
  readonly how: How;
  readonly aggregation: boolean;
  /** Undefined: no compression. */
  readonly compression: CodecName | undefined;
  readonly paced: boolean;
  readonly json: boolean;
}

export const HELP = `Usage: npm start -- [options]

Sends a data set of flights (npm vega-datasets) to a local Kinesis stream with kinesis-producer, reads it back with
GetRecords and the deaggregator, and compares every record. Exit status 0 only if each record is read once and unchanged.

  --data 20k|200k|both       flights-20k.json, keyed by origin airport: a few hot keys among many
                             flights-200k.json, keyed by distance in miles (it has no airports)
                             (default: both)
  --records N                number of records; above the size of the data, rows repeat
                             (default: all of the data, once)
  --shards N                 shards of the stream (default: 4)
  --how put|enqueue|many     put(): a promise for every record
                             enqueue() and ready(): outcomes in batches
                             putMany(): the producer pulls (default)
  --no-aggregation           one Kinesis record for every record, for comparison
  --compression gzip|zstd|lz4
                             send the data twice, also compressed, and compare; zstd needs Node.js 22.15 or later, lz4 the
                             package lz4-napi
  --paced                    keep the real limits of a shard, 1,000 records/s and 1 MiB/s; by default there is no pacing
  --json                     the figures as JSON on stdout
  --help                     this text
`;

const MAX_SHARDS = 1_000;
const MAX_RECORDS = 10_000_000;

/**
 * Reads the command line.
 *
 * @returns `"help"` for --help
 * @throws Error with a text for the user
 */
export function readOptions(args: readonly string[]): Options | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: "string", default: "both" },
      records: { type: "string" },
      shards: { type: "string", default: "4" },
      how: { type: "string", default: "many" },
      "no-aggregation": { type: "boolean", default: false },
      compression: { type: "string" },
      paced: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const { compression } = values;
  if (compression !== undefined && values["no-aggregation"])
    throw new Error("--compression compresses aggregates: leave out --no-aggregation");
  return {
    data: oneOf("--data", values.data, ["20k", "200k", "both"]),
    how: oneOf("--how", values.how, ["put", "enqueue", "many"]),
    shards: wholeNumber("--shards", values.shards, MAX_SHARDS),
    records: values.records === undefined ? undefined : wholeNumber("--records", values.records, MAX_RECORDS),
    aggregation: !values["no-aggregation"],
    compression:
      compression === undefined ? undefined : oneOf<CodecName>("--compression", compression, ["gzip", "zstd", "lz4"]),
    paced: values.paced,
    json: values.json,
  };
}

function oneOf<T extends string>(name: string, value: string, known: readonly T[]): T {
  const found = known.find((each) => each === value);
  if (found === undefined) throw new Error(`${name} must be one of ${known.join(", ")}, got ${JSON.stringify(value)}`);
  return found;
}

function wholeNumber(name: string, value: string, max: number): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < 1 || number > max) {
    throw new Error(
      `${name} must be a whole number from 1 to ${max.toLocaleString("en-US")}, got ${JSON.stringify(value)}`,
    );
  }
  return number;
}
