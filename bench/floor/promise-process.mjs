/**
 * The cost of a bare promise for each record, in a separate process: it has one reaction, and is settled after a fixed
 * number of later promises. That number is the number of records that a producer has in flight.
 */
import process from "node:process";
import { setImmediate as nextTurn } from "node:timers/promises";

/**
 * @typedef {{ pending: number, warmUp: number, seconds: number }} PromiseRun
 * @typedef {{ cpuUs: number }} PromiseUse
 */

const BURST = 500;
const RESULT = { shardId: "shardId-000000000000" };

/** @type {PromiseRun} */
const { pending, warmUp, seconds } = JSON.parse(process.argv[2] ?? "");

/** @typedef {(result: typeof RESULT) => void} Settle */
/** @type {Settle[]} */
const ring = Array.from({ length: Math.max(1, Math.round(pending)) }, () => () => {});
/** @type {Settle} */
let latest = () => {};
// One function for all promises.
const keep = (/** @type {Settle} */ resolve) => {
  latest = resolve;
};
let reacted = 0;
const onSettled = () => {
  reacted++;
};

let at = 0;
function burst() {
  for (let i = 0; i < BURST; i++) {
    /** @type {Settle} */ (ring[at])(RESULT);
    void new Promise(keep).then(onSettled);
    ring[at] = latest;
    if (++at === ring.length) at = 0;
  }
}

/** @param {number} forSeconds */
async function runFor(forSeconds) {
  const until = performance.now() + forSeconds * 1000;
  while (performance.now() < until) {
    burst();
    await nextTurn();
  }
}

// Until the oldest promise of the ring has the age of all later ones.
for (let made = 0; made < ring.length; made += BURST) burst();
await runFor(warmUp);
const from = reacted;
const before = process.cpuUsage();
await runFor(seconds);
const { user, system } = process.cpuUsage(before);
/** @type {PromiseUse} */
const use = { cpuUs: (user + system) / (reacted - from) };
process.send?.(use);
process.disconnect();
