import { counted } from "../counted.js";
import type { LoadSummary } from "./load-figures.js";
import { isRateMissed } from "./load-shortfall.js";
import type { LoadConditions } from "./report/report-data.js";

type Row = readonly [head: string, text: string];

/** The summary of one mode as a table. */
export function describeLoad(summary: LoadSummary): string {
  return table([...outcomeRows(summary), ...trafficRows(summary)]);
}

function outcomeRows(summary: LoadSummary): Row[] {
  const { sent, delivered, failed, failedByCode, leftOver, mayBeDuplicates, seconds, interrupted } = summary;
  const codes = Object.entries(failedByCode).map(([code, count]) => `${code} ${count.toLocaleString("en")}`);
  return [
    ["delivered", `${counted(delivered, "record")} of ${sent.toLocaleString("en")} in ${seconds} s`],
    ["", interrupted === undefined ? "" : "interrupted before its end"],
    ["failed", failed === 0 ? "" : `${counted(failed, "record")}: ${codes.join(", ")}`],
    ["left over", leftOver === 0 ? "" : `${counted(leftOver, "record")}: there was no room for them`],
    ["duplicates", mayBeDuplicates === 0 ? "" : `${counted(mayBeDuplicates, "record")} may be in the stream twice`],
    ["rate", rateOf(summary)],
  ];
}

function rateOf(summary: LoadSummary): string {
  const { recordsPerSecond, wantedPerSecond, bytes, seconds } = summary;
  const megabytes = (seconds === 0 ? 0 : bytes / seconds / 1e6).toLocaleString("en", { maximumSignificantDigits: 3 });
  const rate = `${recordsPerSecond.toLocaleString("en")} records/s, ${megabytes} MB/s`;
  if (wantedPerSecond === undefined) return rate;
  return `${rate}; wanted ${wantedPerSecond.toLocaleString("en")}${isRateMissed(summary) ? ", missed" : ""}`;
}

function trafficRows(summary: LoadSummary): Row[] {
  const { delivered, kinesisRecords, requests, throttled, retries, latencyMs, cpuUsPerRecord, processes } = summary;
  const { local, shards } = summary;
  const share = kinesisRecords === 0 ? 0 : Math.round(delivered / kinesisRecords);
  const uses = Object.entries(shards).map(([id, { utilisation }]) => `${shortId(id)} ${percent(utilisation)}`);
  const times = timesStored(summary);
  const stored = times > 1 ? `, ${times.toLocaleString("en")} times fewer bytes than the data` : "";
  const records = `${counted(kinesisRecords, "Kinesis record")} of ${counted(share, "record")}`;
  return [
    ["packing", `${records}, ${counted(requests, "request")}${stored}`],
    [
      "throttled",
      throttled === 0 ? "" : `${counted(throttled, "Kinesis record")}, ${counted(retries, "retry", "retries")}`,
    ],
    ["shards", uses.length === 0 || uses.length > 16 ? busiest(summary) : `${uses.join("  ")} of their limits`],
    ["latency ms", describeQuantiles(latencyMs)],
    ["bill", describeBill(summary)],
    ["CPU", `${cpuUsPerRecord.toLocaleString("en")} µs a record, ${counted(processes, "process", "processes")}`],
    [
      "local",
      local === undefined ? "" : `${local.cpuUsPerRecord.toLocaleString("en")} µs of CPU a record in the local Kinesis`,
    ],
  ];
}

/** Bytes of the data for each byte that is stored; below 1 without compression, because of keys and envelopes. */
function timesStored({ bytes, kinesisBytes }: Pick<LoadSummary, "bytes" | "kinesisBytes">): number {
  return kinesisBytes === 0 ? 0 : Math.round((bytes / kinesisBytes) * 100) / 100;
}

function describeQuantiles(latencyMs: LoadSummary["latencyMs"]): string {
  return Object.entries(latencyMs)
    .map(([name, ms]) => `${name} ${ms.toLocaleString("en")}`)
    .join("  ");
}

function busiest({ shards }: LoadSummary): string {
  const all = Object.values(shards).map(({ utilisation }) => utilisation);
  return all.length === 0 ? "" : `${all.length} shards, the busiest at ${percent(Math.max(...all))} of its limits`;
}

function describeBill({ bill }: LoadSummary): string {
  const { provisioned, onDemand, hours } = bill;
  const shards = counted(provisioned.shards, "shard");
  return `${dollars(provisioned.total)} for ${hours} h with ${shards}, ${dollars(onDemand.total)} on demand (writes, ${bill.region})`;
}

/** The circumstances of a load in one line. */
export function describeConditions({ cpu, cpus, memoryGib, node, version, target }: LoadConditions): string {
  const machine = `${cpu}, ${counted(cpus, "CPU")}, ${memoryGib} GiB`;
  return `${machine}, Node.js ${node}, kinesis-producer ${version}; ${target}`;
}

/** The figures of several modes, one column for each. */
export function compareLoads(summaries: readonly LoadSummary[]): string {
  const cell = (head: string, read: (summary: LoadSummary) => string): readonly string[] => [
    head,
    ...summaries.map(read),
  ];
  const number = (value: number): string => value.toLocaleString("en");
  const rows = [
    cell("", ({ mode }) => mode),
    cell("wanted records/s", ({ wantedPerSecond }) => (wantedPerSecond === undefined ? "" : number(wantedPerSecond))),
    cell("reached", (each) => number(each.recordsPerSecond) + (isRateMissed(each) ? " missed" : "")),
    cell("delivered", ({ delivered }) => number(delivered)),
    cell("not delivered", ({ sent, delivered, leftOver }) => number(sent + leftOver - delivered)),
    cell("latency ms p50", ({ latencyMs }) => number(latencyMs.p50)),
    cell("p99", ({ latencyMs }) => number(latencyMs.p99)),
    cell("max", ({ latencyMs }) => number(latencyMs.max)),
    cell("Kinesis records", ({ kinesisRecords }) => number(kinesisRecords)),
    cell("data / stored bytes", (each) => number(timesStored(each))),
    cell("throttled", ({ throttled }) => number(throttled)),
    cell("busiest shard", ({ shards }) => percent(Math.max(0, ...Object.values(shards).map((s) => s.utilisation)))),
    cell("CPU µs a record", ({ cpuUsPerRecord }) => number(cpuUsPerRecord)),
    cell("bill a month", ({ bill }) => dollars(bill.provisioned.total)),
    cell("on demand", ({ bill }) => dollars(bill.onDemand.total)),
  ];
  const widths = [...Array(summaries.length + 1).keys()].map((column) =>
    Math.max(...rows.map((row) => (row[column] as string).length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((text, column) =>
        column === 0 ? text.padEnd(widths[0] as number) : text.padStart(widths[column] as number),
      )
      .join("  ");
  return rows
    .filter(([, ...cells]) => cells.some((text) => text !== ""))
    .map((row) => line(row).trimEnd())
    .join("\n");
}

function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([head]) => head.length)) + 2;
  return rows
    .filter(([, text]) => text !== "")
    .map(([head, text]) => `${head.padEnd(width)}${text}`)
    .join("\n");
}

/** `0` of `shardId-000000000000`. */
export function shortId(shardId: string): string {
  return shardId.replace(/^shardId-0*(?=\d)/, "");
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function dollars(amount: number): string {
  return `$${amount.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}
