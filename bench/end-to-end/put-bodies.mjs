/** Bodies of PutRecords, made once. A bench sends them repeatedly. */
import { createHash } from "node:crypto";

/**
 * @typedef {{ title: string, dataBytes: number, entries: number, hashKeys: boolean }} Shape
 * @typedef {{ body: Buffer, records: number, payload: number }} PutBody
 */

/** @type {readonly Shape[]} */
export const SHAPES = [
  // The form of a producer with aggregation: one partition key, and an explicit hash key.
  { title: "51,200 B", dataBytes: 51_200, entries: 20, hashKeys: true },
  { title: "1 KiB", dataBytes: 1024, entries: 500, hashKeys: false },
  { title: "100 B", dataBytes: 100, entries: 500, hashKeys: false },
];

/** Number of different bodies of one shape, so that partition keys do not repeat at once. */
const BODIES = 8;

/**
 * @param {Shape} shape
 * @param {"json" | "cbor"} protocol
 * @returns {PutBody[]}
 */
export function putBodies({ dataBytes, entries, hashKeys }, protocol) {
  return Array.from({ length: BODIES }, (_, number) => {
    const records = Array.from({ length: entries }, (__, index) => {
      const hash = createHash("md5").update(`${number} ${index}`).digest("hex");
      // Bytes that repeat every 16. Their values do not matter to base64.
      const data = Buffer.alloc(dataBytes, Buffer.from(hash, "hex"));
      return hashKeys ? { data, key: "a", hashKey: String(BigInt(`0x${hash}`)) } : { data, key: hash.slice(0, 12) };
    });
    const body = protocol === "json" ? jsonBody(records) : cborBody(records);
    return { body, records: entries, payload: entries * dataBytes };
  });
}

/**
 * @typedef {{ data: Buffer, key: string, hashKey?: string }} Entry
 * @param {Entry[]} records
 */
function jsonBody(records) {
  const entries = records.map(({ data, key, hashKey }) => ({
    Data: data.toString("base64"),
    PartitionKey: key,
    ...(hashKey === undefined ? {} : { ExplicitHashKey: hashKey }),
  }));
  return Buffer.from(JSON.stringify({ Records: entries, StreamName: "bench" }));
}

/**
 * @param {number} major
 * @param {number} number below 2^16
 */
function head(major, number) {
  if (number < 24) return Buffer.of(major | number);
  return number < 256 ? Buffer.of(major | 24, number) : Buffer.of(major | 25, number >> 8, number & 0xff);
}

/** @param {string} value */
function text(value) {
  return Buffer.concat([head(0x60, value.length), Buffer.from(value)]);
}

/** @param {Entry[]} records */
function cborBody(records) {
  /** @type {Uint8Array[]} */
  const parts = [head(0xa0, 2), text("Records"), head(0x80, records.length)];
  for (const { data, key, hashKey } of records) {
    parts.push(head(0xa0, hashKey === undefined ? 2 : 3), text("Data"), head(0x40, data.length), data);
    parts.push(text("PartitionKey"), text(key));
    if (hashKey !== undefined) parts.push(text("ExplicitHashKey"), text(hashKey));
  }
  parts.push(text("StreamName"), text("bench"));
  return Buffer.concat(parts);
}
