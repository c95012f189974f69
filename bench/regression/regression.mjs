/**
 * Compares this tree with an earlier one: CPU per record of a few cases, in processes that take turns, as a ratio of
 * medians. A case below the bound is measured again, with three times as many runs, before it fails.
 *
 *     npm run bench regression -- [--against <tag or commit>] [--runs <n>] [--only <regexp>] [--smoke]
 *
 * By default it compares with the last tag. `--smoke` takes seconds; without a tag, it compares this tree with itself,
 * which shows that the measurement works.
 */
import { fork } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CASES } from "../end-to-end/cases.mjs";
import { runCase } from "../end-to-end/load-run.mjs";
import { machine, median, positive, show, table } from "../statistics.mjs";
import { distOf, lastTag, ROOT } from "./base-build.mjs";

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
const runs = positive("runs", values.runs ?? (values.smoke ? "3" : "9"));
const scale = values.smoke ? 0.2 : 1;

/** @param {import("./case-process.mjs").CaseRun} run */
function inProcess(run) {
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
      else reject(new Error(`${run.name}: the process ended with ${code ?? signal}`));
    });
  });
}

/** @type {readonly RegressionCase[]} */
const ALL = [
  {
    title: "enqueue, 100 B, without a network",
    measure: (dist) => inProcess({ dist, name: "enqueue", records: 500_000 * scale }),
  },
  {
    title: "enqueue, 100 B, over HTTP",
    measure: async (dist) => {
      const [benchCase] = CASES.filter(({ title }) => title === "100 B enqueue, JSON");
      if (benchCase === undefined) throw new Error("the case is not there");
      const times = { warmUp: 2 * scale, seconds: 3 * scale };
      const settings = { dist, tls: false, window: 90_000, nodeFlags: [], options: {}, ...times };
      return (await runCase(benchCase, settings)).cpuUs;
    },
  },
  {
    title: "deaggregate, 100 B",
    measure: (dist) => inProcess({ dist, name: "deaggregate", records: 2_000_000 * scale }),
  },
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
  const ref = values.against ?? lastTag();
  if (ref === undefined && !values.smoke) throw new Error("there is no tag yet: name a commit with --against");
  const here = join(ROOT, "dist");
  const dists = { here, base: ref === undefined ? here : distOf(ref) };
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
  console.log(`${machine()}, against ${ref ?? "itself"}\n`);
  console.log(table(["case", "CPU µs before", "now", "speed", "runs"], rows));
  const slower = [...taken].filter(([, samples]) => speedOf(samples) < BOUND);
  for (const [{ title }, samples] of slower)
    console.error(`${title}: ${show(speedOf(samples))} of the speed of ${ref ?? "itself"}`);
  process.exitCode = slower.length === 0 ? 0 : 1;
}

await main();
