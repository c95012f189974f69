/** A scripted stream of four shards that adds up what it is sent. */
import { createHash } from "node:crypto";
import { evenShards } from "kinesis-producer/testing";
import { PAYLOAD_UNIT_BYTES } from "./ideal.mjs";

export const SHARDS = 4;
export const MAX_AGGREGATE_BYTES = 51_200;
export const SHARD_BYTES_PER_SECOND = 1_048_576;
/** The default of `lingerMs`. */
export const LINGER_MS = 100;
export const ANSWER_MS = 15;

/** @type {Map<string, number>} */
const shardOfKey = new Map();

/** @param {string} key */
export function shardOf(key) {
  let shard = shardOfKey.get(key);
  if (shard === undefined) {
    // Each of the four shards has a quarter of the hash keys: the first two bits name it.
    shard = (createHash("md5").update(key).digest()[0] ?? 0) >> 6;
    shardOfKey.set(key, shard);
  }
  return shard;
}

/** @param {import("kinesis-producer/testing").ManualClock} clock */
export function scriptedStream(clock) {
  const sent = { kinesisRecords: 0, bytes: 0, units: 0 };
  const shards = evenShards(SHARDS);
  let requests = 0;
  /** @type {import("kinesis-producer").Transport} */
  const transport = {
    putRecords: ({ entries }) => {
      requests++;
      const answers = entries.map(({ partitionKey = "", explicitHashKey, data }) => {
        sent.kinesisRecords++;
        sent.bytes += data.length + partitionKey.length;
        sent.units += Math.ceil(data.length / PAYLOAD_UNIT_BYTES);
        const shard = explicitHashKey === undefined ? shardOf(partitionKey) : Number(BigInt(explicitHashKey) >> 126n);
        return { shardId: shards[shard]?.shardId ?? "", sequenceNumber: String(sent.kinesisRecords) };
      });
      return new Promise((resolve) => {
        clock.setTimer(ANSWER_MS, () => resolve({ kind: "answered", entries: answers }));
      });
    },
  };
  /** @type {import("kinesis-producer").StreamDirectory} */
  const directory = {
    listShards: async () => ({ kind: "shards", shards }),
    describeStream: async () => ({ kind: "summary", recordDistribution: "USER_PARTITION_KEY" }),
  };
  return { parts: { transport, directory }, sent, requests: () => requests };
}
