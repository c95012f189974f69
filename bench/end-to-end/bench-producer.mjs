/** The producer of the benches. */
import { pathToFileURL } from "node:url";

/** @typedef {import("kinesis-producer").ProducerOptions} ProducerOptions */

/** So high that they never limit. Pacing runs, and its cost is included. */
const SHARD_LIMITS = { recordsPerSecond: 1e12, bytesPerSecond: 1e15 };

/**
 * @param {string} dist folder of the build that is measured
 * @param {ProducerOptions} options
 */
export async function newProducer(dist, options) {
  /** @type {typeof import("kinesis-producer")} */
  const { KinesisProducer } = await import(pathToFileURL(`${dist}/index.js`).href);
  return new KinesisProducer({
    streamName: "bench",
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    shardLimits: SHARD_LIMITS,
    ...options,
  });
}
