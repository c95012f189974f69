/** The cases of the bench. `--only` selects them by title. */

/**
 * @typedef {import("./drivers.mjs").How} How
 * @typedef {import("./workload.mjs").KeySet} KeySet
 * @typedef {{
 *   title: string,
 *   baseTitle: string,
 *   size: number,
 *   how: How,
 *   keys: KeySet,
 *   real?: import("./real-records.mjs").RealSet,
 *   shards: number,
 *   options: import("kinesis-producer").ProducerOptions,
 * }} BenchCase
 * @typedef {{ protocol?: "cbor", keys?: KeySet, shards?: number, maxBytes?: number, transport?: "sdk" }} Axes
 */

const SIZES = [100, 1024];
const MB = 1_000_000;
const KEY_TITLES = { thousand: "", one: ", one key", unique: ", unique UUID keys" };

/** @param {number} size */
export function sizeTitle(size) {
  return size === 1024 ? "1 KiB" : `${size} B`;
}

/**
 * @param {number} size
 * @param {How} how
 * @param {Axes} [axes]
 * @returns {BenchCase}
 */
function caseOf(size, how, { protocol, keys = "thousand", shards = 4, maxBytes = 51_200, transport } = {}) {
  const baseTitle = `${sizeTitle(size)} ${how}, ${protocol === "cbor" ? "CBOR" : "JSON"}`;
  const title = [
    baseTitle,
    shards === 4 ? "" : `, ${shards.toLocaleString("en")} shards`,
    maxBytes === 51_200 ? "" : ", 1 MB aggregates",
    KEY_TITLES[keys],
    transport === undefined ? "" : ", SDK transport",
  ].join("");
  const options = {
    ...(protocol === undefined ? {} : { protocol }),
    ...(transport === undefined ? {} : { transport }),
    aggregation: { maxBytes },
  };
  return { title, baseTitle, size, how, keys, shards, options };
}

/** @type {readonly How[]} */
const EVERY_WAY = ["put", "enqueue", "putMany"];
/** @type {readonly How[]} */
const TWO_WAYS = ["put", "enqueue"];

/** @type {readonly Axes[]} */
const SHAPES = [{ shards: 64 }, { shards: 1_000 }, { maxBytes: MB }, { shards: 64, maxBytes: MB }];

/** @type {readonly BenchCase[]} */
export const CASES = [
  ...SIZES.flatMap((size) => EVERY_WAY.map((how) => caseOf(size, how))),
  ...SIZES.flatMap((size) => TWO_WAYS.map((how) => caseOf(size, how, { protocol: "cbor" }))),
  ...SIZES.flatMap((size) => TWO_WAYS.flatMap((how) => SHAPES.map((shape) => caseOf(size, how, shape)))),
  ...TWO_WAYS.flatMap((how) => [caseOf(100, how, { keys: "one" }), caseOf(100, how, { keys: "unique" })]),
  ...SIZES.map((size) => caseOf(size, "enqueue", { transport: "sdk" })),
];
