/** Producers side by side. Their runs take turns, and the tables have medians and their ratios. */
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CASES, sizeTitle } from "../end-to-end/cases.mjs";
import { runCase } from "../end-to-end/load-run.mjs";
import { ROOT } from "../regression/base-build.mjs";
import { machine, median, positive, show, table } from "../statistics.mjs";
import { accountOf } from "./account.mjs";
import { SHARDS, WORKLOADS_FIRST_KEY } from "./peer-side.mjs";

/**
 * @typedef {import("./peer-run.mjs").PeerSample} PeerSample
 * @typedef {{ size: number, seconds: number, warmUp: number }} Pace
 * @typedef {{ size: number, count: number }} Order
 * @typedef {{ name: string, measure(pace: Pace): Promise<PeerSample>, account(order: Order): Promise<Account> }} Side
 * @typedef {import("./account.mjs").Account} Account
 * @typedef {{ of: string, over: string, size: number, speed?: number, cpu?: number }} Wanted
 *   `speed`: the smallest ratio of records a second; `cpu`: the largest ratio of CPU time
 */

export const SIZES = [100, 1024];
const ACCOUNT_MS = 120_000;

const OURS_PROGRAM = fileURLToPath(new URL("ours-load.mjs", import.meta.url));

/** @type {readonly Side[]} */
export const OURS = /** @type {const} */ (["put", "enqueue"]).map((how) => ({
  name: `kinesis-producer, ${how}`,
  async measure({ size, seconds, warmUp }) {
    const benchCase = CASES.find(({ title }) => title === `${sizeTitle(size)} ${how}, JSON`);
    if (benchCase === undefined) throw new Error(`no case for ${size} B and ${how}`);
    const settings = {
      dist: join(ROOT, "dist"),
      tls: true,
      window: 90_000,
      nodeFlags: [],
      options: {},
      warmUp,
      seconds,
    };
    return runCase(benchCase, settings);
  },
  account: ({ size, count }) =>
    accountOf(
      how,
      {
        command: process.execPath,
        args: (port) => ["--no-warnings", OURS_PROGRAM, how, ...[port, size, count].map(String)],
        environment: { NODE_TLS_REJECT_UNAUTHORIZED: "0" },
        shards: SHARDS,
        limitMs: ACCOUNT_MS,
      },
      WORKLOADS_FIRST_KEY,
    ),
}));

/**
 * Measures every side in turns, and prints a table for each size, with the targets beside the ratios.
 *
 * @param {readonly Side[]} peers
 * @param {readonly Wanted[]} wanted
 */
export async function compareProducers(peers, wanted) {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "5" },
      seconds: { type: "string", default: "5" },
      "warm-up": { type: "string", default: "3" },
    },
  });
  const runs = positive("runs", values.runs);
  const seconds = positive("seconds", values.seconds);
  const warmUp = positive("warm-up", values["warm-up"]);
  console.log(`${machine()}, medians of ${runs} runs of ${seconds} s in turns, each after ${warmUp} s of the same`);
  for (const size of SIZES) {
    const taken = new Map([...OURS, ...peers].map((side) => [side, /** @type {PeerSample[]} */ ([])]));
    for (let run = 1; run <= runs; run++) {
      for (const [side, samples] of taken) {
        const sample = await side.measure({ size, seconds, warmUp });
        samples.push(sample);
        const figures = `${show(sample.recordsPerSecond)} records/s, ${show(sample.cpuUs)} µs`;
        console.error(`${run}/${runs}  ${sizeTitle(size)}, ${side.name}: ${figures}`);
      }
    }
    console.log(`\n${sizeTitle(size)}\n\n${figuresOf(taken)}\n\n${ratiosOf(taken, peers, wanted, size)}`);
  }
}

/** @param {ReadonlyMap<Side, readonly PeerSample[]>} taken */
function figuresOf(taken) {
  const rows = [...taken].map(([{ name }, samples]) => {
    const of = (/** @type {keyof PeerSample} */ field) => show(median(samples.map((sample) => sample[field])));
    const cpu = samples.map(({ cpuUs }) => cpuUs).sort((a, b) => a - b);
    return [
      name,
      of("recordsPerSecond"),
      of("cpuUs"),
      `${show(cpu[0] ?? 0)} to ${show(cpu.at(-1) ?? 0)}`,
      of("sinkCpuUs"),
    ];
  });
  return table(["producer", "records/s", "CPU µs a record", "lowest to highest", "sink CPU µs"], rows);
}

/**
 * @param {ReadonlyMap<Side, readonly PeerSample[]>} taken
 * @param {readonly Side[]} peers
 * @param {readonly Wanted[]} wanted
 * @param {number} size
 */
function ratiosOf(taken, peers, wanted, size) {
  const of = (/** @type {Side} */ side, /** @type {keyof PeerSample} */ field) =>
    median((taken.get(side) ?? []).map((sample) => sample[field]));
  const rows = OURS.flatMap((ours) =>
    peers.map((peer) => {
      const target = wanted.find((each) => each.of === ours.name && each.over === peer.name && each.size === size);
      const speed = of(ours, "recordsPerSecond") / of(peer, "recordsPerSecond");
      const cpu = of(peer, "cpuUs") / of(ours, "cpuUs");
      return [
        `${ours.name}, against ${peer.name}`,
        `${show(speed)} ×`,
        target?.speed === undefined ? "" : `≥ ${target.speed} ×`,
        `1/${show(cpu)}`,
        target?.cpu === undefined ? "" : `≤ 1/${show(1 / target.cpu)}`,
      ];
    }),
  );
  return table(["ratio of medians", "records/s", "wanted", "CPU a record", "wanted"], rows);
}
