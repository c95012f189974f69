/**
 * The producers that a user could take instead of this library, in one table for each size: the KPL, aiokpl, a8m/kinesis-producer,
 * and PutRecords of the SDK. Speed and CPU are medians of runs in turns against the sink that counts. Requests, Kinesis
 * records, PUT payload units, duplicates and lost records are of a separate run of each side, which hands over a fixed
 * number of numbered records to a `LocalKinesis` that keeps them. "Under another key" is a record that a reader gets with
 * a partition key that is not its own, so that its order and its shard are those of other records.
 *
 *     npm run bench compare -- others [--only <regexp>] [--runs <n>] [--seconds <n>] [--warm-up <n>] [--count <n>]
 *         [--speed] [--account] [--add] [--report]
 *
 * `--speed` and `--account` make one of the two. Each run is a line of JSON in build/compare/others.jsonl. `--add` keeps
 * the lines that are there, so that the runs can be made in pieces; `--report` only prints the tables.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { sizeTitle } from "../../end-to-end/cases.mjs";
import { machine, median, positive, show, table } from "../../statistics.mjs";
import { a8mSide } from "../a8m/side.mjs";
import { aiokplSide } from "../aiokpl/side.mjs";
import { kplSide } from "../kpl/side.mjs";
import { OURS, SIZES } from "../producers.mjs";
import { sdkSide } from "../sdk/side.mjs";

/**
 * @typedef {import("../producers.mjs").Side} Side
 * @typedef {{ side: string, size: number, speed?: import("../peer-run.mjs").PeerSample, account?: import("../account.mjs").Account }} Line
 */

const FOLDER = fileURLToPath(new URL("../../../build/compare", import.meta.url));
const FILE = `${FOLDER}/others.jsonl`;
/** Records of an account for a size of 100 B; fewer for larger records. */
const COUNT = 200_000;

/** Sides by name; each is installed when it takes part. @type {readonly (() => readonly Side[])[]} */
const MAKERS = [
  () => OURS,
  () => [kplSide("tuned"), kplSide("defaults")],
  () => [aiokplSide()],
  () => [a8mSide()],
  () => [sdkSide()],
];
const NAMES = ["kinesis-producer", "KPL", "aiokpl", "a8m", "SDK"];

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    runs: { type: "string", default: "7" },
    seconds: { type: "string", default: "3" },
    "warm-up": { type: "string", default: "2" },
    count: { type: "string", default: String(COUNT) },
    speed: { type: "boolean", default: false },
    account: { type: "boolean", default: false },
    add: { type: "boolean", default: false },
    report: { type: "boolean", default: false },
  },
});

function sides() {
  const pattern = new RegExp(values.only, "i");
  const chosen = MAKERS.filter((_, i) => pattern.test(/** @type {string} */ (NAMES[i])));
  if (chosen.length === 0) throw new Error(`no side matches ${values.only}; there are ${NAMES.join(", ")}`);
  return chosen.flatMap((make) => make());
}

/** @param {Line} line */
function keep(line) {
  appendFileSync(FILE, `${JSON.stringify(line)}\n`);
  console.error(JSON.stringify(line));
}

/** @param {readonly Side[]} chosen */
async function measureSpeed(chosen) {
  const runs = positive("runs", values.runs);
  const pace = { seconds: positive("seconds", values.seconds), warmUp: positive("warm-up", values["warm-up"]) };
  for (let run = 1; run <= runs; run++) {
    for (const size of SIZES) {
      for (const side of chosen) keep({ side: side.name, size, speed: await side.measure({ size, ...pace }) });
    }
  }
}

/** @param {readonly Side[]} chosen */
async function takeAccounts(chosen) {
  const count = positive("count", values.count);
  for (const size of SIZES) {
    for (const side of chosen) {
      const order = { size, count: Math.ceil((count * 100) / size) };
      keep({ side: side.name, size, account: await side.account(order) });
    }
  }
}

async function measure() {
  const chosen = sides();
  mkdirSync(FOLDER, { recursive: true });
  if (!values.add) rmSync(FILE, { force: true });
  if (values.speed || !values.account) await measureSpeed(chosen);
  if (values.account || !values.speed) await takeAccounts(chosen);
}

/** @returns {Line[]} */
function lines() {
  if (!existsSync(FILE)) return [];
  return readFileSync(FILE, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

/** @param {readonly number[]} numbers */
function spread(numbers) {
  if (numbers.length === 0) return "";
  return `${show(median(numbers))} (${show(Math.min(...numbers))} to ${show(Math.max(...numbers))})`;
}

/**
 * @param {readonly Line[]} all
 * @param {string} side
 */
function rowOf(all, side) {
  const own = all.filter((line) => line.side === side);
  const speeds = own.flatMap(({ speed }) => (speed === undefined ? [] : [speed]));
  const account = own.flatMap((line) => (line.account === undefined ? [] : [line.account])).at(-1);
  const perMillion = (/** @type {number} */ number) => show((number * 1e6) / (account?.handedOver ?? 1));
  return [
    side,
    spread(speeds.map(({ recordsPerSecond }) => recordsPerSecond)),
    spread(speeds.map(({ cpuUs }) => cpuUs)),
    ...(account === undefined
      ? ["", "", "", "", "", "", ""]
      : [
          ...[account.requests, account.kinesisRecords, account.units].map(perMillion),
          ...[account.duplicates, account.lost, account.unreadByKcl, account.underAnotherKey].map(perMillion),
        ]),
  ];
}

function report() {
  const all = lines();
  const measured = all.filter(({ speed }) => speed !== undefined);
  const runs = measured.filter(({ side, size }) => side === measured[0]?.side && size === measured[0]?.size).length;
  console.log(`${machine()}, ${runs} runs in turns, medians with lowest and highest; counts are for a million records`);
  for (const size of SIZES) {
    const ofSize = all.filter((line) => line.size === size);
    const rows = [...new Set(ofSize.map(({ side }) => side))].map((side) => rowOf(ofSize, side));
    const head = ["producer", "records/s", "CPU µs a record", "requests", "Kinesis records", "PUT units"];
    console.log(
      `\n${sizeTitle(size)}\n\n${table([...head, "stored twice", "not stored", "dropped by the KCL's filter", "under another key"], rows)}`,
    );
  }
}

if (!values.report) await measure();
report();
