import { brotliCompressSync, brotliDecompressSync } from "node:zlib";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Codec } from "../../src/compression/codec.js";
import { HAS_ZSTD } from "../../src/compression/zlib-codecs.js";
import { type KinesisEventRecord, kinesisHandler } from "../../src/lambda/index.js";
import { readStream } from "../../src/reader/index.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { manyRecords, newProducer, readAll, STREAM, textOf } from "./local-stream.js";

let kinesis: LocalKinesis;

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 2 } } });
});

afterEach(() => kinesis.close());

describe.each(HAS_ZSTD ? (["gzip", "zstd"] as const) : (["gzip"] as const))(
  "records compressed by %s",
  (compression) => {
    it("are read by our deaggregator, take a third of the bytes at most, and never exceed maxBytes", async () => {
      const producer = newProducer(kinesis, { compression, lingerMs: 100, aggregation: { maxBytes: 10_000 } });
      const records = manyRecords(20_000, 500).map(({ data, ...keys }) => ({
        ...keys,
        data: JSON.stringify({
          event: data,
          type: "click",
          path: "/products",
          agent: "Mozilla/5.0 (X11; Linux x86_64)",
        }),
      }));

      const { delivered, failed } = await producer.putMany(records);
      await producer.close();

      const sizes = kinesis.records(STREAM).map(({ data }) => data.length);
      const stored = sizes.reduce((sum, size) => sum + size, 0);
      expect([delivered, failed]).toEqual([20_000, 0]);
      expect(readAll(kinesis).texts).toEqual(records.map(({ data }) => data));
      expect(Math.max(...sizes)).toBeLessThanOrEqual(10_000);
      expect(stored * 3).toBeLessThan(records.reduce((sum, { data }) => sum + data.length, 0));
    });

    it.each<[string, () => void]>([
      ["split", () => kinesis.splitShard(STREAM, "shardId-000000000000")],
      ["scaled from 2 shards to 5", () => kinesis.updateShardCount(STREAM, 5)],
    ])("survive a stream that is %s: a reader with the KCL's filter sees every record", async (_, reshard) => {
      kinesis.control("PutRecords", (call) => {
        if (call.index === 5) reshard();
        return undefined;
      });
      const producer = newProducer(kinesis, { compression, maxRequestRecords: 2, aggregation: { maxBytes: 1_000 } });
      const records = manyRecords(20_000, 500);

      const { delivered, failed } = await producer.putMany(records);
      const { wrongShard } = producer.stats().streams[STREAM] ?? {};
      await producer.close();

      expect([delivered, failed]).toEqual([20_000, 0]);
      expect([...new Set(readAll(kinesis).texts)]).toEqual(records.map(({ data }) => data));
      expect(wrongShard).toBeGreaterThan(0);
    });

    it("arrive through lost answers, refusals and resets, each in its order", async () => {
      for (const fault of [
        "fail-entry p=0.1",
        "fail-entry stored p=0.1",
        "throttle-entry p=0.2",
        "reset at=after-storing p=0.05",
      ])
        kinesis.faults.add(`PutRecords ${fault}`);
      const producer = newProducer(kinesis, { compression, ordering: "shard", aggregation: { maxBytes: 2_000 } });
      const records = manyRecords(5_000, 20);

      const { delivered, failed } = await producer.putMany(records);
      await producer.close();

      const seen = readAll(kinesis);
      const first = new Map<string, string[]>();
      const known = new Set<string>();
      for (const { partitionKey = "", data } of seen.records) {
        const text = new TextDecoder().decode(data);
        if (known.has(text)) continue;
        known.add(text);
        first.set(partitionKey, [...(first.get(partitionKey) ?? []), text]);
      }
      expect([delivered, failed]).toEqual([5_000, 0]);
      expect(known.size).toBe(5_000);
      for (const texts of first.values()) expect(texts).toEqual([...texts].sort());
    });
  },
);

it("a codec of the caller is opened by readStream and kinesisHandler with the option codecs, and refused without it", async () => {
  const codec: Codec = {
    name: "brotli",
    compress: (bytes) => brotliCompressSync(bytes),
    decompress: (bytes, maxBytes) => brotliDecompressSync(bytes, { maxOutputLength: maxBytes }),
  };
  const producer = newProducer(kinesis, { compression: codec, lingerMs: 100 });
  await producer.putMany(manyRecords(500, 5));
  await producer.close();
  const client = new KinesisClient(kinesis.clientConfig());
  const reading = { client, streamName: STREAM, untilEnd: true };
  const Records = kinesis.records(STREAM).map(
    ({ shardId, partitionKey = "", sequenceNumber, data }): KinesisEventRecord => ({
      eventID: `${shardId}:${sequenceNumber}`,
      eventSourceARN: "arn:aws:kinesis:us-east-1:000000000000:stream/clicks",
      kinesis: {
        partitionKey,
        sequenceNumber,
        data: Buffer.from(data).toString("base64"),
        approximateArrivalTimestamp: 1_700_000_000,
      },
    }),
  );
  const handled: string[] = [];

  let read = 0;
  for await (const _ of readStream({ ...reading, codecs: [codec] })) read++;
  const handler = kinesisHandler((record) => void handled.push(textOf(record)), { codecs: [codec] });
  const response = await handler({ Records }, {});
  const unable = await kinesisHandler(() => undefined, { onError: () => undefined })({ Records }, {});

  expect(read).toBe(500);
  expect(new Set(handled).size).toBe(500);
  expect(response).toEqual({ batchItemFailures: [] });
  expect(unable.batchItemFailures).toEqual([{ itemIdentifier: Records[0]?.kinesis.sequenceNumber }]);
  await expect(async () => {
    for await (const _ of readStream(reading));
  }).rejects.toThrow('is compressed by the codec "brotli": no codec has this name');
  client.destroy();
});
