/**
 * Runs schedules in batches, one seed per batch, in a separate process: `node worker.mjs <tree> <settings>`, where `tree` is
 * transpiled and `settings` is JSON. Sends a message after each batch; exits with 1 after the first schedule that fails.
 */
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import fc from "fast-check";

/**
 * @typedef {{ firstBatch: number, everyBatch: number, batches: number, batchSize: number, lastSize: number, seed: number,
 *   shrink: boolean }} WorkerSettings
 * @typedef {{ ran: number, failure?: { seed: number, problem: string, report: string } }} WorkerMessage
 */

const [tree = "", text = "{}"] = process.argv.slice(2);
/** @type {WorkerSettings} */
const settings = JSON.parse(text);
const support = pathToFileURL(join(tree, "test/support/")).href;
/** @type {typeof import("../../test/support/virtual-run.js")} */
const { VirtualRun } = await import(`${support}virtual-run.js`);
/** @type {typeof import("../../test/support/virtual-schedule.js")} */
const { schedules } = await import(`${support}virtual-schedule.js`);

/** @param {WorkerMessage} message */
function send(message) {
  process.send?.(message);
}

// All later failures are those of schedules.
send({ ran: 0 });
const property = fc.asyncProperty(schedules, (schedule) => VirtualRun.of(schedule));
for (let batch = settings.firstBatch; batch < settings.batches; batch += settings.everyBatch) {
  const seed = settings.seed + batch;
  const numRuns = batch === settings.batches - 1 ? settings.lastSize : settings.batchSize;
  const details = await fc.check(property, { seed, numRuns, endOnFailure: !settings.shrink });
  if (details.failed) {
    const { errorInstance } = details;
    const problem = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
    const report = (await fc.asyncDefaultReportMessage(details)) ?? "";
    send({ ran: details.numRuns, failure: { seed, problem, report } });
    process.exitCode = 1;
    break;
  }
  send({ ran: numRuns });
}
process.disconnect?.();
