import { expect, it } from "vitest";
import { ServiceUnderTest } from "../service/service-under-test.js";

const HOUR = 3_600_000;
const SHARD = "shardId-000000000000";

function oneShard(retentionHours = 24): ServiceUnderTest {
  return new ServiceUnderTest({ streams: { clicks: { shards: 1, retentionHours } } });
}

/** Number of records in memory, including those of deleted streams. */
function held(kinesis: ServiceUnderTest): number {
  return kinesis.service.model
    .generationsOf("clicks")
    .flatMap(({ shards }) => shards)
    .reduce((sum, { records }) => sum + records.length, 0);
}

function iteratorAt(kinesis: ServiceUnderTest, type: string, fields: object = {}): string {
  const input = { StreamName: "clicks", ShardId: SHARD, ShardIteratorType: type, ...fields };
  return kinesis.call("GetShardIterator", input).ShardIterator;
}

it.each([24, 48])("a stream of %i hours holds the records of its retention and a minute, whatever comes", (hours) => {
  const kinesis = oneShard(hours);
  let most = 0;

  for (let hour = 0; hour < 10 * hours; hour++) {
    kinesis.put("a");
    most = Math.max(most, held(kinesis));
    kinesis.now += HOUR;
  }

  // A record whose age is exactly the retention is still in the stream.
  expect(most).toBe(hours + 1);
  expect(kinesis.stored()).toBe(10 * hours);
});

it("a reader that comes back goes on with the first record that is left", () => {
  const kinesis = oneShard();
  kinesis.put("first", "second");
  const start = iteratorAt(kinesis, "TRIM_HORIZON");
  const { Records, NextShardIterator } = kinesis.call("GetRecords", { ShardIterator: start, Limit: 1 });
  kinesis.service.model.advance(kinesis.now + 25 * HOUR);
  kinesis.put("third");

  const next = kinesis.call("GetRecords", { ShardIterator: NextShardIterator });
  const again = kinesis.call("GetRecords", { ShardIterator: start });

  const keys = (records: readonly { PartitionKey: string }[]): string[] => records.map((record) => record.PartitionKey);
  expect([keys(Records), keys(next.Records), keys(again.Records)]).toEqual([["first"], ["third"], ["third"]]);
  expect(held(kinesis)).toBe(1);
});

it("an iterator at the end of a shard that has nothing left sees what comes next", () => {
  const kinesis = oneShard();
  kinesis.put("a", "b");
  kinesis.now += 25 * HOUR;
  const latest = iteratorAt(kinesis, "LATEST");
  expect(held(kinesis)).toBe(0);

  kinesis.put("c");

  expect(kinesis.call("GetRecords", { ShardIterator: latest }).Records).toMatchObject([{ PartitionKey: "c" }]);
});

it("the records of a deleted stream are forgotten when they would have expired", () => {
  const kinesis = oneShard();
  kinesis.put("a", "b");
  kinesis.call("DeleteStream");
  expect(held(kinesis)).toBe(2);

  kinesis.now += 25 * HOUR;
  kinesis.call("ListStreams", {});

  expect(held(kinesis)).toBe(0);
});

it("a shorter retention forgets at once, and a longer one brings nothing back", () => {
  const kinesis = oneShard(48);
  kinesis.put("a");
  kinesis.now += 30 * HOUR;
  kinesis.put("b");

  kinesis.call("DecreaseStreamRetentionPeriod", { StreamName: "clicks", RetentionPeriodHours: 24 });

  expect(held(kinesis)).toBe(1);
  kinesis.call("IncreaseStreamRetentionPeriod", { StreamName: "clicks", RetentionPeriodHours: 48 });
  const { Records } = kinesis.call("GetRecords", { ShardIterator: iteratorAt(kinesis, "TRIM_HORIZON") });
  expect(Records).toMatchObject([{ PartitionKey: "b" }]);
});

it("the oracle tells what is left, how many have expired, and every record in the counts", () => {
  const kinesis = oneShard();
  kinesis.put("a", "b");
  kinesis.now += 25 * HOUR;
  kinesis.put("c");

  const report = kinesis.service.oracle.report("clicks");

  expect([...report.fates.values()].map(({ partitionKey }) => partitionKey)).toEqual(["c"]);
  expect(report.expired).toBe(2);
  expect(kinesis.service.oracle.shardCounts("clicks")).toMatchObject([{ records: 3 }]);
});
