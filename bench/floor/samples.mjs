/** The samples of one round, in their order: floors and the producer take turns. `--only` selects them by name. */
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { answerOf } from "../end-to-end/answer-of.mjs";
import { CASES } from "../end-to-end/cases.mjs";
import { runCase } from "../end-to-end/load-run.mjs";
import { ServerProcess } from "../end-to-end/server-process.mjs";
import { pacedRun } from "../end-to-end/special-cases.mjs";

/**
 * @typedef {Readonly<Record<string, number>>} Figures
 * @typedef {{ dist: string, warmUp: number, seconds: number, round: ReadonlyMap<string, Figures> }} FloorSettings
 *   `round`: the figures of this round so far
 * @typedef {{ name: string, isInSmoke: boolean, measure(settings: FloorSettings): Promise<Figures> }} FloorSample
 * @typedef {import("./floor-process.mjs").Step} Step
 */

const SHARDS = 4;
const WINDOW = 90_000;
/** The middle between the fullest and the emptiest window, where `put` was not measured. */
const PENDING = 0.75 * WINDOW;
/** Steps that the floor consists of. @type {readonly Step[]} */
const FLOOR = ["key", "md5", "body", "sha256", "tls"];
const LINGER_MS = 5;
const LOAD = 0.5;
const UNREAD_RECORDS = 200_000;
const IMPORTS = 3;
/**
 * Records of 1 KiB are a quarter as many in a second, so that the compiler and the heap take longer: after 1.5 s a
 * record costs 8 % more than after 4 s; at 100 B there is no difference.
 */
const WARM_UP_1_KIB = 2;

/** @param {string} file of this folder */
function program(file) {
  return new URL(file, import.meta.url);
}

/**
 * @param {string} name
 * @param {{ size: number, protocol: "json" | "cbor", steps: readonly Step[] }} work
 * @param {{ isInSmoke?: boolean, share?: number }} [how] - `share`: of the seconds, for a step alone
 * @returns {FloorSample}
 */
function floor(name, work, { isInSmoke = true, share = 1 } = {}) {
  return {
    name,
    isInSmoke,
    async measure({ dist, warmUp, seconds }) {
      const server = work.steps.includes("tls") ? await ServerProcess.start({ shards: SHARDS, tls: true }) : undefined;
      try {
        const times = { warmUp: warmUpOf(work.size, warmUp) * share, seconds: seconds * share };
        /** @type {import("./floor-process.mjs").FloorRun} */
        const run = { dist, ...work, port: server?.ready.port ?? 0, ...times };
        const { cpuUs } = /** @type {import("./floor-process.mjs").FloorUse} */ (
          await answerOf(program("floor-process.mjs"), run, [])
        );
        return { cpuUs };
      } finally {
        await server?.stop();
      }
    },
  };
}

/**
 * @param {string} title of the case of bench/end-to-end
 * @param {{ isInSmoke?: boolean }} [how]
 * @returns {FloorSample}
 */
function producer(title, { isInSmoke = true } = {}) {
  const benchCase = CASES.find((each) => each.title === title);
  if (benchCase === undefined) throw new Error(`there is no case ${title}`);
  return {
    name: title,
    isInSmoke,
    async measure(settings) {
      const warmUp = warmUpOf(benchCase.size, settings.warmUp);
      const sample = await runCase(benchCase, loadSettings({ ...settings, warmUp }, /put, JSON$/.test(title)));
      const { cpuUs, recordsPerSecond, gcShare, pending } = sample;
      return { cpuUs, recordsPerSecond, gcShare, pending };
    },
  };
}

/**
 * @param {number} size
 * @param {number} warmUp
 */
function warmUpOf(size, warmUp) {
  return size === 1024 ? warmUp * WARM_UP_1_KIB : warmUp;
}

/**
 * @param {FloorSettings} settings
 * @param {boolean} [countsPending]
 */
function loadSettings({ dist, warmUp, seconds }, countsPending = false) {
  return { dist, tls: true, warmUp, seconds, window: WINDOW, nodeFlags: [], options: {}, countsPending };
}

/**
 * @param {string} name
 * @param {(round: FloorSettings["round"]) => number} pendingIn
 * @returns {FloorSample}
 */
function barePromise(name, pendingIn) {
  return {
    name: `bare promise, ${name}`,
    isInSmoke: true,
    async measure({ warmUp, seconds, round }) {
      const pending = pendingIn(round);
      /** @type {import("./promise-process.mjs").PromiseRun} */
      const run = { pending, warmUp: warmUp / 2, seconds: seconds / 2 };
      const { cpuUs } = /** @type {import("./promise-process.mjs").PromiseUse} */ (
        await answerOf(program("promise-process.mjs"), run, [])
      );
      return { cpuUs, pending };
    },
  };
}

/**
 * @param {100 | 1024} size
 * @param {string} title
 * @returns {FloorSample}
 */
function latency(size, title) {
  return {
    name: `latency, ${title}`,
    isInSmoke: true,
    async measure(settings) {
      const full = settings.round.get(`${title} put, JSON`) ?? (await producer(`${title} put, JSON`).measure(settings));
      const perSecond = (full.recordsPerSecond ?? 0) * LOAD;
      const { addedP99Ms, p99Ms } = await pacedRun(loadSettings(settings), { size, perSecond, lingerMs: LINGER_MS });
      return { addedP99Ms, p99Ms, perSecond };
    },
  };
}

/** @type {FloorSample} */
const unread = {
  name: "a result that nobody reads",
  isInSmoke: true,
  async measure({ dist }) {
    const run = { dist, records: UNREAD_RECORDS };
    const { bytes, promiseBytes } = /** @type {import("./unread-process.mjs").UnreadUse} */ (
      await answerOf(program("unread-process.mjs"), run, ["--expose-gc"])
    );
    return { bytes, promiseBytes };
  },
};

/**
 * @param {import("./batch-process.mjs").Packer} packer
 * @param {number} size
 * @param {string} title
 * @returns {FloorSample}
 */
function batch(packer, size, title) {
  return {
    name: `batch, ${title}: ${packer}`,
    isInSmoke: size === 100,
    async measure({ dist, warmUp, seconds }) {
      /** @type {import("./batch-process.mjs").BatchRun} */
      const run = { dist, packer, size, warmUp: warmUp / 2, seconds: seconds / 2 };
      const { cpuUs } = /** @type {import("./batch-process.mjs").BatchUse} */ (
        await answerOf(program("batch-process.mjs"), run, [])
      );
      return { cpuUs };
    },
  };
}

/**
 * @param {string} name
 * @param {string} path in `dist`
 * @returns {FloorSample}
 */
function coldImport(name, path) {
  return {
    name: `cold import, ${name}`,
    isInSmoke: true,
    async measure({ dist }) {
      let least = { cpuMs: Number.POSITIVE_INFINITY, ms: 0 };
      for (let i = 0; i < IMPORTS; i++) {
        const run = { url: pathToFileURL(asInstalled(dist, path)).href };
        const use = /** @type {import("./import-process.mjs").ImportUse} */ (
          await answerOf(program("import-process.mjs"), run, [])
        );
        // Other work on the machine only adds.
        if (use.cpuMs < least.cpuMs) least = use;
      }
      return least;
    },
  };
}

/**
 * The file that Node.js imports from an installed package; earlier trees have only the modules.
 *
 * @param {string} dist
 * @param {string} path
 */
function asInstalled(dist, path) {
  const joined = `${dist}/node/${path}`;
  return existsSync(joined) ? joined : `${dist}/${path}`;
}

/** Each step alone, for each size. @returns {FloorSample[]} */
function parts() {
  /** @type {readonly [string, Step, "json" | "cbor"][]} */
  const each = [
    ["key to its shard", "key", "json"],
    ["copy of the data", "copy", "json"],
    ["MD5 of the aggregates", "md5", "json"],
    ["body in JSON", "body", "json"],
    ["SHA-256 of JSON", "sha256", "json"],
    ["TLS write of JSON", "tls", "json"],
    ["body in CBOR", "body", "cbor"],
    ["SHA-256 of CBOR", "sha256", "cbor"],
    ["TLS write of CBOR", "tls", "cbor"],
  ];
  return [
    { size: 100, title: "100 B" },
    { size: 1024, title: "1 KiB" },
  ].flatMap(({ size, title }) =>
    each.map(([name, step, protocol]) =>
      floor(
        `part, ${title}: ${name}`,
        { size, protocol, steps: [step] },
        { isInSmoke: size === 100 && protocol === "json", share: 1 / 3 },
      ),
    ),
  );
}

/** @type {readonly FloorSample[]} */
export const SAMPLES = [
  floor("floor, 100 B, JSON", { size: 100, protocol: "json", steps: FLOOR }),
  producer("100 B enqueue, JSON"),
  producer("100 B put, JSON"),
  barePromise("as long as 100 B put", (round) => round.get("100 B put, JSON")?.pending ?? PENDING),
  barePromise("in a ring of 90,000", () => WINDOW),
  floor("floor, 100 B, CBOR", { size: 100, protocol: "cbor", steps: FLOOR }),
  producer("100 B enqueue, CBOR"),
  producer("100 B put, CBOR"),
  producer("100 B enqueue, JSON, 1,000 shards"),
  producer("100 B put, JSON, 1,000 shards"),
  floor("floor, 1 KiB, JSON", { size: 1024, protocol: "json", steps: FLOOR }),
  producer("1 KiB enqueue, JSON"),
  producer("1 KiB put, JSON"),
  barePromise("as long as 1 KiB put", (round) => round.get("1 KiB put, JSON")?.pending ?? PENDING),
  floor("floor, 1 KiB, CBOR", { size: 1024, protocol: "cbor", steps: FLOOR }, { isInSmoke: false }),
  producer("1 KiB enqueue, CBOR", { isInSmoke: false }),
  producer("1 KiB put, CBOR", { isInSmoke: false }),
  latency(100, "100 B"),
  latency(1024, "1 KiB"),
  unread,
  batch("aggregate()", 100, "100 B"),
  batch("RecordAggregator", 100, "100 B"),
  batch("protobufjs", 100, "100 B"),
  batch("aggregate()", 1024, "1 KiB"),
  batch("RecordAggregator", 1024, "1 KiB"),
  batch("protobufjs", 1024, "1 KiB"),
  coldImport("the main entry", "index.js"),
  coldImport("deaggregate", "deaggregate/index.js"),
  ...parts(),
];
