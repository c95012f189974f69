import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Sizes of the user records, in bytes of data. */
export const SIZES = [100, 1024];

const AGGREGATES = 200;
const AGGREGATE_BYTES = 51_200;
const KEYS = 1_000;
const KEY_CHARACTERS = 8;

/**
 * Random numbers in [0, 1), the same in every run: mulberry32.
 *
 * @param {number} seed
 */
function seededRandom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Full aggregates of user records of one size under 1,000 keys, in a file: the length of each as 32 bits, little-endian,
 * and its bytes. Made once.
 *
 * @param {string} file
 * @param {number} dataBytes
 * @param {typeof import("../../../src/aggregate/index.js").RecordAggregator} RecordAggregator - as built
 */
export function makeInput(file, dataBytes, RecordAggregator) {
  if (existsSync(file)) return;
  const random = seededRandom(dataBytes);
  const below = (/** @type {number} */ end) => Math.floor(random() * end);
  const letters = "0123456789abcdefghijklmnopqrstuvwxyz";
  const keys = Array.from({ length: KEYS }, () =>
    Array.from({ length: KEY_CHARACTERS }, () => letters[below(letters.length)]).join(""),
  );
  const parts = [];
  const aggregator = new RecordAggregator({ maxBytes: AGGREGATE_BYTES });
  while (parts.length < 2 * AGGREGATES) {
    const data = Buffer.from(Array.from({ length: dataBytes }, () => below(256)));
    const record = { partitionKey: keys[below(KEYS)] ?? "", data };
    if (aggregator.tryAdd(record) !== "full") continue;
    const bytes = aggregator.take()?.data ?? Buffer.alloc(0);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    parts.push(length, bytes);
    aggregator.tryAdd(record);
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, Buffer.concat(parts));
}

/**
 * The aggregates of a file, each in its own memory, like records from the network.
 *
 * @param {string} file
 */
export function readInput(file) {
  const bytes = readFileSync(file);
  const aggregates = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32LE(at);
    aggregates.push(Buffer.from(new Uint8Array(bytes.subarray(at + 4, end))));
    at = end;
  }
  return aggregates;
}
