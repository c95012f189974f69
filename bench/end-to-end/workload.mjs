/** The records of the benches: the same keys in the same order in every run, with random or real data. */
import { createHash } from "node:crypto";
import { realRecords } from "./real-records.mjs";

/**
 * @typedef {"thousand" | "one" | "unique"} KeySet
 * @typedef {{ partitionKey: string, data: Uint8Array }} BenchRecord
 */

/**
 * Number of different payloads, so that the CPU cache does not hold them all. A prime number, so that keys and data do
 * not stay in step.
 */
const DATA = 997;
/**
 * Number of unique keys, which repeat only after all have been used: enough that a cache of keys has dropped a key by
 * then.
 */
const UNIQUE = 400_000;
const THOUSAND = 1_000;

/** @param {string} text */
function hash(text) {
  return createHash("sha256").update(text).digest("hex");
}

/** @param {string} hex */
function uuid(hex) {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

/**
 * @param {KeySet} keySet
 * @returns {readonly string[]}
 */
export function keysOf(keySet) {
  if (keySet === "one") return [hash("one").slice(0, 8)];
  if (keySet === "unique") return Array.from({ length: UNIQUE }, (_, index) => uuid(hash(`unique ${index}`)));
  return Array.from({ length: THOUSAND }, (_, index) => hash(String(index)).slice(0, 8));
}

/**
 * @param {number} size bytes of each
 * @returns {readonly Uint8Array[]}
 */
export function dataOf(size) {
  return Array.from({ length: DATA }, (_, index) => {
    const data = Buffer.allocUnsafeSlow(size);
    for (let at = 0; at < size; at += 32) data.write(hash(`${index} ${at}`), at, "hex");
    return data;
  });
}

/** Gives out endless records. */
export class Workload {
  #keys;
  #data;
  #key = 0;
  #datum = 0;

  /**
   * @param {KeySet} keySet
   * @param {number} size - bytes of each record; without meaning for real records
   * @param {import("./real-records.mjs").RealSet} [real] - undefined: bytes that cannot be compressed
   */
  constructor(keySet, size, real) {
    this.#keys = keysOf(keySet);
    this.#data = real === undefined ? dataOf(size) : realRecords(real);
  }

  /** @returns {BenchRecord} */
  next() {
    if (++this.#key === this.#keys.length) this.#key = 0;
    if (++this.#datum === this.#data.length) this.#datum = 0;
    return {
      partitionKey: /** @type {string} */ (this.#keys[this.#key]),
      data: /** @type {Uint8Array} */ (this.#data[this.#datum]),
    };
  }
}
