/** Other measurements of a producer besides its speed: each in separate processes, and with its own table. */
import { median, show, table } from "../statistics.mjs";
import { answerOf } from "./answer-of.mjs";
import { sizeTitle } from "./cases.mjs";
import { runCase } from "./load-run.mjs";
import { ServerProcess } from "./server-process.mjs";
import { IDLE_TARGETS, LATENCY_TARGETS_MS, MEMORY_TARGETS } from "./targets.mjs";
import { withTrust } from "./trust.mjs";

/**
 * @typedef {import("./load-run.mjs").LoadSettings} LoadSettings
 * @typedef {{ title: string, measure(settings: LoadSettings, runs: number): Promise<string> }} SpecialCase
 * @typedef {import("./pending-memory.mjs").MemoryRun} MemoryRun
 * @typedef {import("./pending-memory.mjs").MemoryUse} MemoryUse
 * @typedef {import("./paced-process.mjs").PacedRun} PacedRun
 * @typedef {import("./paced-process.mjs").Latency} Latency
 * @typedef {import("./idle-process.mjs").IdleUse} IdleUse
 */

/** Lingers for measurements of latency: the default, and a short one. */
const LINGERS_MS = [100, 5];
const LOAD = 0.5;
const SHARDS = 4;

/** @param {string} file of this folder */
function program(file) {
  return new URL(file, import.meta.url);
}

/** @type {SpecialCase} */
const memory = {
  title: "memory per pending record",
  async measure({ dist, nodeFlags, options }, runs) {
    const rows = [];
    for (const size of [100, 1024]) {
      for (const how of /** @type {const} */ (["enqueue", "put"])) {
        /** @type {MemoryUse[]} */
        const samples = [];
        for (let run = 0; run < runs; run++) {
          /** @type {MemoryRun} */
          const argument = { dist, size, how, options };
          samples.push(
            /** @type {MemoryUse} */ (
              await answerOf(program("pending-memory.mjs"), argument, ["--expose-gc", ...nodeFlags])
            ),
          );
        }
        const bytes = median(samples.map((sample) => sample.bytesPerRecord));
        // The targets are for records of 100 B, and include their bytes.
        const target = MEMORY_TARGETS[how] + size - 100;
        const resident = median(samples.map((sample) => sample.residentPerRecord));
        rows.push([
          `${sizeTitle(size)} ${how}`,
          show(bytes),
          `≤ ${target}`,
          show(resident),
          show(samples[0]?.records ?? 0),
        ]);
      }
    }
    return table(["case", "bytes a record", "wanted", "resident", "records pending"], rows);
  },
};

/** @type {SpecialCase} */
const latency = {
  title: "added latency at 50 % load",
  async measure(settings, runs) {
    const rows = [];
    for (const size of /** @type {const} */ ([100, 1024])) {
      const benchCase = { title: `${sizeTitle(size)} put`, baseTitle: "", size, how: /** @type {const} */ ("put") };
      const full = await runCase({ ...benchCase, keys: "thousand", shards: SHARDS, options: {} }, settings);
      const perSecond = full.recordsPerSecond * LOAD;
      for (const lingerMs of LINGERS_MS) {
        /** @type {Latency[]} */
        const samples = [];
        for (let run = 0; run < runs; run++) samples.push(await pacedRun(settings, { size, perSecond, lingerMs }));
        const of = (/** @type {keyof Latency} */ name) => median(samples.map((sample) => sample[name]));
        const cells = [of("p50Ms"), of("maxMs"), of("p99Ms"), of("addedP99Ms")].map(show);
        const wanted = `≤ ${lingerMs + LATENCY_TARGETS_MS[size]}`;
        rows.push([`${sizeTitle(size)}, linger ${lingerMs} ms`, show(of("perSecond")), ...cells, wanted]);
      }
    }
    return table(
      ["case", "records/s", "p50 ms", "longest ms", "p99 ms", "p99 without the requests' own time", "wanted"],
      rows,
    );
  },
};

/**
 * Latency at a fixed rate, in a separate process, over TLS or not.
 *
 * @param {LoadSettings} settings
 * @param {{ size: number, perSecond: number, lingerMs: number }} pace
 */
export async function pacedRun(settings, { size, perSecond, lingerMs }) {
  const { dist, tls, nodeFlags, warmUp, seconds } = settings;
  const server = await ServerProcess.start({ shards: SHARDS, tls });
  try {
    return await withTrust(server.ready, tls, async ({ endpoint, environment }) => {
      const options = { ...settings.options, lingerMs };
      /** @type {PacedRun} */
      const run = { endpoint, dist, size, perSecond, warmUp, seconds, options };
      return /** @type {Latency} */ (await answerOf(program("paced-process.mjs"), run, nodeFlags, environment));
    });
  } finally {
    await server.stop();
  }
}

/** @type {SpecialCase} */
const idle = {
  title: "idle producer",
  async measure({ dist, tls, nodeFlags, options }) {
    const server = await ServerProcess.start({ shards: SHARDS, tls });
    try {
      const { timers, cpuMs, seconds } = await withTrust(server.ready, tls, async ({ endpoint, environment }) => {
        const argument = { endpoint, dist, options };
        return /** @type {IdleUse} */ (await answerOf(program("idle-process.mjs"), argument, nodeFlags, environment));
      });
      const percent = cpuMs / (seconds * 10);
      const rows = [
        ["timers", show(timers), `${IDLE_TARGETS.timers}`],
        [`CPU in ${show(seconds)} s, % of a core`, show(percent), `≤ ${IDLE_TARGETS.percent}`],
      ];
      return table(["after 1,000 records, all delivered", "measured", "wanted"], rows);
    } finally {
      await server.stop();
    }
  },
};

/** @type {readonly SpecialCase[]} */
export const SPECIAL_CASES = [memory, latency, idle];
