/**
 * Compressed aggregates for readers in other languages.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { KinesisProducer, type ProducerOptions } from "../../../src/index.js";
import { MAX_HASH_KEY } from "../../../src/quotas.js";
import { LocalKinesis } from "../../../src/testing/index.js";
import type { ReadRecord } from "./aggregate-readers.js";
import { fromLines, type LineRecord } from "./user-records.js";

/** A user record with its tags. */
export interface TaggedRecord extends LineRecord {
  readonly tags: Readonly<Record<string, string>>;
}

/** Records in the file of {@link zstdFixture}. */
export const FIXTURE_RECORDS = 1500;

/** Kinesis records that hold the first {@link FIXTURE_RECORDS} events, written by a Node.js with zstd. */
const ZSTD_FIXTURE: string = fileURLToPath(new URL("../fixtures/zstd-aggregates.ndjson", import.meta.url));

/** This many events, which compress well: the same in every run and with every version of every package. */
export function eventRecords(count: number): TaggedRecord[] {
  return Array.from({ length: count }, (_, i) => {
    const key = i % 10 === 3 ? "四 𝒳" : `player ${(i * 7919) % 97}`;
    const event = { n: i, event: "level completed", player: key, level: (i * 31) % 50, seconds: (i * 104_729) % 900 };
    const hashKey = (MAX_HASH_KEY / 20n) * BigInt(i % 21);
    return {
      partitionKey: key,
      ...(i % 4 === 0 ? { explicitHashKey: String(hashKey) } : {}),
      data: Buffer.from(JSON.stringify(event)).toString("base64"),
      tags: i % 3 === 0 ? { trace: `${i}`, "": "東京" } : {},
    };
  });
}

/** The Kinesis records that the producer writes for these events around a split and a merge, each with its shard. */
export async function writtenAround(
  compression: NonNullable<ProducerOptions["compression"]>,
  records: readonly TaggedRecord[],
): Promise<ReadRecord[]> {
  const kinesis = await LocalKinesis.start({ streams: { events: { shards: 2 } } });
  kinesis.control("PutRecords", (call) => {
    if (call.index === 4) kinesis.splitShard("events", "shardId-000000000000");
    if (call.index === 8) kinesis.mergeShards("events", "shardId-000000000003", "shardId-000000000001");
    return undefined;
  });
  const producer = new KinesisProducer({ streamName: "events", ...kinesis.clientConfig(), lingerMs: 5, compression });
  try {
    for (let i = 0; i < records.length; i += 500) {
      const some = records.slice(i, i + 500);
      await Promise.all(some.map((record) => producer.put({ ...record, data: Buffer.from(record.data, "base64") })));
    }
    await producer.close();
    return storedIn(kinesis, "events");
  } finally {
    await producer.close();
    await kinesis.close();
  }
}

/** The Kinesis records of a stream, each with the range of its shard. */
export function storedIn(kinesis: LocalKinesis, stream: string): ReadRecord[] {
  const ranges = new Map(kinesis.shards(stream).map((shard) => [shard.shardId, shard]));
  return kinesis.records(stream).map(({ shardId, partitionKey = "", sequenceNumber, data }) => {
    const { startingHashKey = "", endingHashKey = "" } = ranges.get(shardId) ?? {};
    return { partitionKey, sequenceNumber, data, shardRange: { startingHashKey, endingHashKey } };
  });
}

/** Aggregates in zstd, for any Node.js. */
export function zstdFixture(): ReadRecord[] {
  const lines = fromLines<{ partitionKey: string; sequenceNumber: string; data: string }>(
    readFileSync(ZSTD_FIXTURE, "utf8"),
  );
  return lines.map(({ data, ...rest }) => ({ ...rest, data: Buffer.from(data, "base64") }));
}
