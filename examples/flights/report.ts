import { type Bill, billOf, HOURS_PER_MONTH, PRICES, type Traffic, type TrafficMeter } from "#bill";
import type { DataPart } from "./data-set.js";
import type { Options } from "./options.js";
import type { Produced } from "./produce.js";
import type { ReadBack } from "./read-back.js";

/** Figures of one round trip of the data. */
export interface TripReport {
  readonly seconds: number;
  readonly recordsPerSecond: number;
  readonly megabytesPerSecond: number;
  readonly delivered: number;
  readonly failed: number;
  readonly kinesisRecords: number;
  /** Bytes of their data. */
  readonly storedBytes: number;
  readonly putPayloadUnits: number;
  readonly putRecordsCalls: number;
  /** User records in a Kinesis record. */
  readonly packingRatio: number;
  /** From acceptance to delivery, within 10 %. */
  readonly latencyMs: { readonly p50: number; readonly p99: number };
  readonly readBack: Omit<ReadBack, "traffic">;
  readonly isGood: boolean;
}

/** Everything that is reported. */
export interface Report extends TripReport {
  readonly options: Options;
  readonly data: readonly DataPart[];
  readonly sent: number;
  /** The same data compressed. Its figures are beside those of the report, which are without compression. */
  readonly compressed?: TripReport;
  /** Bills of a month at the rate of the first round trip. */
  readonly cost: {
    readonly asSent: Bill;
    readonly compressed?: Bill;
    /** With one Kinesis record for every user record. */
    readonly oneByOne: Bill;
  };
}

/** The data there and back. */
export interface RoundTrip {
  readonly produced: Produced;
  readonly readBack: ReadBack;
}

/** The input of a report. */
export interface Findings {
  readonly options: Options;
  readonly data: readonly DataPart[];
  readonly plain: RoundTrip;
  readonly compressed: RoundTrip | undefined;
  /** The user records, each as its own Kinesis record. */
  readonly oneByOne: TrafficMeter;
}

export function newReport({ options, data, plain, compressed, oneByOne }: Findings): Report {
  const { seconds } = plain.produced;
  const bill = (traffic: Traffic): Bill => billOf(traffic, seconds);
  const plainReport = tripReport(plain, oneByOne);
  const compressedReport = compressed === undefined ? undefined : tripReport(compressed, oneByOne);
  return {
    ...plainReport,
    options,
    data,
    sent: oneByOne.kinesisRecords,
    ...(compressedReport === undefined ? {} : { compressed: compressedReport }),
    cost: {
      asSent: bill(plain.readBack.traffic),
      ...(compressed === undefined ? {} : { compressed: bill(compressed.readBack.traffic) }),
      oneByOne: bill(oneByOne),
    },
    isGood: plainReport.isGood && compressedReport?.isGood !== false,
  };
}

function tripReport({ produced, readBack }: RoundTrip, oneByOne: TrafficMeter): TripReport {
  const { seconds, delivered, failed, stats } = produced;
  const { traffic, ...comparison } = readBack;
  const { lost, changed, duplicated, dropped } = comparison;
  const sent = oneByOne.kinesisRecords;
  return {
    seconds,
    recordsPerSecond: sent / seconds,
    megabytesPerSecond: oneByOne.bytes / seconds / 1e6,
    delivered,
    failed,
    kinesisRecords: traffic.kinesisRecords,
    storedBytes: traffic.dataBytes,
    putPayloadUnits: traffic.putUnits,
    putRecordsCalls: stats.requests,
    packingRatio: comparison.userRecords / traffic.kinesisRecords,
    latencyMs: { p50: stats.latencyMs.p50, p99: stats.latencyMs.p99 },
    readBack: comparison,
    isGood: delivered === sent && failed + lost + changed + duplicated + dropped === 0,
  };
}

const number = (value: number, digits = 0): string =>
  value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const dollars = (value: number): string => `$${number(value, value < 100 ? 2 : 0)}`;

const HOW = { put: "put()", enqueue: "enqueue() and ready()", many: "putMany()" } as const;

/** The lines printed before a run. */
export function describeRun(options: Options, data: readonly DataPart[], records: number): string {
  const { shards, how, aggregation, compression, paced } = options;
  const parts = data.map(
    ({ file, records, key, distinctKeys, hottestKey, hottestShare }) =>
      `${file}, ${number(records)} records; key: ${key}, ${number(distinctKeys)} keys, the hottest ${hottestKey} with ${number(100 * hottestShare, 1)} %`,
  );
  const twice = compression === undefined ? "" : `, then again with ${compression}`;
  return [
    `${number(records)} flights to a local Kinesis stream of ${shards} ${shards === 1 ? "shard" : "shards"} and back`,
    "",
    ...parts.map((part, i) => line(i === 0 ? "data" : "", part)),
    line("sent by", `${HOW[how]}, ${aggregation ? "aggregated" : "without aggregation"}${twice}`),
    line(
      "pacing",
      paced
        ? "the real limits of a shard, 1,000 records/s and 1 MiB/s; the stream itself is local"
        : "off for the local stream; --paced keeps the real limits of a shard",
    ),
    "",
  ].join("\n");
}

/** The lines printed after a run. */
export function describeReport(report: Report): string {
  const { options, compressed, sent } = report;
  return [
    ...describeTrip(report, sent),
    "",
    ...(compressed === undefined
      ? []
      : [`with ${options.compression}`, ...describeTrip(compressed, sent), ...describeSavings(report, compressed), ""]),
    ...describeCost(report),
    "",
    `${report.isGood ? "good:" : "NOT GOOD:"} ${describeResult(report)}${compressed === undefined ? "" : `; ${options.compression}: ${describeResult(compressed)}`}`,
    "",
  ].join("\n");
}

function describeTrip(trip: TripReport, sent: number): string[] {
  const { seconds, readBack, latencyMs, kinesisRecords, putRecordsCalls } = trip;
  return [
    line("rate", `${number(trip.recordsPerSecond)} records/s, ${number(trip.megabytesPerSecond, 1)} MB/s`),
    line("", `${number(sent)} records in ${number(seconds, 2)} s, all in one process with the local Kinesis`),
    line("used", `${number(kinesisRecords)} Kinesis records in ${number(putRecordsCalls)} PutRecords calls`),
    line("packing", `${number(trip.packingRatio, 1)} records in a Kinesis record`),
    line("latency", `p50 ${number(latencyMs.p50)} ms, p99 ${number(latencyMs.p99)} ms, from acceptance to delivery`),
    line(
      "read back",
      `${number(readBack.userRecords)} records in ${number(readBack.seconds, 2)} s, ${number(readBack.getRecordsCalls)} GetRecords calls`,
    ),
  ];
}

function describeSavings({ storedBytes, putPayloadUnits, cost }: Report, compressed: TripReport): string[] {
  const { shards } = cost.asSent.provisioned;
  const after = cost.compressed?.provisioned.shards ?? 0;
  const times = (before: number, now: number): string => number(before / Math.max(1, now), 1);
  return [
    line(
      "stored",
      `${number(compressed.storedBytes)} bytes, ${times(storedBytes, compressed.storedBytes)} times fewer`,
    ),
    line(
      "PUT units",
      `${number(compressed.putPayloadUnits)} instead of ${number(putPayloadUnits)}, ${times(putPayloadUnits, compressed.putPayloadUnits)} times fewer`,
    ),
    line("shards", `${number(after)} instead of ${number(shards)} at the rate of the first run`),
  ];
}

function describeResult({ delivered, failed, readBack }: TripReport): string {
  const { lost, changed, duplicated, dropped } = readBack;
  const trouble = failed + dropped === 0 ? "" : `, ${number(failed)} failed, ${number(dropped)} dropped by the reader`;
  return `${number(delivered)} delivered, ${number(lost)} lost, ${number(changed)} changed, ${number(duplicated)} duplicated${trouble}`;
}

function describeCost({ options, cost }: Report): string[] {
  const { asSent, oneByOne, compressed } = cost;
  const columns: readonly (readonly [head: string, bill: Bill])[] = options.aggregation
    ? [
        ...(compressed === undefined ? [] : [[`with ${options.compression}`, compressed] as const]),
        ["with aggregation", asSent],
        ["without", oneByOne],
      ]
    : [["without aggregation", oneByOne]];
  const row = (label: string, of: (bill: Bill) => string): string =>
    `  ${label.padEnd(32)}${columns.map(([, bill]) => of(bill).padStart(20)).join("")}`;
  return [
    `A month (${HOURS_PER_MONTH} h) at this rate, writing only`,
    `  ${" ".repeat(32)}${columns.map(([head]) => head.padStart(20)).join("")}`,
    row("provisioned: shards needed", ({ provisioned }) => number(provisioned.shards)),
    row("  shard hours", ({ provisioned }) => dollars(provisioned.shardHours)),
    row("  PUT payload units of 25 KB", ({ provisioned }) => dollars(provisioned.putUnits)),
    row("  together", ({ provisioned }) => dollars(provisioned.total)),
    row("on-demand standard: data in", ({ onDemand }) => dollars(onDemand.dataIn)),
    row("  stream hours", ({ onDemand }) => dollars(onDemand.streamHours)),
    row("  together", ({ onDemand }) => dollars(onDemand.total)),
    `  List prices of ${PRICES.region} as of ${PRICES.asOf}; kinesis-producer cost computes other streams.`,
  ];
}

function line(label: string, text: string): string {
  return `${label.padEnd(11)}${text}`;
}
