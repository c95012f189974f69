/**
 * The CPU of a record, stage by stage, compared with the CPU of the whole path end to end over TLS. Each stage is
 * measured alone in separate processes, in turns with the whole.
 *
 *     npm run bench cost-model -- [--runs <n>] [--seconds <n>] [--warm-up <n>]
 *
 * Exits with 1 when the sum is off by more than 15 %.
 */
import { fork } from "node:child_process";
import { resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CASES } from "../end-to-end/cases.mjs";
import { runCase } from "../end-to-end/load-run.mjs";
import { ServerProcess } from "../end-to-end/server-process.mjs";
import { withTrust } from "../end-to-end/trust.mjs";
import { machine, median, positive, show, table } from "../statistics.mjs";
import { STAGES } from "./stages.mjs";

const SIZES = [
  { size: 100, title: "100 B" },
  { size: 1024, title: "1 KiB" },
];
const MAX_DIFFERENCE = 0.15;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    "warm-up": { type: "string", default: "1" },
  },
});
const runs = positive("runs", values.runs);
const seconds = positive("seconds", values.seconds);
const warmUp = positive("warm-up", values["warm-up"]);
const dist = resolve("dist");

/**
 * @param {string} title
 * @param {number} size
 * @returns {Promise<number>} nanoseconds of CPU
 */
async function measureStage(title, size) {
  const server = await ServerProcess.start({ shards: 4, tls: true });
  try {
    return await withTrust(server.ready, true, ({ endpoint, environment }) => {
      /** @type {import("./stage-process.mjs").StageRun} */
      const run = { title, size, endpoint, dist, warmUp, seconds };
      const child = fork(fileURLToPath(new URL("stage-process.mjs", import.meta.url)), [JSON.stringify(run)], {
        env: { ...process.env, NODE_NO_WARNINGS: "1", ...environment },
        stdio: ["ignore", "inherit", "inherit", "ipc"],
      });
      return new Promise((resolve, reject) => {
        /** @type {number | undefined} */
        let measured;
        child.on("message", (message) => {
          measured = /** @type {{ nsPerRecord: number }} */ (message).nsPerRecord;
        });
        child.on("error", reject);
        child.on("exit", (code) => {
          if (code === 0 && measured !== undefined) resolve(measured);
          else reject(new Error(`the process of ${title} ended with ${code}`));
        });
      });
    });
  } finally {
    await server.stop();
  }
}

/** @param {string} sizeTitle */
async function measureWhole(sizeTitle) {
  const benchCase = CASES.find(({ title }) => title === `${sizeTitle} enqueue, JSON`);
  if (benchCase === undefined) throw new Error("there is no such case end to end");
  const settings = { dist, tls: true, warmUp, seconds, window: 90_000, nodeFlags: [], options: {} };
  return (await runCase(benchCase, settings)).cpuUs * 1000;
}

/** @type {Map<string, number[]>} */
const measured = new Map();

/**
 * @param {string} name
 * @param {number} ns
 */
function note(name, ns) {
  const all = measured.get(name) ?? [];
  all.push(ns);
  measured.set(name, all);
  console.error(`${name}: ${show(ns)} ns`);
}

for (let run = 0; run < runs; run++) {
  for (const { size, title: sizeTitle } of SIZES) {
    for (const { title } of STAGES) note(`${sizeTitle}: ${title}`, await measureStage(title, size));
    note(`${sizeTitle}: end to end`, await measureWhole(sizeTitle));
  }
}

/** @param {string} name */
const medianOf = (name) => median(measured.get(name) ?? []);

const columns = SIZES.map(({ title: sizeTitle }) => {
  let before = 0;
  const costs = STAGES.map(({ title, isWithinProducer }) => {
    const ns = medianOf(`${sizeTitle}: ${title}`);
    const own = isWithinProducer ? ns - before : ns;
    if (isWithinProducer) before = ns;
    return own;
  });
  const sum = costs.reduce((total, cost) => total + cost, 0);
  return { sizeTitle, costs, sum, whole: medianOf(`${sizeTitle}: end to end`) };
});

console.log(
  `${machine()}, medians of ${runs} runs of ${seconds} s; enqueue, 1,000 keys, 4 shards, 51,200 B, JSON over TLS\n`,
);
console.log(
  table(
    ["CPU ns per record", ...columns.map(({ sizeTitle }) => sizeTitle)],
    [
      ...STAGES.map(({ title }, i) => [title, ...columns.map(({ costs }) => show(costs[i] ?? 0))]),
      ["sum of the stages", ...columns.map(({ sum }) => show(sum))],
      ["end to end", ...columns.map(({ whole }) => show(whole))],
      ["sum / end to end", ...columns.map(({ sum, whole }) => show(sum / whole))],
    ],
  ),
);
if (columns.some(({ sum, whole }) => Math.abs(sum / whole - 1) > MAX_DIFFERENCE)) {
  console.error(`the sum of the stages is off by more than ${MAX_DIFFERENCE * 100} %`);
  process.exitCode = 1;
}
