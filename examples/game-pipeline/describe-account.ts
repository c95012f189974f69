import type { Account, NamedEvents } from "./account.js";
import { PRICE_LIST, type StreamBill } from "./bill.js";
import type { Bills } from "./bills.js";

const whole = (value: number): string => value.toLocaleString("en-US");
const dollars = (value: number): string =>
  `$${value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

/** Contradictions that are printed; the rest is counted. */
const SHOWN = 10;

/** The lines that end a run. */
export function describeAccount(account: Account, bills: Bills, bucket: string): string {
  const { put, servers, inFiles, files, dropped, named, missing, isClosed } = account;
  const namedEvents = named.reduce((sum, { ids }) => sum + ids.length, 0);
  return [
    "",
    "The account",
    row("events put", put, `by ${servers} servers`),
    row("in files", inFiles, `${whole(files)} files in ${bucket}`),
    row("dropped by the filter", dropped, "players without premium"),
    row("named", namedEvents, namedEvents === 0 ? "" : "each with its fate:"),
    ...named.map(describeNamed),
    row("missing", missing.length, missing.length === 0 ? "" : shortList(missing)),
    ...describeKilled(account),
    "",
    ...describeDuplicates(account),
    "",
    ...describeBills(bills),
    "",
    ...describeContradictions(account),
    isClosed
      ? "The account closes: every event is in a file, dropped by the filter, or named."
      : "THE ACCOUNT DOES NOT CLOSE.",
    "",
  ].join("\n");
}

function row(label: string, count: number, remark = ""): string {
  return `  ${label.padEnd(24)}${whole(count).padStart(10)}   ${remark}`.trimEnd();
}

function describeNamed({ by, why, ids }: NamedEvents): string {
  return row(`  ${by}`, ids.length, `${why}: ${shortList(ids)}`);
}

function shortList(ids: readonly string[]): string {
  const [first = "", second] = ids;
  return second === undefined ? first : `${first} … ${ids.at(-1)}`;
}

function describeKilled({ killed }: Account): string[] {
  return killed.map(
    ({ name, put, unacknowledged, found }) =>
      `  ${name} was killed: of ${whole(put)} events ${whole(unacknowledged)} had no outcome, and ${whole(found)} of these arrived.`,
  );
}

function describeDuplicates({ duplicates }: Account): string[] {
  const { inFiles, dropped, explained, unexplained } = duplicates;
  return [
    "Duplicates: copies beyond the first one of an event",
    row("in files", inFiles),
    row("dropped by the filter", dropped),
    ...explained.map(({ by, why, copies }) => row(`  ${by}`, copies, why)),
    row("not explained", unexplained.length, shortList(unexplained)),
  ];
}

function describeContradictions({ contradictions }: Account): string[] {
  const more = contradictions.length - SHOWN;
  return [
    ...contradictions.slice(0, SHOWN).map((text) => `  contradiction: ${text}`),
    ...(more > 0 ? [`  and ${whole(more)} more contradictions`] : []),
  ];
}

function describeBills({ events, premium, oneByOne }: Bills): string[] {
  const line = (label: string, { shards, provisioned, onDemand }: StreamBill): string =>
    `  ${label.padEnd(34)}${whole(shards).padStart(6)}${dollars(provisioned).padStart(14)}${dollars(onDemand).padStart(14)}`;
  return [
    `A month of such days: the two streams, writing only (${PRICE_LIST})`,
    `  ${" ".repeat(34)}shards   provisioned     on-demand`,
    line("the stream of all events", events),
    line("the stream of premium players", premium),
    line("all events without aggregation", oneByOne),
  ];
}
