import type { DataPart } from "./data-set.js";
import type { Options } from "./options.js";
import { HOURS_PER_MONTH, type MonthlyCost, monthlyCost, PRICES, type TrafficMeter } from "./prices.js";
import type { Produced } from "./produce.js";
import type { ReadBack } from "./read-back.js";

/** Everything that is reported. */
export interface Report {
  readonly options: Options;
  readonly data: readonly DataPart[];
  readonly sent: number;
  readonly seconds: number;
  readonly recordsPerSecond: number;
  readonly megabytesPerSecond: number;
  readonly delivered: number;
  readonly failed: number;
  readonly kinesisRecords: number;
  readonly putRecordsCalls: number;
  /** User records in a Kinesis record. */
  readonly packingRatio: number;
  /** From acceptance to delivery, within 10 %. */
  readonly latencyMs: { readonly p50: number; readonly p99: number };
  readonly readBack: Omit<ReadBack, "traffic">;
  readonly cost: {
    readonly prices: typeof PRICES;
    /** Cost as sent. */
    readonly asSent: MonthlyCost;
    /** Cost with one Kinesis record for every user record. */
    readonly oneByOne: MonthlyCost;
  };
  readonly isGood: boolean;
}

/** The input of a report. */
export interface Findings {
  readonly options: Options;
  readonly data: readonly DataPart[];
  readonly produced: Produced;
  readonly readBack: ReadBack;
  /** The user records, each as its own Kinesis record. */
  readonly oneByOne: TrafficMeter;
}

export function newReport({ options, data, produced, readBack, oneByOne }: Findings): Report {
  const { seconds, delivered, failed, stats } = produced;
  const { traffic, ...comparison } = readBack;
  const { lost, changed, duplicated, dropped } = comparison;
  const sent = oneByOne.records;
  return {
    options,
    data,
    sent,
    seconds,
    recordsPerSecond: sent / seconds,
    megabytesPerSecond: oneByOne.bytes / seconds / 1e6,
    delivered,
    failed,
    kinesisRecords: traffic.records,
    putRecordsCalls: stats.requests,
    packingRatio: comparison.userRecords / traffic.records,
    latencyMs: { p50: stats.latencyMs.p50, p99: stats.latencyMs.p99 },
    readBack: comparison,
    cost: { prices: PRICES, asSent: monthlyCost(traffic, seconds), oneByOne: monthlyCost(oneByOne, seconds) },
    isGood: delivered === sent && failed + lost + changed + duplicated + dropped === 0,
  };
}

const number = (value: number, digits = 0): string =>
  value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const dollars = (value: number): string => `$${number(value, value < 100 ? 2 : 0)}`;

const HOW = { put: "put()", enqueue: "enqueue() and ready()", many: "putMany()" } as const;

/** The lines printed before a run. */
export function describeRun(options: Options, data: readonly DataPart[], records: number): string {
  const { shards, how, aggregation, paced } = options;
  const parts = data.map(
    ({ file, records, key, distinctKeys, hottestKey, hottestShare }) =>
      `${file}, ${number(records)} records; key: ${key}, ${number(distinctKeys)} keys, the hottest ${hottestKey} with ${number(100 * hottestShare, 1)} %`,
  );
  return [
    `${number(records)} flights to a local Kinesis stream of ${shards} ${shards === 1 ? "shard" : "shards"} and back`,
    "",
    ...parts.map((part, i) => line(i === 0 ? "data" : "", part)),
    line("sent by", `${HOW[how]}, ${aggregation ? "aggregated" : "without aggregation"}`),
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
  const { seconds, sent, readBack, latencyMs, kinesisRecords, putRecordsCalls } = report;
  return [
    line("rate", `${number(report.recordsPerSecond)} records/s, ${number(report.megabytesPerSecond, 1)} MB/s`),
    line("", `${number(sent)} records in ${number(seconds, 2)} s, all in one process with the local Kinesis`),
    line("used", `${number(kinesisRecords)} Kinesis records in ${number(putRecordsCalls)} PutRecords calls`),
    line("packing", `${number(report.packingRatio, 1)} records in a Kinesis record`),
    line("latency", `p50 ${number(latencyMs.p50)} ms, p99 ${number(latencyMs.p99)} ms, from acceptance to delivery`),
    line(
      "read back",
      `${number(readBack.userRecords)} records in ${number(readBack.seconds, 2)} s, ${number(readBack.getRecordsCalls)} GetRecords calls`,
    ),
    "",
    ...describeCost(report),
    "",
    `${report.isGood ? "good:" : "NOT GOOD:"} ${describeResult(report)}`,
    "",
  ].join("\n");
}

function describeResult({ delivered, failed, readBack }: Report): string {
  const { lost, changed, duplicated, dropped } = readBack;
  const trouble = failed + dropped === 0 ? "" : `, ${number(failed)} failed, ${number(dropped)} dropped by the reader`;
  return `${number(delivered)} delivered, ${number(lost)} lost, ${number(changed)} changed, ${number(duplicated)} duplicated${trouble}`;
}

function describeCost({ options, cost }: Report): string[] {
  const { asSent, oneByOne } = cost;
  const row = (label: string, of: (month: MonthlyCost) => string): string => {
    const columns = options.aggregation ? [of(asSent), of(oneByOne)] : [of(oneByOne)];
    return `  ${label.padEnd(32)}${columns.map((column) => column.padStart(20)).join("")}`;
  };
  const heads = options.aggregation ? ["with aggregation", "without"] : ["without aggregation"];
  return [
    `A month (${HOURS_PER_MONTH} h) at this rate, writing only`,
    `  ${" ".repeat(32)}${heads.map((head) => head.padStart(20)).join("")}`,
    row("provisioned: shards needed", ({ shards }) => number(shards)),
    row("  shard hours", ({ shardHours }) => dollars(shardHours)),
    row("  PUT payload units of 25 KB", ({ putPayloadUnits }) => dollars(putPayloadUnits)),
    row("  together", ({ provisioned }) => dollars(provisioned)),
    row("on-demand standard: data in", ({ dataIn }) => dollars(dataIn)),
    row("  stream hours", ({ streamHours }) => dollars(streamHours)),
    row("  together", ({ onDemand }) => dollars(onDemand)),
    `  List prices of ${PRICES.region} as of ${PRICES.asOf}; check the AWS pricing page.`,
  ];
}

function line(label: string, text: string): string {
  return `${label.padEnd(11)}${text}`;
}
