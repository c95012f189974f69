/** How fast a consumer reads what a producer wrote, compressed or not. */
import process from "node:process";
import { pathToFileURL } from "node:url";
import { evenShards } from "kinesis-producer/testing";
import { median } from "../statistics.mjs";
import { Workload } from "./workload.mjs";

/**
 * @typedef {{ data: Uint8Array, partitionKey: string, sequenceNumber: string }} KinesisRecord
 * @typedef {import("./real-records.mjs").RealSet} RealSet
 */

const RECORDS = 200_000;
const SHARDS = 4;

/**
 * The Kinesis records that a producer makes of these records.
 *
 * @param {string} dist folder of the build that is measured
 * @param {RealSet} real
 * @param {"gzip" | "lz4" | "zstd"} [compression]
 */
export async function aggregatesOf(dist, real, compression) {
  /** @type {typeof import("kinesis-producer")} */
  const { KinesisProducer } = await import(pathToFileURL(`${dist}/index.js`).href);
  const shards = evenShards(SHARDS);
  /** @type {KinesisRecord[]} */
  const sent = [];
  const producer = new KinesisProducer({
    streamName: "bench",
    lingerMs: 1_000,
    onFailed: () => {
      throw new Error("a record failed");
    },
    shardLimits: { recordsPerSecond: 1e12, bytesPerSecond: 1e15 },
    ...(compression === undefined ? {} : { compression }),
    transport: {
      putRecords: async ({ entries }) => ({
        kind: "answered",
        entries: entries.map(({ data, partitionKey = "a", explicitHashKey = "0" }) => {
          sent.push({ data: Buffer.from(data), partitionKey, sequenceNumber: String(sent.length + 1) });
          const shard = shards[Number(BigInt(explicitHashKey) >> 126n)];
          return { shardId: shard?.shardId ?? "", sequenceNumber: String(sent.length) };
        }),
      }),
    },
    directory: {
      listShards: async () => ({ kind: "shards", shards }),
      describeStream: async () => ({ kind: "summary", recordDistribution: "USER_PARTITION_KEY" }),
    },
  });
  const workload = new Workload("thousand", 0, real);
  for (let left = RECORDS; left > 0; left--) {
    const record = workload.next();
    while (!producer.enqueue(record)) await producer.ready();
  }
  await producer.close();
  return sent;
}

/**
 * @param {string} dist
 * @param {readonly KinesisRecord[]} records
 * @param {number} runs
 */
export async function readingSpeed(dist, records, runs) {
  /** @type {typeof import("kinesis-producer/deaggregate")} */
  const { deaggregateAll } = await import(pathToFileURL(`${dist}/deaggregate/index.js`).href);
  let count = 0;
  const speeds = Array.from({ length: runs + 2 }, () => {
    const { user, system } = process.cpuUsage();
    count = 0;
    for (const { data } of deaggregateAll(records)) count += data.length > 0 ? 1 : 0;
    const use = process.cpuUsage();
    return count / ((use.user - user + use.system - system) / 1e6);
  });
  if (count !== RECORDS) throw new Error(`${count} of ${RECORDS} records read`);
  // The first ones are V8's.
  return { perSecond: median(speeds.slice(2)), count };
}
