/** A cold import in a separate process: CPU time and time of importing one module. */
import process from "node:process";

/** @typedef {{ url: string }} ImportRun */
/** @typedef {{ cpuMs: number, ms: number }} ImportUse */

/** @type {ImportRun} */
const { url } = JSON.parse(process.argv[2] ?? "");
const before = process.cpuUsage();
const startedAt = performance.now();
await import(url);
const ms = performance.now() - startedAt;
const { user, system } = process.cpuUsage(before);
/** @type {ImportUse} */
const use = { cpuMs: (user + system) / 1000, ms };
process.send?.(use, () => process.exit(0));
