/**
 * Measures one peer in this process:
 * `node measure.mjs <module> <function> <input file> <CPU seconds to warm up> <seconds>`. Prints a line of JSON, as
 * `DecodeBench.java` does.
 */
import process from "node:process";
import { pathToFileURL } from "node:url";
import { readInput } from "./inputs.mjs";

/** @typedef {() => { sum: number, count: number }} Pass - decodes the whole input once */

const [module = "", name = "", file = "", warmCpuSeconds, seconds] = process.argv.slice(2);
const makePass = /** @type {(aggregates: readonly Buffer[]) => Pass} */ (
  (await import(pathToFileURL(module).href))[name]
);
const pass = makePass(readInput(file));

/** CPU time of all threads of this process. */
function cpuNs() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1e3;
}

// By CPU time: on a busy machine a warm-up by wall time would end before the code is optimized.
while (cpuNs() < Number(warmCpuSeconds) * 1e9) pass();
globalThis.gc?.();
const cpuBefore = cpuNs();
const startedAt = performance.now();
let records = 0;
let checksum = 0;
let now = startedAt;
while (now - startedAt < Number(seconds) * 1e3) {
  const did = pass();
  records += did.count;
  checksum = did.sum;
  now = performance.now();
}
const result = {
  records,
  checksum,
  wallNs: ((now - startedAt) * 1e6) / records,
  cpuNs: (cpuNs() - cpuBefore) / records,
};
console.log(JSON.stringify(result));
