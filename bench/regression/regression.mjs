/**
 * Compares this tree with an earlier one: CPU per record of a few cases, in processes that take turns, as a ratio of
 * medians. A case below the bound is measured again, with three times as many runs, before it fails.
 *
 *     npm run bench regression -- [--against <tag or commit>] [--runs <n>] [--only <regexp>] [--smoke]
 *
 * By default it compares with the last tag, or else with the commit of base.json. `--smoke` takes a minute; in a shallow
 * clone, which has neither, it compares this tree with itself, and says so.
 */
import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CASES } from "../end-to-end/cases.mjs";
import { runCase } from "../end-to-end/load-run.mjs";
import { machine, median, positive, show, table } from "../statistics.mjs";
import { distOf, hasCommit, lastTag, ROOT } from "./base-build.mjs";
import { chooseBase } from "./choose-base.mjs";

/**
 * @typedef {{ title: string, measure(dist: string): Promise<number> }} RegressionCase resolves with CPU µs a record
 * @typedef {{ base: number[], here: number[] }} Samples
 */

/** Allowed share of the earlier tree's speed. */
const BOUND = 0.85;
const AGAIN = 3;

const { values } = parseArgs({
  options: {
    against: { type: "string" },
    runs: { type: "string" },
    only: { type: "string", default: "" },
    smoke: { type: "boolean", default: false },
  },
});
const runs = positive("runs", values.runs ?? (values.smoke ? "5" : "9"));
const scale = values.smoke ? 0.2 : 1;

/**
 * @param {string} title
 * @param {import("./case-process.mjs").CaseRun} run
 */
function inProcess(title, run) {
  return new Promise((/** @type {(cpuUs: number) => void} */ resolve, reject) => {
    const child = fork(fileURLToPath(new URL("case-process.mjs", import.meta.url)), [JSON.stringify(run)], {
      env: { ...process.env, NODE_NO_WARNINGS: "1" },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    /** @type {number | undefined} */
    let cpuUs;
    child.on("message", (message) => {
      cpuUs = Number(message);
    });
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      if (code === 0 && cpuUs !== undefined) resolve(cpuUs);
      else reject(new Error(`${title}: the process ended with ${code ?? signal}`));
    });
  });
}

/**
 * @param {string} title
 * @param {number} records
 * @param {import("./case-process.mjs").Work} work
 * @returns {RegressionCase}
 */
function alone(title, records, work) {
  return { title, measure: (dist) => inProcess(title, { dist, work, records: records * scale }) };
}

/** @type {readonly RegressionCase[]} */
const ALL = [
  alone("put, 100 B, without a network", 400_000, { kind: "put", size: 100, shards: 1 }),
  alone("enqueue, 100 B, without a network", 500_000, { kind: "enqueue", size: 100, shards: 1 }),
  alone("enqueue, 1 KiB, without a network", 200_000, { kind: "enqueue", size: 1024, shards: 1 }),
  alone("enqueue, 100 B, 1,000 shards, without a network", 400_000, { kind: "enqueue", size: 100, shards: 1_000 }),
  alone("enqueue, compressed by gzip, without a network", 50_000, {
    kind: "enqueue",
    size: 0,
    shards: 1,
    real: "events of 30 fields",
    compression: "gzip",
  }),
  {
    title: "enqueue, 100 B, over HTTP",
    measure: async (dist) => {
      const [benchCase] = CASES.filter(({ title }) => title === "100 B enqueue, JSON");
      if (benchCase === undefined) throw new Error("the case is not there");
      const times = { warmUp: 3 * scale, seconds: 4 * scale };
      const settings = { dist, tls: false, window: 90_000, nodeFlags: [], options: {}, ...times };
      return (await runCase(benchCase, settings)).cpuUs;
    },
  },
  alone("deaggregate, 100 B", 2_000_000, { kind: "deaggregate", size: 100 }),
];

/**
 * @param {RegressionCase} regressionCase
 * @param {{ base: string, here: string }} dists
 * @param {Samples} samples
 */
async function measurePair({ title, measure }, dists, samples) {
  // The second build meets a warmer or busier machine, so the two builds alternate.
  const order =
    samples.base.length % 2 === 0 ? /** @type {const} */ (["base", "here"]) : /** @type {const} */ (["here", "base"]);
  for (const which of order) samples[which].push(await measure(dists[which]));
  console.error(`${title}: ${show(samples.base.at(-1) ?? 0)} → ${show(samples.here.at(-1) ?? 0)} µs`);
}

/** @param {Samples} samples */
function speedOf({ base, here }) {
  return median(base) / median(here);
}

async function main() {
  const named = JSON.parse(readFileSync(new URL("base.json", import.meta.url), "utf8"));
  const { ref, about } = chooseBase({
    against: values.against,
    tag: lastTag(),
    named,
    hasCommit: hasCommit(named.commit),
    isSmoke: values.smoke,
  });
  console.error(`against ${about}`);
  const here = join(ROOT, "dist");
  const dists = { here, base: ref === undefined ? here : distOf(ref, { installs: !values.smoke }) };
  const picked = ALL.filter(({ title }) => new RegExp(values.only, "i").test(title));
  if (picked.length === 0) throw new Error(`no case matches ${values.only}`);
  const taken = new Map(picked.map((each) => [each, /** @type {Samples} */ ({ base: [], here: [] })]));
  for (let run = 0; run < runs; run++) {
    for (const [each, samples] of taken) await measurePair(each, dists, samples);
  }
  for (const [each, samples] of taken) {
    if (speedOf(samples) >= BOUND) continue;
    console.error(`${each.title}: ${show(speedOf(samples))}, below ${BOUND}: measured again`);
    for (let run = 0; run < runs * AGAIN; run++) await measurePair(each, dists, samples);
  }
  const rows = [...taken].map(([{ title }, samples]) => {
    return [
      title,
      show(median(samples.base)),
      show(median(samples.here)),
      show(speedOf(samples)),
      `${samples.here.length}`,
    ];
  });
  console.log(`${machine()}, against ${about}\n`);
  console.log(table(["case", "CPU µs before", "now", "speed", "runs"], rows));
  const slower = [...taken].filter(([, samples]) => speedOf(samples) < BOUND);
  for (const [{ title }, samples] of slower)
    console.error(`${title}: ${show(speedOf(samples))} of the speed of ${about}`);
  process.exitCode = slower.length === 0 ? 0 : 1;
}

await main();
