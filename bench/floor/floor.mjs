/**
 * The producer against the work that no producer can avoid, measured in the same minutes: floors and the producer take
 * turns, each sample in a separate process. Prints the targets with the measured ratios: each is made within a round,
 * and the table has the median of the rounds with their spread.
 *
 *     npm run bench floor -- [--only <regexp>] [--rounds <n>] [--seconds <n>] [--warm-up <n>] [--kpl] [--node <path>]
 *         [--add] [--report] [--smoke] [--dist <folder>]
 *
 * `--node` is the Node.js of all processes; without it, the running one. Each sample is a line of JSON in
 * build/floor/samples-<version of Node.js>.jsonl. `--add` keeps the rounds that are there and adds more, so that a
 * busy machine can be used in pieces; `--report` only prints their tables. `--kpl` adds the tuned KPL, which it installs.
 */
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machine, positive } from "../statistics.mjs";
import { partTable, sampleTable, targetTable } from "./report.mjs";
import { SAMPLES } from "./samples.mjs";

/**
 * @typedef {import("./samples.mjs").Figures} Figures
 * @typedef {import("./samples.mjs").FloorSample} FloorSample
 * @typedef {{ round: number, name: string, at: string, figures: Figures }} Line
 */

const FOLDER = fileURLToPath(new URL("../../build/floor", import.meta.url));

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    rounds: { type: "string" },
    seconds: { type: "string" },
    "warm-up": { type: "string" },
    node: { type: "string" },
    dist: { type: "string", default: "dist" },
    kpl: { type: "boolean", default: false },
    add: { type: "boolean", default: false },
    report: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false },
  },
});

/** Every process of the bench runs on the Node.js of this one. @param {string} node */
function runOn(node) {
  const args = process.argv.slice(2).filter((each, i, all) => each !== "--node" && all[i - 1] !== "--node");
  const rest = args.filter((each) => !each.startsWith("--node="));
  const { status, error } = spawnSync(node, [fileURLToPath(import.meta.url), ...rest], { stdio: "inherit" });
  if (error !== undefined) throw error;
  process.exitCode = status ?? 1;
}

function file() {
  return join(FOLDER, `samples-${values.smoke ? "smoke-" : ""}${process.version}.jsonl`);
}

/** @returns {Line[]} */
function linesSoFar() {
  if (!existsSync(file())) return [];
  const lines = readFileSync(file(), "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
}

/** @returns {Promise<readonly FloorSample[]>} */
async function picked() {
  const kpl = values.kpl ? (await import("./kpl-samples.mjs")).kplSamples() : [];
  const pattern = new RegExp(values.only, "i");
  const chosen = [...SAMPLES, ...kpl].filter(
    ({ name, isInSmoke }) => pattern.test(name) && (isInSmoke || !values.smoke),
  );
  if (chosen.length === 0)
    throw new Error(`no sample matches ${values.only}; there are\n  ${SAMPLES.map(({ name }) => name).join("\n  ")}`);
  return chosen;
}

async function measure() {
  const rounds = positive("rounds", values.rounds ?? (values.smoke ? "1" : "7"));
  const seconds = positive("seconds", values.seconds ?? (values.smoke ? "0.2" : "1.5"));
  const warmUp = positive("warm-up", values["warm-up"] ?? (values.smoke ? "0.2" : "1.5"));
  const samples = await picked();
  mkdirSync(FOLDER, { recursive: true });
  if (!values.add) rmSync(file(), { force: true });
  const first = Math.max(0, ...linesSoFar().map(({ round }) => round)) + 1;
  for (let number = first; number < first + rounds; number++) {
    /** @type {Map<string, Figures>} */
    const round = new Map();
    for (const { name, measure: take } of samples) {
      const figures = await take({ dist: resolve(values.dist), warmUp, seconds, round });
      round.set(name, figures);
      /** @type {Line} */
      const line = { round: number, name, at: new Date().toISOString(), figures };
      appendFileSync(file(), `${JSON.stringify(line)}\n`);
      console.error(`round ${number}  ${name}: ${JSON.stringify(figures)}`);
    }
  }
}

function report() {
  const lines = linesSoFar();
  /** @type {Map<number, Map<string, Figures>>} */
  const rounds = new Map();
  for (const { round, name, figures } of lines) {
    const figuresOfRound = rounds.get(round) ?? new Map();
    rounds.set(round, figuresOfRound.set(name, figures));
  }
  const all = [...rounds.values()];
  console.log(`${machine()}, ${all.length} rounds from ${lines[0]?.at} to ${lines.at(-1)?.at}\n`);
  console.log(`${targetTable(all)}\n\n${sampleTable(all)}\n\n${partTable(all)}\n`);
  console.log(`Each sample: ${relative(process.cwd(), file())}`);
}

if (values.node !== undefined) runOn(values.node);
else {
  if (!values.report) await measure();
  report();
}
