import type { Account } from "./account.js";
import { PRICE_LIST, type StreamBill } from "./bill.js";
import type { Bills } from "./bills.js";
import type { RunEnd } from "./live-frame.js";

type Row = RunEnd["rows"][number];

const whole = (value: number): string => value.toLocaleString("en-US");
const dollars = (value: number): string =>
  `$${value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

/** Contradictions that are printed; the rest is counted. */
const SHOWN = 10;

/** The result of a run. */
export interface RunResult {
  readonly account: Account;
  readonly bills: Bills;
  /** The place of the files. */
  readonly bucket: string;
}

/** The lines that end a run. */
export function describeResult(result: RunResult): string {
  const { account, bills } = result;
  return [
    "",
    "The account",
    ...fateRows(result).map(line),
    ...describeKilled(account),
    "",
    "Duplicates: copies beyond the first one of an event",
    ...duplicateRows(account).map(line),
    "",
    ...describeBills(bills),
    "",
    ...describeContradictions(account),
    verdictOf(account),
    "",
  ].join("\n");
}

/** The same for the page. */
export function endOf(result: RunResult): RunEnd {
  const { account } = result;
  const duplicates = duplicateRows(account).map(([label, ...rest]): Row => [`duplicates: ${label.trim()}`, ...rest]);
  const contradictions: Row = ["contradictions", whole(account.contradictions.length), account.contradictions[0] ?? ""];
  return {
    isClosed: account.isClosed,
    verdict: verdictOf(account),
    rows: [...fateRows(result), ...duplicates, contradictions],
  };
}

function verdictOf({ isClosed }: Account): string {
  if (!isClosed) return "THE ACCOUNT DOES NOT CLOSE.";
  return "The account closes: every event is in a file, dropped by the filter, or named.";
}

function fateRows({ account, bucket }: RunResult): Row[] {
  const { put, servers, inFiles, files, dropped, named, missing } = account;
  const namedEvents = named.reduce((sum, { ids }) => sum + ids.length, 0);
  return [
    ["events put", whole(put), `by ${servers} servers`],
    ["in files", whole(inFiles), `${whole(files)} files in ${bucket}`],
    ["dropped by the filter", whole(dropped), "players without premium"],
    ["named", whole(namedEvents), namedEvents === 0 ? "" : "each with its fate:"],
    ...named.map(({ by, why, ids }): Row => [`  ${by}`, whole(ids.length), `${why}: ${shortList(ids)}`]),
    ["missing", whole(missing.length), shortList(missing)],
  ];
}

function duplicateRows({ duplicates }: Account): Row[] {
  const { inFiles, dropped, explained, unexplained } = duplicates;
  return [
    ["in files", whole(inFiles), ""],
    ["dropped by the filter", whole(dropped), ""],
    ...explained.map(({ by, why, copies }): Row => [`  ${by}`, whole(copies), why]),
    ["not explained", whole(unexplained.length), shortList(unexplained)],
  ];
}

function line([label, count, remark]: Row): string {
  return `  ${label.padEnd(24)}${count.padStart(10)}   ${remark}`.trimEnd();
}

function shortList(ids: readonly string[]): string {
  const [first = "", second] = ids;
  return second === undefined ? first : `${first} … ${ids.at(-1)}`;
}

function describeKilled({ killed }: Account): string[] {
  return killed.map(
    ({ name, put, unacknowledged, found }) =>
      `  ${name} was killed: ${whole(unacknowledged)} of its ${whole(put)} events had no outcome; ${whole(found)} of these arrived.`,
  );
}

function describeContradictions({ contradictions }: Account): string[] {
  const more = contradictions.length - SHOWN;
  return [
    ...contradictions.slice(0, SHOWN).map((text) => `  contradiction: ${text}`),
    ...(more > 0 ? [`  and ${whole(more)} more contradictions`] : []),
  ];
}

function describeBills({ events, premium, oneByOne }: Bills): string[] {
  const row = (label: string, { shards, provisioned, onDemand }: StreamBill): string =>
    `  ${label.padEnd(34)}${whole(shards).padStart(6)}${dollars(provisioned).padStart(14)}${dollars(onDemand).padStart(14)}`;
  return [
    `A month of such days: the two streams, writing only (${PRICE_LIST})`,
    `  ${" ".repeat(34)}shards   provisioned     on-demand`,
    row("the stream of all events", events),
    row("the stream of premium players", premium),
    row("all events without aggregation", oneByOne),
  ];
}
