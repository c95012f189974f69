import { KinesisClient } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { expect } from "vitest";
import { deaggregateAll } from "../../../src/deaggregate/index.js";
import { KinesisProducer, type ProducerOptions } from "../../../src/index.js";
import type { LocalKinesis } from "../../../src/testing/index.js";
import { eventRecords, type TaggedRecord } from "./compressed-records.js";
import { type Deliveries, STREAM } from "./kcl-application.js";

/** The load of an application. */
export const EVENTS: readonly TaggedRecord[] = eventRecords(20_000);

/**
 * Puts the events into a stream of two shards, with a split and a merge while requests are in flight.
 *
 * @returns the data of the records that were acknowledged with `mayBeDuplicate`
 */
export async function putAroundReshards(kinesis: LocalKinesis, options: Partial<ProducerOptions> = {}) {
  kinesis.control("PutRecords", ({ index }) => {
    if (index === 15) kinesis.splitShard(STREAM, "shardId-000000000000");
    if (index === 30) kinesis.mergeShards(STREAM, "shardId-000000000003", "shardId-000000000001");
    return undefined;
  });
  const { requestHandler, ...config } = kinesis.clientConfig();
  const client = new KinesisClient({ ...config, requestHandler: new NodeHttpHandler(requestHandler) });
  const settings = { streamName: STREAM, client, lingerMs: 5, aggregation: { maxBytes: 10_000 } };
  const producer = new KinesisProducer({ ...settings, ...options });
  const twice = new Set<string>();
  const put = async (record: TaggedRecord): Promise<void> => {
    const { mayBeDuplicate } = await producer.put({ ...record, data: Buffer.from(record.data, "base64") });
    if (mayBeDuplicate) twice.add(record.data);
  };
  try {
    for (let i = 0; i < EVENTS.length; i += 500) await Promise.all(EVENTS.slice(i, i + 500).map(put));
  } finally {
    await producer.close();
    client.destroy();
  }
  expect(kinesis.shards(STREAM)).toHaveLength(5);
  // The stream has copies: a reader that does not filter delivers them.
  const stored = [...deaggregateAll(kinesis.records(STREAM))];
  expect(twice.size).toBeGreaterThan(0);
  expect(stored.length).toBeGreaterThan(EVENTS.length);
  return twice;
}

/**
 * Checks that each acknowledged record was delivered, under its key, and that those with two places may be duplicates.
 *
 * @returns the number of records with two places
 */
export function expectEachRecord({ places, keys }: Deliveries, twice: ReadonlySet<string>): number {
  const copies = [...places].filter(([, { size }]) => size > 1);
  expect(EVENTS.filter(({ data, partitionKey }) => keys.get(data) !== partitionKey)).toEqual([]);
  expect(places.size).toBe(EVENTS.length);
  expect(copies.filter(([data]) => !twice.has(data))).toEqual([]);
  return copies.length;
}
