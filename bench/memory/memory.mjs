/**
 * Memory of a producer while its buffer is full and no request is answered, and after all records were delivered. The
 * producer and the sink have separate processes, over TLS on loopback; the sink holds its answers until a message
 * releases them. Prints a table, and ends with status 1 when a figure is above its bound. "Resident" is measured a
 * second after the last event and after garbage collections, "without gc" before those. Array buffers and heap are
 * measured after them.
 *
 *     npm run bench memory -- [--only <regexp>] [--option <name>=<value>] [--node-flag <flag>] [--plain] [--dist <folder>]
 */
import { fork } from "node:child_process";
import { resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { withTrust } from "../end-to-end/trust.mjs";
import { machine, table } from "../statistics.mjs";
import { CASES } from "./cases.mjs";

/**
 * @typedef {import("./cases.mjs").MemoryCase} MemoryCase
 * @typedef {import("./filling-process.mjs").Filling} Filling
 * @typedef {import("./filling-process.mjs").Filled} Filled
 * @typedef {import("./holding-server.mjs").Ready} Ready
 */

const MIB = 1024 * 1024;
const SHARDS = 4;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    option: { type: "string", multiple: true, default: [] },
    "node-flag": { type: "string", multiple: true, default: [] },
    dist: { type: "string", default: "dist" },
    plain: { type: "boolean", default: false },
  },
});
const pattern = new RegExp(values.only, "i");
const picked = CASES.filter(({ title }) => pattern.test(title));
if (picked.length === 0) throw new Error(`no case matches ${values.only}`);
const given = Object.fromEntries(
  values.option.map((text) => {
    const [name = "", value = ""] = text.split("=");
    return [name, JSON.parse(value)];
  }),
);

/** @param {string} file @param {readonly string[]} args @param {readonly string[]} flags @param {NodeJS.ProcessEnv} environment */
function start(file, args, flags, environment) {
  return fork(fileURLToPath(new URL(file, import.meta.url)), [...args], {
    execArgv: [...flags],
    env: { ...process.env, NODE_NO_WARNINGS: "1", ...environment },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
}

/**
 * The next message of a process. Rejects if the process ends first.
 *
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<unknown>}
 */
function messageOf(child) {
  return new Promise((resolve, reject) => {
    const ended = (/** @type {number | null} */ code) => reject(new Error(`a process ended with ${code}`));
    child.once("exit", ended);
    child.once("message", (message) => {
      child.off("exit", ended);
      resolve(message);
    });
  });
}

/**
 * @param {MemoryCase} memoryCase
 * @returns {Promise<Filled>}
 */
async function measure({ how, size, streams: count, options }) {
  const streams = Array.from({ length: count }, (_, index) => `bench-${index}`);
  const sink = start("holding-server.mjs", [], [], {});
  try {
    const started = messageOf(sink);
    sink.send({ tls: !values.plain, streams: Object.fromEntries(streams.map((name) => [name, { shards: SHARDS }])) });
    const ready = /** @type {Ready} */ (await started);
    return await withTrust(ready, !values.plain, async ({ endpoint, environment }) => {
      /** @type {Filling} */
      const filling = { endpoint, dist: resolve(values.dist), how, size, streams, options: { ...options, ...given } };
      const flags = ["--expose-gc", ...values["node-flag"]];
      const producer = start("filling-process.mjs", [JSON.stringify(filling)], flags, environment);
      await messageOf(producer);
      const filled = messageOf(producer);
      sink.send("answer");
      return /** @type {Filled} */ (await filled);
    });
  } finally {
    sink.disconnect();
  }
}

/** @param {number} bytes */
function mib(bytes) {
  return (bytes / MIB).toFixed(1);
}

const failures = [];
const rows = [];
for (const memoryCase of picked) {
  const { title, bound } = memoryCase;
  const { before, full, drained, records } = await measure(memoryCase);
  const row = { full: full.rss - before.rss, drained: drained.rss - before.rss };
  rows.push([
    title,
    records.toLocaleString("en"),
    mib(before.rss),
    `${mib(row.full)} (≤ ${bound.fullMib})`,
    mib(full.residentBefore - before.rss),
    mib(full.arrayBuffers - before.arrayBuffers),
    mib(full.heapUsed - before.heapUsed),
    `${mib(row.drained)} (≤ ${bound.drainedMib})`,
    mib(drained.residentBefore - before.rss),
    mib(drained.arrayBuffers - before.arrayBuffers),
    mib(drained.heapUsed - before.heapUsed),
  ]);
  if (row.full > bound.fullMib * MIB) failures.push(`${title}: ${mib(row.full)} MiB more resident while full`);
  if (row.drained > bound.drainedMib * MIB)
    failures.push(`${title}: ${mib(row.drained)} MiB more resident after draining`);
}
console.log(`${machine()}; MiB; all columns from the fourth on: beyond what was there before\n`);
const head = ["case", "records", "resident before", "full: resident", "without gc", "array buffers", "heap"];
console.log(table([...head, "drained: resident", "without gc", "array buffers", "heap"], rows));
for (const failure of failures) console.error(`above its bound: ${failure}`);
if (failures.length > 0) process.exitCode = 1;
