import { describe, expect, it } from "vitest";
import { NOW, ServiceUnderTest } from "../service/service-under-test.js";

const iteratorInput = { StreamName: "clicks", ShardId: "shardId-000000000000", ShardIteratorType: "TRIM_HORIZON" };
const middle = String(2n ** 126n);
const split = { StreamName: "clicks", ShardToSplit: "shardId-000000000000", NewStartingHashKey: middle };

function statusOf(kinesis: ServiceUnderTest, StreamName: string): string {
  return kinesis.call("DescribeStreamSummary", { StreamName }).StreamDescriptionSummary?.StreamStatus ?? "gone";
}

function openShards(kinesis: ServiceUnderTest): string[] {
  const ShardFilter = { Type: "AT_LATEST" };
  return kinesis
    .call("ListShards", { StreamName: "clicks", ShardFilter })
    .Shards.map(({ ShardId }: { ShardId: string }) => ShardId.slice(-1));
}

describe("a stream that is created and deleted in time", () => {
  it("is CREATING at first and not there for the data plane", () => {
    const kinesis = new ServiceUnderTest({ timing: { createMs: 500 } });
    kinesis.call("CreateStream", { StreamName: "views", ShardCount: 1 });
    const put = { StreamName: "views", PartitionKey: "a", Data: "" };

    expect(statusOf(kinesis, "views")).toBe("CREATING");
    expect(kinesis.refusal("PutRecord", put)).toBe(
      "400 ResourceNotFoundException: Stream views under account 000000000000 not found.",
    );
    expect(kinesis.refusal("ListShards", { StreamName: "views" })).toContain("ResourceInUseException");
    expect(kinesis.call("DescribeStream", { StreamName: "views" }).StreamDescription.Shards).toEqual([]);
    kinesis.now += 500;
    expect(statusOf(kinesis, "views")).toBe("ACTIVE");
    expect(kinesis.call("PutRecord", put).statusCode).toBe(200);
  });

  it("is DELETING at first, and its name is free when it is gone", () => {
    const kinesis = new ServiceUnderTest({ timing: { deleteMs: 500 } });
    kinesis.put("a");
    kinesis.call("DeleteStream");

    expect(statusOf(kinesis, "clicks")).toBe("DELETING");
    expect(kinesis.put("a")).toEqual([]);
    expect(kinesis.refusal("CreateStream", { StreamName: "clicks", ShardCount: 1 })).toContain("ResourceInUse");
    kinesis.now += 500;
    expect(statusOf(kinesis, "clicks")).toBe("gone");
    expect(kinesis.call("CreateStream", { StreamName: "clicks", ShardCount: 1 }).statusCode).toBe(200);
  });

  it("is not deleted under its consumers unless that is enforced", () => {
    const kinesis = new ServiceUnderTest();
    const StreamARN = kinesis.service.model.stream("clicks").identity.arn;
    kinesis.call("RegisterStreamConsumer", { StreamARN, ConsumerName: "app" });

    expect(kinesis.refusal("DeleteStream")).toContain("ResourceInUseException");
    expect(kinesis.call("DeleteStream", { StreamARN, EnforceConsumerDeletion: true }).statusCode).toBe(200);
  });
});

describe("a reshard in time", () => {
  it("leaves the parent open while UPDATING, then opens the children, then is ACTIVE", () => {
    const kinesis = new ServiceUnderTest({ timing: { reshardMs: 300, updateMs: 500 } });
    const seen = (): [string, string[]] => [statusOf(kinesis, "clicks"), openShards(kinesis)];
    kinesis.call("SplitShard", split);

    expect(seen()).toEqual(["UPDATING", ["0", "1"]]);
    expect(kinesis.put("a").length).toBe(1);
    expect(
      kinesis.refusal("UpdateShardCount", {
        StreamName: "clicks",
        TargetShardCount: 4,
        ScalingType: "UNIFORM_SCALING",
      }),
    ).toBe(
      "400 ResourceInUseException: Stream clicks under account 000000000000 not ACTIVE, instead in state UPDATING",
    );
    kinesis.now += 300;
    expect(seen()).toEqual(["UPDATING", ["1", "2", "3"]]);
    kinesis.now += 200;
    expect(seen()).toEqual(["ACTIVE", ["1", "2", "3"]]);
  });

  it("is refused at once when it cannot be done", () => {
    const kinesis = new ServiceUnderTest({ timing: { reshardMs: 300 } });
    const merge = { StreamName: "clicks", ShardToMerge: "shardId-000000000000" };

    expect(kinesis.refusal("MergeShards", { ...merge, AdjacentShardToMerge: "shardId-000000000009" })).toContain(
      "ResourceNotFoundException",
    );
    expect(statusOf(kinesis, "clicks")).toBe("ACTIVE");
    kinesis.call("MergeShards", { ...merge, AdjacentShardToMerge: "shardId-000000000001" });
    kinesis.now += 300;
    expect(openShards(kinesis)).toEqual(["2"]);
  });

  it("is lost when a test has done another by hand meanwhile", () => {
    const kinesis = new ServiceUnderTest({ timing: { reshardMs: 300 } });
    kinesis.call("SplitShard", split);
    kinesis.service.model.stream("clicks").updateShardCount(1, kinesis.now);
    kinesis.now += 300;

    expect(openShards(kinesis)).toEqual(["2"]);
    expect(statusOf(kinesis, "clicks")).toBe("ACTIVE");
  });

  it("stays hidden from listings for a while, and the answers come from the children all the same", () => {
    const kinesis = new ServiceUnderTest({ timing: { staleListMs: 400 } });
    kinesis.call("UpdateShardCount", { StreamName: "clicks", TargetShardCount: 3, ScalingType: "UNIFORM_SCALING" });
    const [answering] = kinesis.put("a");
    const described = (): unknown => kinesis.call("DescribeStream").StreamDescription.Shards.at(0).SequenceNumberRange;

    expect(openShards(kinesis)).toEqual(["0", "1"]);
    expect(described()).not.toHaveProperty("EndingSequenceNumber");
    kinesis.now += 200;
    kinesis.service.model.stream("clicks").updateShardCount(1, kinesis.now);
    kinesis.now += 200;
    expect(openShards(kinesis)).toContain(answering);
    expect(described()).toHaveProperty("EndingSequenceNumber");
    kinesis.now += 200;
    expect(openShards(kinesis).length).toBe(1);
  });
});

describe("the retention of records", () => {
  const HOUR = 3_600_000;
  const read = (kinesis: ServiceUnderTest): number => {
    const { ShardIterator } = kinesis.call("GetShardIterator", iteratorInput);
    return kinesis.call("GetRecords", { ShardIterator }).Records.length;
  };

  it("ends what is older than the stream says, and what it says can be changed", () => {
    const kinesis = new ServiceUnderTest({ streams: { clicks: { shards: 1 } } });
    kinesis.put("a");
    kinesis.now += 23 * HOUR;
    kinesis.put("b");
    expect(read(kinesis)).toBe(2);

    kinesis.now += 2 * HOUR;
    expect(read(kinesis)).toBe(1);
    kinesis.call("IncreaseStreamRetentionPeriod", { StreamName: "clicks", RetentionPeriodHours: 48 });
    expect(read(kinesis)).toBe(1);
    kinesis.now += 20 * HOUR;
    expect(read(kinesis)).toBe(1);
    expect(
      kinesis.refusal("IncreaseStreamRetentionPeriod", { StreamName: "clicks", RetentionPeriodHours: 24 }),
    ).toContain(
      "(24 hours) for stream clicks can not be shorter than existing retention period (48 hours). Use DecreaseRetentionPeriod API.",
    );
    expect(
      kinesis.call("DecreaseStreamRetentionPeriod", { StreamName: "clicks", RetentionPeriodHours: 24 }).statusCode,
    ).toBe(200);
    expect(
      kinesis.refusal("DecreaseStreamRetentionPeriod", { StreamName: "clicks", RetentionPeriodHours: 25 }),
    ).toContain("can not be longer than existing retention period (24 hours). Use IncreaseRetentionPeriod API.");
  });

  it("ends closed shards too, and moves the trim horizon", () => {
    const kinesis = new ServiceUnderTest();
    kinesis.now += HOUR;
    kinesis.call("SplitShard", split);
    const listed = (Type?: string): number =>
      kinesis.call("ListShards", { StreamName: "clicks", ...(Type === undefined ? {} : { ShardFilter: { Type } }) })
        .Shards.length;

    expect([listed(), listed("AT_TRIM_HORIZON"), listed("FROM_TRIM_HORIZON")]).toEqual([4, 2, 4]);
    kinesis.now = NOW + 24 * HOUR + 1000;
    expect([listed(), listed("AT_TRIM_HORIZON")]).toEqual([4, 2]);
    kinesis.now = NOW + 26 * HOUR;
    expect([listed(), listed("AT_TRIM_HORIZON")]).toEqual([3, 3]);
  });
});

describe("a model in time", () => {
  it("refuses spans that are none", () => {
    expect(() => new ServiceUnderTest({ timing: { createMs: -1 } })).toThrow(
      "timing.createMs must be 0 ms or more, got -1",
    );
    expect(() => new ServiceUnderTest({ timing: { slowMs: 1 } as object })).toThrow("timing has no slowMs: known are");
  });

  it("counts records without keeping them, on request", () => {
    const kinesis = new ServiceUnderTest({ records: "count" });
    const shards = kinesis.put("a", "b", "c", "d");

    expect(kinesis.service.model.stream("clicks").shards.flatMap(({ records }) => records)).toEqual([]);
    expect(kinesis.service.oracle.shardCounts("clicks").map(({ records }) => records)).toEqual([
      shards.filter((shard) => shard === "0").length,
      shards.filter((shard) => shard === "1").length,
    ]);
  });
});
