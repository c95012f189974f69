/**
 * Encoders of aggregated records on Node.js: this library, AWS's npm package aws-kinesis-agg, and the schema by
 * protobufjs with node:crypto. They get the same records and must write the same bytes (checked). Each runs in a
 * separate process, in turns.
 *
 *     npm run bench compare -- encode [--runs <n>] [--seconds <n>]
 */
import { fork, spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { sizeTitle } from "../../end-to-end/cases.mjs";
import { machine, median, positive, show, table } from "../../statistics.mjs";

/** @typedef {import("./encode-process.mjs").EncodeSample} EncodeSample */

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const OURS = "kinesis-producer/aggregate";
const PEERS = ["aws-kinesis-agg", "protobufjs and node:crypto"];
const SIZES = [100, 1024];

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
  },
});
const runs = positive("runs", values.runs);
const seconds = positive("seconds", values.seconds);

/**
 * @param {import("./encode-process.mjs").EncodeRun} run
 * @returns {Promise<EncodeSample>}
 */
function measure(run) {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL("encode-process.mjs", import.meta.url)), [JSON.stringify(run)], {
      cwd: ROOT,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    /** @type {EncodeSample | undefined} */
    let sample;
    child.on("message", (message) => {
      sample = /** @type {EncodeSample} */ (message);
    });
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      if (code === 0 && sample !== undefined) resolve(sample);
      else reject(new Error(`${run.encoder}: the process ended with ${code ?? signal}`));
    });
  });
}

const compiler = fileURLToPath(import.meta.resolve("typescript/bin/tsc"));
const { status } = spawnSync(process.execPath, [compiler, "-p", "bench/tsconfig.json"], {
  cwd: ROOT,
  stdio: "inherit",
});
if (status !== 0) throw new Error("bench/micro does not compile");

const cases = SIZES.flatMap((size) =>
  [OURS, ...PEERS].map((encoder) => ({ size, encoder, samples: /** @type {EncodeSample[]} */ ([]) })),
);
for (let run = 1; run <= runs; run++) {
  for (const { size, encoder, samples } of cases) {
    const sample = await measure({ size, encoder, seconds });
    samples.push(sample);
    console.error(`${run}/${runs}  ${sizeTitle(size)}, ${encoder}: ${show(sample.cpuNsPerRecord)} ns of CPU`);
  }
}
const cpuOf = (/** @type {EncodeSample[]} */ samples) => median(samples.map(({ cpuNsPerRecord }) => cpuNsPerRecord));
const rows = cases.map(({ size, encoder, samples }) => {
  const ours = cases.find((each) => each.size === size && each.encoder === OURS);
  const times = cpuOf(samples) / cpuOf(ours?.samples ?? []);
  const wall = median(samples.map(({ nsPerRecord }) => nsPerRecord));
  return [
    `${sizeTitle(size)}, ${encoder}`,
    show(wall),
    show(cpuOf(samples)),
    encoder === OURS ? "" : `${show(times)} ×`,
  ];
});
console.log(`${machine()}, medians of ${runs} runs of ${seconds} s in turns\n`);
console.log(table(["encoder", "ns a record", "CPU ns a record", "CPU, of ours"], rows));
