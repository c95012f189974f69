/** The arithmetic of the bench: from the samples of all rounds to ratios with their spread, and to the targets. */
import { median } from "../statistics.mjs";

/**
 * @typedef {import("./samples.mjs").Figures} Figures
 * @typedef {ReadonlyMap<string, Figures>} Round - figures by the name of the sample
 * @typedef {{ median: number, low: number, high: number, rounds: number }} Spread
 * @typedef {{ title: string, unit: "×" | "ms" | "B", atMost?: number, atLeast?: number, of(round: Round): number }} Row
 *   `of`: NaN if the round lacks a sample
 */

/**
 * The median with the lowest and the highest value; numbers that are not finite do not count. Undefined without a
 * number.
 *
 * @param {readonly number[]} numbers
 * @returns {Spread | undefined}
 */
export function spreadOf(numbers) {
  const finite = numbers.filter(Number.isFinite);
  if (finite.length === 0) return undefined;
  return { median: median(finite), low: Math.min(...finite), high: Math.max(...finite), rounds: finite.length };
}

/**
 * A ratio is made within each round, whose samples are of the same minute; the median is of these ratios.
 *
 * @param {Row} row
 * @param {readonly Round[]} rounds
 */
export function spreadOfRow(row, rounds) {
  return spreadOf(rounds.map((round) => row.of(round)));
}

/**
 * @param {Pick<Row, "atMost" | "atLeast">} row
 * @param {Spread | undefined} spread
 * @returns {"met" | "missed" | "not measured" | "no target"}
 */
export function verdictOf({ atMost, atLeast }, spread) {
  if (spread === undefined) return "not measured";
  if (atMost === undefined && atLeast === undefined) return "no target";
  const isMet = spread.median <= (atMost ?? spread.median) && spread.median >= (atLeast ?? spread.median);
  return isMet ? "met" : "missed";
}

/**
 * @param {Round} round
 * @param {string} name
 * @param {string} [figure]
 */
function figure(round, name, figure = "cpuUs") {
  return round.get(name)?.[figure] ?? Number.NaN;
}

/**
 * CPU of a case, in floors of the same round.
 *
 * @param {string} title
 * @param {{ of: string, floors: readonly string[], less?: string, atMost?: number }} ratio - `less`: its CPU is taken
 *   off first
 * @returns {Row}
 */
function overFloor(title, { of, floors, less, atMost }) {
  return {
    title,
    unit: "×",
    ...(atMost === undefined ? {} : { atMost }),
    of: (round) => {
      const base = floors.reduce((sum, name) => sum + figure(round, name), 0);
      return (figure(round, of) - (less === undefined ? 0 : figure(round, less))) / base;
    },
  };
}

/**
 * @param {string} title
 * @param {string} name of the sample
 * @param {{ figure: string, unit: "ms" | "B", atMost: number }} limit
 * @returns {Row}
 */
function absolute(title, name, limit) {
  return { title, unit: limit.unit, atMost: limit.atMost, of: (round) => figure(round, name, limit.figure) };
}

/**
 * @param {string} size
 * @param {string} packer
 * @param {number} [atLeast]
 * @returns {Row}
 */
function overProtobufjs(size, packer, atLeast) {
  return {
    title: `${packer} in batches, ${size}: its speed / protobufjs`,
    unit: "×",
    ...(atLeast === undefined ? {} : { atLeast }),
    of: (round) => figure(round, `batch, ${size}: protobufjs`) / figure(round, `batch, ${size}: ${packer}`),
  };
}

/**
 * @param {string} size
 * @param {{ speed: number, cpu: number }} least
 * @returns {Row[]}
 */
function overKpl(size, { speed, cpu }) {
  const put = `${size} put, JSON`;
  const kpl = `KPL, tuned, ${size}`;
  return [
    {
      title: `put ${size}, records/s / KPL tuned`,
      unit: "×",
      atLeast: speed,
      of: (round) => figure(round, put, "recordsPerSecond") / figure(round, kpl, "recordsPerSecond"),
    },
    {
      title: `KPL tuned ${size}, CPU / put`,
      unit: "×",
      atLeast: cpu,
      of: (round) => figure(round, kpl) / figure(round, put),
    },
  ];
}

const floorOf = (/** @type {string} */ size, /** @type {string} */ protocol) => `floor, ${size}, ${protocol}`;
const promiseOf = (/** @type {string} */ size) => `bare promise, as long as ${size} put`;

/** Latency may add this to the linger of 5 ms. */
const MOST_ADDED_MS = 5 + 3;

/** The targets, and ratios without a target beside them. @type {readonly Row[]} */
export const ROWS = [
  overFloor("enqueue 100 B / floor", { of: "100 B enqueue, JSON", floors: [floorOf("100 B", "JSON")], atMost: 1.5 }),
  overFloor("put 100 B, more than enqueue / bare promise", {
    of: "100 B put, JSON",
    less: "100 B enqueue, JSON",
    floors: [promiseOf("100 B")],
    atMost: 1.2,
  }),
  overFloor("put 100 B, more than enqueue / bare promise in a ring of 90,000", {
    of: "100 B put, JSON",
    less: "100 B enqueue, JSON",
    floors: ["bare promise, in a ring of 90,000"],
  }),
  overFloor("put 100 B / floor and bare promise", {
    of: "100 B put, JSON",
    floors: [floorOf("100 B", "JSON"), promiseOf("100 B")],
  }),
  overFloor("enqueue 1 KiB / floor", { of: "1 KiB enqueue, JSON", floors: [floorOf("1 KiB", "JSON")], atMost: 1.25 }),
  overFloor("put 1 KiB / floor and bare promise", {
    of: "1 KiB put, JSON",
    floors: [floorOf("1 KiB", "JSON"), promiseOf("1 KiB")],
    atMost: 1.25,
  }),
  overFloor("enqueue 100 B, CBOR / its floor", {
    of: "100 B enqueue, CBOR",
    floors: [floorOf("100 B", "CBOR")],
    atMost: 1.5,
  }),
  overFloor("put 100 B, CBOR / its floor and bare promise", {
    of: "100 B put, CBOR",
    floors: [floorOf("100 B", "CBOR"), promiseOf("100 B")],
    atMost: 1.5,
  }),
  overFloor("enqueue 1 KiB, CBOR / its floor", { of: "1 KiB enqueue, CBOR", floors: [floorOf("1 KiB", "CBOR")] }),
  overFloor("put 1 KiB, CBOR / its floor and bare promise", {
    of: "1 KiB put, CBOR",
    floors: [floorOf("1 KiB", "CBOR"), promiseOf("1 KiB")],
  }),
  overFloor("enqueue 100 B, 1,000 shards / 4 shards", {
    of: "100 B enqueue, JSON, 1,000 shards",
    floors: ["100 B enqueue, JSON"],
    atMost: 1.5,
  }),
  overFloor("put 100 B, 1,000 shards / 4 shards", {
    of: "100 B put, JSON, 1,000 shards",
    floors: ["100 B put, JSON"],
    atMost: 2,
  }),
  ...overKpl("100 B", { speed: 13, cpu: 20 }),
  ...overKpl("1 KiB", { speed: 5, cpu: 9 }),
  ...["100 B", "1 KiB"].map((size) =>
    absolute(`added latency p99 ${size}, half load, linger 5 ms, without the request`, `latency, ${size}`, {
      figure: "addedP99Ms",
      unit: "ms",
      atMost: MOST_ADDED_MS,
    }),
  ),
  absolute("a result that nobody reads, beyond its promise", "a result that nobody reads", {
    figure: "bytes",
    unit: "B",
    atMost: 48,
  }),
  overProtobufjs("100 B", "aggregate()", 2),
  overProtobufjs("100 B", "RecordAggregator", 2),
  overProtobufjs("1 KiB", "aggregate()"),
  overProtobufjs("1 KiB", "RecordAggregator"),
  absolute("cold import of the main entry, CPU", "cold import, the main entry", {
    figure: "cpuMs",
    unit: "ms",
    atMost: 150,
  }),
  absolute("cold import of deaggregate, CPU", "cold import, deaggregate", { figure: "cpuMs", unit: "ms", atMost: 25 }),
];
