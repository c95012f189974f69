/**
 * The capacity of a LocalKinesis in counting mode, with a cheap client: MB/s of payload for each kind of entry, plain,
 * over TLS and in CBOR; the time until it is ready; its CPU when idle; its memory under load. Fails when a figure
 * misses its target.
 *
 *     npm run bench local-kinesis -- [--seconds <n>] [--runs <n>] [--connections <n>] [--minutes <n>] [--only <regexp>]
 *
 * `--only` selects measurements by title: those of the throughput as in the table, "ready", "idle", "memory".
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { machine, median, positive, show } from "../statistics.mjs";
import { putBodies, SHAPES } from "./put-bodies.mjs";
import { putForAWhile } from "./raw-client.mjs";
import { ServerProcess } from "./server-process.mjs";

/** @typedef {import("./counting-server.mjs").Ready} Ready */

const SHARDS = 8;
const MB = 1e6;

/**
 * Targets: payload of 51,200 B entries in JSON over plain HTTP per CPU time of the server. The other targets follow.
 */
const MIN_MB_PER_CPU_SECOND = 400;
const MAX_READY_MS = 50;
/** CPU of an idle process, in percent of one core. */
const MAX_IDLE_PERCENT = 0.5;
const IDLE_SECONDS = 5;
/** Allowed growth of the resident set under load, after the first third of the time. */
const MAX_GROWTH_MB = 16;

/** @type {string[]} */
const missed = [];

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "3" },
    runs: { type: "string", default: "3" },
    connections: { type: "string", default: "8" },
    minutes: { type: "string", default: "0.5" },
    only: { type: "string", default: "" },
  },
});
const load = { connections: positive("connections", values.connections), seconds: positive("seconds", values.seconds) };
const runs = positive("runs", values.runs);

/** @param {string} title */
function isPicked(title) {
  return new RegExp(values.only, "i").test(title);
}

/**
 * One run in a separate process, after a second of warm-up with the same load.
 *
 * @param {import("./put-bodies.mjs").Shape} shape
 * @param {"json" | "cbor"} protocol
 * @param {boolean} tls
 */
async function measure(shape, protocol, tls) {
  const server = await ServerProcess.start({ shards: SHARDS, tls });
  const bodies = putBodies(shape, protocol);
  const put = (/** @type {number} */ seconds) =>
    putForAWhile(server.ready.port, tls, protocol, bodies, { ...load, seconds });
  await put(1);
  const before = await server.usage();
  const sent = await put(load.seconds);
  const after = await server.usage();
  await server.stop();
  if (after.records - before.records !== sent.records || after.bytes - before.bytes !== sent.payload) {
    throw new Error("the server has not counted what was sent");
  }
  const cpuSeconds = (after.cpuMs - before.cpuMs) / 1000;
  return {
    wall: sent.payload / MB / sent.seconds,
    cpu: sent.payload / MB / cpuSeconds,
    usPerEntry: (cpuSeconds * 1e6) / sent.records,
    busy: (cpuSeconds / sent.seconds) * 100,
  };
}

async function throughput() {
  const cases = SHAPES.flatMap((shape) => [
    { title: `${shape.title}, JSON, plain`, shape, protocol: /** @type {const} */ ("json"), tls: false },
    { title: `${shape.title}, JSON, TLS`, shape, protocol: /** @type {const} */ ("json"), tls: true },
    { title: `${shape.title}, CBOR, plain`, shape, protocol: /** @type {const} */ ("cbor"), tls: false },
  ]).filter(({ title }) => isPicked(title));
  if (cases.length === 0) return;
  const samples = cases.map((each) => ({ ...each, taken: /** @type {Awaited<ReturnType<typeof measure>>[]} */ ([]) }));
  for (let run = 1; run <= runs; run++) {
    for (const { title, shape, protocol, tls, taken } of samples) {
      const sample = await measure(shape, protocol, tls);
      taken.push(sample);
      console.error(`${run}/${runs}  ${title}: ${show(sample.cpu)} MB per CPU second, ${show(sample.wall)} MB/s`);
    }
  }
  console.log("| entries | MB per CPU second | CPU µs per entry | MB/s on the clock | server's use of a core |");
  console.log("| --- | ---: | ---: | ---: | ---: |");
  for (const { title, taken } of samples) {
    const [cpu, us, wall, busy] = /** @type {const} */ (["cpu", "usPerEntry", "wall", "busy"]).map((name) =>
      median(taken.map((sample) => sample[name])),
    );
    console.log(`| ${title} | ${show(cpu ?? 0)} | ${show(us ?? 0)} | ${show(wall ?? 0)} | ${show(busy ?? 0)} % |`);
    if (title === "51,200 B, JSON, plain" && (cpu ?? 0) < MIN_MB_PER_CPU_SECOND) {
      missed.push(`${title}: ${show(cpu ?? 0)} MB per CPU second, wanted ${MIN_MB_PER_CPU_SECOND}`);
    }
  }
}

async function startUp() {
  /** @type {Ready[]} */
  const starts = [];
  for (let start = 0; start < 5; start++) {
    const server = await ServerProcess.start({ shards: SHARDS, tls: false });
    starts.push(server.ready);
    await server.stop();
  }
  const importMs = median(starts.map((ready) => ready.importMs));
  const readyMs = median(starts.map((ready) => ready.startMs));
  console.log(`\nready: ${show(readyMs)} ms after start(), ${show(importMs)} ms for the import before (medians of 5)`);
  if (readyMs > MAX_READY_MS) missed.push(`ready after ${show(readyMs)} ms`);
}

async function idle() {
  const server = await ServerProcess.start({ shards: SHARDS, tls: false });
  const bodies = putBodies(/** @type {import("./put-bodies.mjs").Shape} */ (SHAPES[1]), "json");
  await putForAWhile(server.ready.port, false, "json", bodies, { ...load, seconds: 0.2 });
  await server.usage();
  const before = await server.usage();
  await new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1000));
  const after = await server.usage();
  await server.stop();
  const percent = (after.cpuMs - before.cpuMs) / (IDLE_SECONDS * 10);
  console.log(`idle: ${show(after.cpuMs - before.cpuMs)} ms of CPU in ${IDLE_SECONDS} s, this question included`);
  if (percent > MAX_IDLE_PERCENT) missed.push(`idle: ${show(percent)} % of a core`);
}

async function memory() {
  const minutes = positive("minutes", values.minutes);
  const server = await ServerProcess.start({ shards: SHARDS, tls: false });
  const bodies = SHAPES.flatMap((shape) => putBodies(shape, "json"));
  const steps = 12;
  /** @type {number[]} */
  const resident = [];
  let records = 0;
  for (let step = 0; step < steps; step++) {
    const sent = await putForAWhile(server.ready.port, false, "json", bodies, {
      ...load,
      seconds: (minutes * 60) / steps,
    });
    records += sent.records;
    const { rss, heap } = await server.usage({ collect: true });
    resident.push(rss / MB);
    console.error(`memory ${step + 1}/${steps}: ${show(rss / MB)} MB resident, ${show(heap / MB)} MB of heap in use`);
  }
  await server.stop();
  // In the first third the heap finds its size.
  const settled = Math.max(...resident.slice(0, steps / 3));
  const last = Math.max(...resident.slice(-steps / 3));
  console.log(
    `memory: ${show(settled)} MB resident at most in the first third of ${show(minutes)} min, ${show(last)} MB in the last; ${records.toLocaleString("en")} records`,
  );
  if (last - settled > MAX_GROWTH_MB) missed.push(`memory grew by ${show(last - settled)} MB`);
}

console.log(`${machine()}, medians of ${runs} runs\n`);
await throughput();
if (isPicked("ready")) await startUp();
if (isPicked("idle")) await idle();
if (isPicked("memory")) await memory();
for (const target of missed) console.error(`below target: ${target}`);
process.exitCode = missed.length === 0 ? 0 : 1;
