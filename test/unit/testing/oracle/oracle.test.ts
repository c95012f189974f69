import { beforeEach, describe, expect, it } from "vitest";
import { RecordAggregator } from "../../../../src/aggregate/index.js";
import { NOW, putInput, ServiceUnderTest } from "../service/service-under-test.js";

let kinesis: ServiceUnderTest;

beforeEach(() => {
  kinesis = new ServiceUnderTest();
});

function aggregateOf(...records: readonly (readonly [key: string, data: string])[]): Uint8Array {
  const aggregator = new RecordAggregator();
  for (const [partitionKey, data] of records) aggregator.tryAdd({ partitionKey, data });
  // A lone record would be returned unaggregated.
  const taken = aggregator.take();
  if (taken === undefined) throw new Error("nothing was aggregated");
  return taken.data;
}

function put(PartitionKey: string, data: string | Uint8Array): string {
  const Data = typeof data === "string" ? Buffer.from(data) : data;
  return kinesis.call("PutRecords", { StreamName: "clicks", Records: [{ PartitionKey, Data }] }).Records[0].ShardId;
}

const texts = (fates: readonly { readonly data: Uint8Array }[]): string[] =>
  fates.map(({ data }) => Buffer.from(data).toString());

/** Two keys that belong to different shards of two. */
const [left, right] = ["b", "a"] as const;

describe("Oracle", () => {
  it("tells where and when each user record is stored, raw or aggregated", () => {
    put("a", "one");
    kinesis.now += 5;
    put("a", aggregateOf(["a", "two"], ["a", "three"]));

    const { fates } = kinesis.service.oracle.report("clicks");

    expect(texts([...fates.values()])).toEqual(["one", "two", "three"]);
    expect([...fates.values()].map(({ copies }) => copies[0])).toMatchObject([
      { aggregated: false, subSequenceNumber: 0, arrivedAt: NOW, isReadable: true },
      { aggregated: true, subSequenceNumber: 0, arrivedAt: NOW + 5, isReadable: true },
      { aggregated: true, subSequenceNumber: 1, arrivedAt: NOW + 5, isReadable: true },
    ]);
  });

  it("finds duplicates, also those of two generations of a stream", () => {
    put("a", "twice");
    put("a", "once");
    kinesis.service.model.deleteStream("clicks");
    kinesis.service.model.createStream("clicks", {}, NOW);
    put("a", aggregateOf(["a", "twice"], ["a", "other"]));

    const report = kinesis.service.oracle.report("clicks", ({ data }) => Buffer.from(data).toString());

    expect(texts(report.duplicates)).toEqual(["twice"]);
    expect([report.timesRead("twice"), report.timesRead("once"), report.timesRead("never")]).toEqual([2, 1, 0]);
  });

  it("sees with a reader's eyes: one foreign record costs its whole aggregate", () => {
    const leftShard = put(left, "raw");
    expect(put(right, "raw")).not.toBe(leftShard);
    put(left, aggregateOf([left, "own"], [right, "foreign"]));

    const report = kinesis.service.oracle.report("clicks");

    expect(texts(report.unreadable)).toEqual(["own", "foreign"]);
    expect(report.dropped).toMatchObject([{ shardId: leftShard, reason: "outside-shard-range", userRecords: 2 }]);
  });

  it("tells the order in which a reader gets the records of a key, over a reshard", () => {
    put("a", "1");
    put("a", aggregateOf(["a", "2"], ["a", "3"]));
    kinesis.service.model.stream("clicks").updateShardCount(4, NOW);
    put("b", "x");
    put("a", "2");
    put("a", "4");

    const report = kinesis.service.oracle.report("clicks");

    expect(texts(report.orderOf("a"))).toEqual(["1", "2", "3", "4"]);
    expect(report.orderOf("nobody")).toEqual([]);
  });

  it("measures each shard second by second: taken, refused, and the peak", () => {
    kinesis = new ServiceUnderTest({ streams: { clicks: { shards: 1 } }, limits: { write: { recordsPerSecond: 2 } } });
    kinesis.call("PutRecords", putInput(9, ["a", "a", "a"]));
    kinesis.now += 1500;
    kinesis.call("PutRecords", putInput(9, ["a"]));

    const rates = kinesis.service.oracle.rates("clicks", "shardId-000000000000");

    expect(rates.seconds).toEqual([
      { second: NOW / 1000, records: 2, bytes: 20, refused: 1 },
      { second: NOW / 1000 + 1, records: 1, bytes: 10, refused: 0 },
    ]);
    expect([rates.peakRecords, rates.peakBytes]).toEqual([2, 20]);
    expect(() => kinesis.service.oracle.rates("clicks", "shardId-000000000009")).toThrow("does not exist");
  });
});
