/**
 * The cost of a split during a load, for the KPL and this library: acknowledged records that a reader with the KCL's
 * filter does not find, additional copies, and failed records. Both write over TLS to a `LocalKinesis` that keeps all
 * records, and get no notice of the split.
 *
 *     npm run bench compare -- reshard [--runs 3] [--rate 20000] [--seconds 6]
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { deaggregate } from "kinesis-producer/deaggregate";
import { LocalKinesis } from "kinesis-producer/testing";
import { installOnce, requireTools, run } from "../../../scripts/installing.mjs";
import { machine, positive, table } from "../../statistics.mjs";

/**
 * @typedef {{ acknowledged: ReadonlySet<number>, failed: number }} Told
 * @typedef {{ name: string, command: string, args: readonly string[] }} Side
 * @typedef {{ name: string, keys: readonly string[], staleListMs: number }} Case
 * @typedef {{ acknowledged: number, lost: number, copies: number, failed: number }} Outcome
 */

const SOURCES = fileURLToPath(new URL(".", import.meta.url));
const INSTALLED = fileURLToPath(new URL("../../../build/compare", import.meta.url));
/** The KPL unpacks its native core into this folder, which must allow execution. */
const UNPACKED = fileURLToPath(new URL("../../../build/compare/kpl-core", import.meta.url));
const POM = fileURLToPath(new URL("../kpl", import.meta.url));
const STREAM = "clicks";
/** Above this delay a run is stuck. */
const SLACK_MS = 90_000;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    rate: { type: "string", default: "20000" },
    seconds: { type: "string", default: "6" },
  },
});
const runs = positive("runs", values.runs);
const rate = positive("rate", values.rate);
const seconds = positive("seconds", values.seconds);

requireTools(
  [
    { name: "java", args: ["-version"], purpose: "the KPL" },
    { name: "javac", args: ["-version"], purpose: "bench/compare/reshard/KplSplit.java" },
    { name: "mvn", args: ["-version"], purpose: "the KPL's libraries" },
    { name: "mkfifo", args: ["--version"], purpose: "the KPL's talk with its native core" },
  ],
  "the comparison at a split needs tools",
);
mkdirSync(UNPACKED, { recursive: true });

/** Newest first. The last version checks each user record where another shard took an aggregate. */
const KPL_VERSIONS = ["1.1.1", "1.0.7"];
/** @type {readonly Side[]} */
const SIDES = [
  ...KPL_VERSIONS.map(kpl),
  { name: "kinesis-producer", command: process.execPath, args: ["--no-warnings", join(SOURCES, "ours.mjs")] },
];
const MANY = Array.from({ length: 1_000 }, (_, i) => `key-${i}`);
/** @type {readonly Case[]} */
const CASES = [
  { name: "1,000 keys", keys: MANY, staleListMs: 0 },
  { name: "1,000 keys, the list of shards is old for 500 ms", keys: MANY, staleListMs: 500 },
  { name: "one key a shard", keys: keysOfShards(), staleListMs: 0 },
  { name: "one key a shard, the list of shards is old for 500 ms", keys: keysOfShards(), staleListMs: 500 },
];

console.log(
  `${machine()}, ${rate} records of 90 B a second for ${seconds} s, a split half way, ${runs} runs in turns\n`,
);
for (const each of CASES) {
  /** @type {Map<Side, Outcome[]>} */
  const outcomes = new Map(SIDES.map((side) => [side, []]));
  for (let i = 1; i <= runs; i++) {
    for (const [side, list] of outcomes) {
      const outcome = await measure(side, each);
      list.push(outcome);
      console.error(`${i}/${runs}  ${each.name}, ${side.name}: ${JSON.stringify(outcome)}`);
    }
  }
  const rows = [...outcomes].map(([{ name }, list]) => [
    name,
    ...["acknowledged", "lost", "copies", "failed"].map((field) => span(list, /** @type {keyof Outcome} */ (field))),
  ]);
  console.log(
    `${each.name}\n\n${table(["producer", "acknowledged", "of these lost", "copies beyond one", "failed"], rows)}\n`,
  );
}

/**
 * @param {readonly Outcome[]} list
 * @param {keyof Outcome} field
 */
function span(list, field) {
  const all = list.map((outcome) => outcome[field]).sort((a, b) => a - b);
  const [low, high] = [/** @type {number} */ (all[0]), /** @type {number} */ (all.at(-1))];
  return low === high ? low.toLocaleString("en") : `${low.toLocaleString("en")} to ${high.toLocaleString("en")}`;
}

/**
 * Installs a version of the KPL.
 *
 * @param {string} version
 * @returns {Side}
 */
function kpl(version) {
  const installed = join(INSTALLED, `reshard-${version}`);
  const files = [join(POM, "pom.xml"), join(SOURCES, "KplSplit.java")];
  installOnce(installed, [version, ...files.map((file) => readFileSync(file, "utf8"))].join("\0"), (folder) => {
    const copy = ["-q", "-B", "dependency:copy-dependencies", `-DoutputDirectory=${folder}`, "-DincludeScope=runtime"];
    run("mvn", [...copy, `-Dkpl.version=${version}`], POM);
    run("javac", ["-encoding", "UTF-8", "-cp", join(folder, "*"), "-d", folder, "KplSplit.java"], SOURCES);
  });
  return { name: `KPL ${version}`, command: "java", args: ["-cp", `${installed}:${join(installed, "*")}`, "KplSplit"] };
}

/** One key for each of the two shards, so that every aggregate has one key. */
function keysOfShards() {
  const isUpper = (/** @type {string} */ key) => (createHash("md5").update(key).digest()[0] ?? 0) >= 128;
  return [MANY.find((key) => !isUpper(key)) ?? "", MANY.find(isUpper) ?? ""];
}

/**
 * @param {Side} side
 * @param {Case} each
 * @returns {Promise<Outcome>}
 */
async function measure(side, { keys, staleListMs }) {
  const kinesis = await LocalKinesis.start({
    tls: true,
    streams: { [STREAM]: { shards: 2 } },
    // No limits: only the effect of the split is measured.
    limits: false,
    timing: { staleListMs },
  });
  try {
    const port = new URL(kinesis.endpoint).port;
    const told = await follow(
      side,
      [port, STREAM, UNPACKED, String(rate), String(seconds), keys.join(",")],
      async () => {
        await delay((seconds * 1_000) / 2);
        for (const { shardId } of kinesis.shards(STREAM)) kinesis.splitShard(STREAM, shardId);
      },
    );
    return judge(kinesis, told);
  } finally {
    await kinesis.close();
  }
}

/**
 * Runs a producer to its end; `onBegin` is called when it begins.
 *
 * @param {Side} side
 * @param {readonly string[]} args
 * @param {() => Promise<void>} onBegin
 * @returns {Promise<Told>}
 */
function follow({ name, command, args: own }, args, onBegin) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...own, ...args], {
      // Otherwise the KPL's native core calls the metadata service of the machine's cloud.
      env: { ...process.env, AWS_EC2_METADATA_DISABLED: "true" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const timeout = setTimeout(() => child.kill("SIGKILL"), seconds * 1_000 + SLACK_MS);
    let complaints = "";
    child.stderr.on("data", (chunk) => {
      complaints = (complaints + chunk).slice(-4_000);
    });
    /** @type {Set<number>} */
    const acknowledged = new Set();
    let failed = Number.NaN;
    createInterface(child.stdout).on("line", (line) => {
      if (line === "begin") onBegin().catch(reject);
      else if (line.startsWith("failed ")) failed = Number(line.slice("failed ".length));
      else if (/^\d+$/.test(line)) acknowledged.add(Number(line));
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timeout);
      if (code === 0 && !Number.isNaN(failed)) resolve({ acknowledged, failed });
      else reject(new Error(`${name}: the program ended with ${code ?? signal}\n${complaints}`));
    });
  });
}

/**
 * Reads the stream as the KCL does, with the range of each shard, and as a reader without that filter.
 *
 * @param {LocalKinesis} kinesis
 * @param {Told} told
 * @returns {Outcome}
 */
function judge(kinesis, { acknowledged, failed }) {
  const ranges = new Map(kinesis.shards(STREAM).map((shard) => [shard.shardId, shard]));
  /** @type {Set<number>} */
  const seen = new Set();
  let stored = 0;
  /** @type {Set<number>} */
  const distinct = new Set();
  for (const record of kinesis.records(STREAM)) {
    for (const { data } of deaggregate(record)) {
      const number = numberIn(data);
      if (Number.isNaN(number)) continue;
      stored++;
      distinct.add(number);
    }
    const shardRange = ranges.get(record.shardId);
    if (shardRange === undefined) throw new Error(`no shard ${record.shardId}`);
    for (const { data } of deaggregate(record, { shardRange, onDropped: () => undefined })) seen.add(numberIn(data));
  }
  const lost = [...acknowledged].filter((number) => !seen.has(number)).length;
  return { acknowledged: acknowledged.size, lost, copies: stored - distinct.size, failed };
}

/** @param {Uint8Array} data */
function numberIn(data) {
  const text = Buffer.from(data).toString();
  return text === "first" ? Number.NaN : Number(text.slice(0, text.indexOf(":")));
}
