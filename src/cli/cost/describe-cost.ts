import type { Bill } from "../bill/bill.js";
import { counted } from "../counted.js";
import { shortTime } from "../time-option.js";
import type { CostSummary, FormCost } from "./cost-figures.js";

type Read = (each: FormCost) => number;
type Row = readonly [head: string, ...cells: readonly string[]];

/** As in the price list of AWS. */
const MB = 1024 ** 2;

/** The result as a table, one column for each form of the records. */
export function describeCost(summary: CostSummary): string {
  const { forms, notes } = summary;
  const rows = [
    ["", ...forms.map(({ form }) => form)] as const,
    ...trafficRows(forms),
    ...modeRows("provisioned", forms, "provisioned", [
      ["shard hours", "shardHours"],
      ["PUT units", "putUnits"],
      ["fan-out hours", "fanOutHours"],
      ["fan-out data", "fanOutData"],
      ["retention", "retention"],
    ]),
    ...modeRows("on-demand standard", forms, "onDemand", [["stream hours", "streamHours"], ...ON_DEMAND_ROWS]),
    ...modeRows("on-demand advantage", forms, "onDemandAdvantage", [
      ...ON_DEMAND_ROWS,
      ["up to the minimum", "minimum"],
    ]),
  ];
  return [...heading(summary), "", ...aligned(rows), "", ...notes].join("\n");
}

const ON_DEMAND_ROWS = [
  ["data in", "dataIn"],
  ["reads", "reads"],
  ["fan-out data", "fanOutData"],
  ["retention", "retention"],
] as const;

function heading(summary: CostSummary): string[] {
  const { recordsPerSecond, records, readers, fanOutReaders, retentionHours, hours, prices, lingerMs } = summary;
  const { meanBytes, file, count = 0, compression } = records;
  const rate = recordsPerSecond.toLocaleString("en", { maximumFractionDigits: 9 });
  const origin = file === undefined ? "" : ` (the mean of ${counted(count, "record")} of ${file})`;
  const fanOut = fanOutReaders === 0 ? "" : `, ${counted(fanOutReaders, "fan-out reader")}`;
  return [
    `${rate} records/s of ${counted(meanBytes, "byte")}${origin}, ${counted(readers, "reader")}${fanOut}, kept for ${shortTime(retentionHours * 3_600_000)}`,
    `${hours.toLocaleString("en")} h; prices of ${prices.region} as of ${prices.asOf} (${prices.source}), in US dollars`,
    `Aggregates wait for ${shortTime(lingerMs)} at most${compression === undefined ? "" : `; compression ${compression}`}`,
  ];
}

function trafficRows(forms: readonly FormCost[]): Row[] {
  const row = (head: string, read: Read): Row => [head, ...forms.map((each) => rounded(read(each)))];
  return [
    row("Kinesis records/s", ({ perSecond }) => perSecond.kinesisRecords),
    row("MB/s of data", ({ perSecond }) => perSecond.dataBytes / MB),
    row("data / stored bytes", ({ ratio }) => ratio),
    row("PUT units/s", ({ perSecond }) => perSecond.putUnits),
    row("shards", ({ bill }) => bill.provisioned.shards),
  ];
}

/** The amounts of one capacity mode and their total. An amount that is nothing in each form has no row. */
function modeRows<Mode extends "provisioned" | "onDemand" | "onDemandAdvantage">(
  title: string,
  forms: readonly FormCost[],
  mode: Mode,
  amounts: readonly (readonly [head: string, name: keyof Bill[Mode]])[],
): Row[] {
  const cells = (name: keyof Bill[Mode]): number[] => forms.map(({ bill }) => Number(bill[mode][name]));
  return [
    [title, ...forms.map(() => "")],
    ...amounts
      .map(([head, name]) => [head, cells(name)] as const)
      .filter(([, each]) => each.some((amount) => amount !== 0))
      .map(([head, each]): Row => [`  ${head}`, ...each.map(dollars)]),
    ["  total", ...cells("total" as keyof Bill[Mode]).map(dollars)],
  ];
}

function aligned(rows: readonly Row[]): string[] {
  const widths = rows.reduce<number[]>((most, row) => row.map((text, i) => Math.max(most[i] ?? 0, text.length)), []);
  return rows.map((row) =>
    row
      .map((text, i) => (i === 0 ? text.padEnd(widths[0] as number) : text.padStart((widths[i] as number) + 3)))
      .join("")
      .trimEnd(),
  );
}

function rounded(number: number): string {
  return number.toLocaleString("en", number >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 });
}

function dollars(amount: number): string {
  return `$${amount.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}
