import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { expect, it } from "vitest";
import type { ShardRange } from "../../src/deaggregate/index.js";
import { KinesisProducer } from "../../src/index.js";
import { MAX_HASH_KEY } from "../../src/quotas.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { type ReadRecord, readByKcl, readByOurs } from "./support/aggregate-readers.js";
import { hostileAggregates } from "./support/hostile-aggregates.js";
import { lineRecords, sorted } from "./support/user-records.js";

it("the KCL, with each shard's range, sees all that the producer wrote around a split and a merge, and nothing else", async () => {
  const records = lineRecords(20_000, { seed: 5, maxDataBytes: 120 });
  const kinesis = await LocalKinesis.start({ streams: { clicks: { shards: 2 } } });
  kinesis.control("PutRecords", (call) => {
    if (call.index === 8) kinesis.splitShard("clicks", "shardId-000000000000");
    if (call.index === 16) kinesis.mergeShards("clicks", "shardId-000000000003", "shardId-000000000001");
    return undefined;
  });
  const producer = new KinesisProducer({
    streamName: "clicks",
    ...kinesis.clientConfig(),
    lingerMs: 5,
    aggregation: { maxBytes: 10_000 },
    recordIds: true,
  });

  try {
    for (let i = 0; i < records.length; i += 500) {
      const some = records.slice(i, i + 500);
      await Promise.all(
        some.map((record, j) => {
          const tags = j % 3 === 0 ? { tags: { trace: `${i + j}`, "": "東京" } } : {};
          return producer.put({ ...record, ...tags, data: Buffer.from(record.data, "base64") });
        }),
      );
    }
    await producer.close();

    const ranges = new Map(kinesis.shards("clicks").map((shard) => [shard.shardId, shard]));
    const read = kinesis.records("clicks").map(({ shardId, partitionKey = "", sequenceNumber, data }) => {
      const { startingHashKey = "", endingHashKey = "" } = ranges.get(shardId) ?? {};
      return { partitionKey, sequenceNumber, data, shardRange: { startingHashKey, endingHashKey } };
    });
    const answers = await readByKcl(read);
    const seen = new Map(answers.flatMap((answer) => answer.records).map((each) => [each.data, each]));

    expect(kinesis.shards("clicks")).toHaveLength(5);
    expect(kinesis.requests("PutRecords")).toBeGreaterThan(30);
    expect(answers.filter(({ error }) => error !== undefined)).toEqual([]);
    // All data is different, so equal sets of data mean: each record at least once, and no others.
    const keysAndData = [...seen.values()].map(({ partitionKey, data }) => ({ partitionKey, data }));
    expect(sorted(keysAndData)).toEqual(sorted(records.map(({ partitionKey, data }) => ({ partitionKey, data }))));
    expect(answers).toEqual(await readByOurs(read));
  } finally {
    await producer.close();
    await kinesis.close();
  }
});

it.each([
  { seed: 6, count: 6000, range: "none" },
  { seed: 7, count: 6000, range: "some" },
])(
  "the KCL and our deaggregator agree about $count aggregates, good and bad, shard range: $range",
  async ({ seed, count, range }) => {
    const cases = hostileAggregates(count, seed).map((data, i): ReadRecord => {
      const record = { partitionKey: "outer", sequenceNumber: String(i), data };
      return range === "none" ? record : { ...record, shardRange: rangeOf(i) };
    });

    const theirs = await readByKcl(cases);
    const ours = await readByOurs(cases);

    const differences = cases
      .map(({ data }, i) => ({ data: Buffer.from(data).toString("hex"), ours: ours[i], kcl: theirs[i] }))
      .filter((each) => !isDeepStrictEqual(each.ours, each.kcl));
    expect(theirs).toHaveLength(count);
    expect(differences.slice(0, 5)).toEqual([]);
    // The cases are useful: each kind is frequent.
    const opened = theirs.filter(({ records }) => records.some(({ aggregated }) => aggregated));
    const plain = theirs.filter(({ records }) => records[0]?.aggregated === false);
    const nothing = theirs.filter(({ records }) => records.length === 0);
    for (const kind of [opened, plain, nothing]) expect(kind.length).toBeGreaterThan(count / 50);
  },
);

/** Ranges of everything, half of everything, the hash of one key, or nothing. */
function rangeOf(i: number): ShardRange {
  const half = 2n ** 127n;
  const ofKey = BigInt(`0x${createHash("md5").update("a").digest("hex")}`);
  const ranges: [bigint, bigint][] = [
    [0n, MAX_HASH_KEY],
    [0n, half - 1n],
    [half, MAX_HASH_KEY],
    [0n, ofKey],
    [ofKey, MAX_HASH_KEY],
    [ofKey, ofKey],
    [1n, 2n],
    [5n, 4n],
  ];
  const [start, end] = ranges[i % ranges.length] ?? [0n, 0n];
  return { startingHashKey: String(start), endingHashKey: String(end) };
}
