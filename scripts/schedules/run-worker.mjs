import { fork } from "node:child_process";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/**
 * Nearly all garbage is young. Stack traces of errors, which are only compared by their codes, cost a tenth of the
 * time.
 */
const FLAGS = ["--max-semi-space-size=64", "--stack-trace-limit=0"];

const WORKER = join(dirname(fileURLToPath(import.meta.url)), "worker.mjs");

/**
 * @typedef {import("./worker.mjs").WorkerSettings} WorkerSettings
 * @typedef {import("./worker.mjs").WorkerMessage} WorkerMessage
 * @typedef {{ status: number | string, output: string }} WorkerEnd
 */

/**
 * Starts a worker process.
 *
 * @param {string} tree - transpiled
 * @param {WorkerSettings} settings
 * @param {(message: WorkerMessage) => void} onMessage
 * @param {number} [timeoutMs] - after which it is ended
 * @returns {{ ended: Promise<WorkerEnd>, kill: () => void }}
 */
export function runWorker(tree, settings, onMessage, timeoutMs) {
  const child = fork(WORKER, [tree, JSON.stringify(settings)], {
    execArgv: FLAGS,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk) => {
      output = (output + chunk).slice(-4_000);
    });
  }
  child.on("message", (message) => {
    onMessage(/** @type {WorkerMessage} */ (message));
  });
  const kill = () => {
    child.kill();
  };
  process.once("exit", kill);
  const ended = new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      process.off("exit", kill);
      resolve({ status: code ?? signal ?? "?", output });
    });
  });
  return { ended, kill };
}
