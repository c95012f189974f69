import { readFileSync } from "node:fs";
import type { UserRecord } from "kinesis-producer";

/** Which files of `vega-datasets` (domestic flights in the USA, 2001) are used. */
export type DataChoice = "20k" | "200k" | "both";

/** A record to send. Its data is text, so that records read back can be compared with it. */
export interface FlightRecord extends UserRecord {
  readonly partitionKey: string;
  readonly data: string;
}

/** Description of a part of the data set. */
export interface DataPart {
  readonly file: string;
  readonly records: number;
  readonly key: string;
  readonly distinctKeys: number;
  readonly hottestKey: string;
  /** Share of the records with the hottest key. */
  readonly hottestShare: number;
}

export interface DataSet {
  readonly parts: readonly DataPart[];
  readonly records: readonly FlightRecord[];
}

interface Source {
  readonly file: string;
  readonly key: string;
  readonly keyOf: (row: Readonly<Record<string, unknown>>) => string;
}

const BY_ORIGIN: Source = {
  file: "flights-20k.json",
  key: "origin airport",
  keyOf: (row) => String(row.origin),
};

/** These rows have delay, distance and time of day, but no airports. The distance replaces the route. */
const BY_DISTANCE: Source = {
  file: "flights-200k.json",
  key: "distance in miles, in place of a route",
  keyOf: (row) => `${row.distance} mi`,
};

const SOURCES: Readonly<Record<DataChoice, readonly Source[]>> = {
  "20k": [BY_ORIGIN],
  "200k": [BY_DISTANCE],
  both: [BY_ORIGIN, BY_DISTANCE],
};

/**
 * Reads the data, gives each record a number that identifies it, and encodes it as JSON.
 *
 * @param wanted - number of records; above the size of the data, rows repeat. Undefined: every row once
 */
export function readDataSet(choice: DataChoice, wanted: number | undefined): DataSet {
  const files = SOURCES[choice].map((source) => ({ source, rows: readRows(source.file) }));
  const rows = files.flatMap((file) => file.rows.map((row) => ({ row, source: file.source })));
  const records: FlightRecord[] = [];
  for (let id = 0; id < (wanted ?? rows.length); id++) {
    const { row, source } = rows[id % rows.length] as (typeof rows)[number];
    records.push({ partitionKey: source.keyOf(row), data: JSON.stringify({ id, ...row }) });
  }
  return { records, parts: files.map(({ source, rows }) => describe(source, rows)) };
}

function readRows(file: string): Record<string, unknown>[] {
  // The package does not export its data files.
  const path = new URL(`../data/${file}`, import.meta.resolve("vega-datasets"));
  return JSON.parse(readFileSync(path, "utf8"));
}

function describe({ file, key, keyOf }: Source, rows: readonly Record<string, unknown>[]): DataPart {
  const counts = new Map<string, number>();
  let hottestKey = "";
  for (const row of rows) {
    const value = keyOf(row);
    counts.set(value, (counts.get(value) ?? 0) + 1);
    if ((counts.get(value) as number) > (counts.get(hottestKey) ?? 0)) hottestKey = value;
  }
  const hottestShare = (counts.get(hottestKey) ?? 0) / rows.length;
  return { file, records: rows.length, key, distinctKeys: counts.size, hottestKey, hottestShare };
}
