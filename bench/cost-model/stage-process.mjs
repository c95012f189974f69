/** Measures one stage in a separate process: CPU per record, including everything that the process does. */
import process from "node:process";
import { stageOf } from "./stages.mjs";

/** @typedef {import("./stages.mjs").StageSettings & { title: string, warmUp: number, seconds: number }} StageRun */

/** @type {StageRun} */
const run = JSON.parse(process.argv[2] ?? "");
const stage = await stageOf(run.title).make(run);

/** @param {number} seconds */
async function go(seconds) {
  const end = performance.now() + seconds * 1000;
  let times = 0;
  while (performance.now() < end) {
    const done = stage.run();
    if (done !== undefined) await done;
    times++;
  }
  return times;
}

await go(run.warmUp);
const before = process.cpuUsage();
const times = await go(run.seconds);
const { user, system } = process.cpuUsage(before);
process.send?.({ nsPerRecord: ((user + system) * 1000) / (times * stage.records) });
await stage.end?.();
process.disconnect();
