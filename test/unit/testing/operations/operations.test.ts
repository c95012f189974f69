import { beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/testing/operations/operation.js";
import { OPERATIONS, type OperationName } from "../../../../src/testing/operations/operations.js";
import { entry, NOW, ServiceUnderTest } from "../service/service-under-test.js";

let kinesis: ServiceUnderTest;

beforeEach(() => {
  kinesis = new ServiceUnderTest();
});

const ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/clicks";

describe("the stream of a request", () => {
  it("is refused with the service's text when it does not exist", () => {
    expect(kinesis.refusal("PutRecords", { StreamName: "wrong", Records: [entry()] })).toBe(
      "400 ResourceNotFoundException: Stream wrong under account 000000000000 not found.",
    );
  });

  it("may be named twice, alike, and must be named once", () => {
    expect(kinesis.call("DescribeStreamSummary", { StreamName: "clicks", StreamARN: ARN }).statusCode).toBe(200);
    expect(kinesis.refusal("DescribeStreamSummary", {})).toContain("InvalidArgumentException");
    kinesis.model.createStream("views", {}, NOW);
    expect(kinesis.refusal("DescribeStreamSummary", { StreamName: "views", StreamARN: ARN })).toContain(
      "InvalidArgumentException",
    );
  });
});

describe("CreateStream", () => {
  it("makes provisioned and on-demand streams and refuses contradictions", () => {
    const onDemand = { StreamMode: "ON_DEMAND" };

    kinesis.call("CreateStream", {
      StreamName: "auto",
      StreamModeDetails: onDemand,
      RecordDistributionStrategy: "AUTO",
      MaxRecordSizeInKiB: 2048,
    });

    expect(kinesis.call("DescribeStreamSummary", { StreamName: "auto" }).StreamDescriptionSummary).toMatchObject({
      OpenShardCount: 4,
      MaxRecordSizeInKiB: 2048,
      RecordDistributionStrategy: "AUTO",
      StreamModeDetails: onDemand,
      StreamStatus: "ACTIVE",
      StreamCreationTimestamp: NOW / 1000,
    });
    expect(kinesis.call("DescribeStreamSummary", { StreamName: "clicks" }).StreamDescriptionSummary).not.toHaveProperty(
      "RecordDistributionStrategy",
    );
    expect(kinesis.refusal("CreateStream", { StreamName: "clicks", ShardCount: 1 })).toContain(
      "ResourceInUseException",
    );
    expect(
      kinesis.refusal("CreateStream", { StreamName: "x", StreamModeDetails: { StreamMode: "PROVISIONED" } }),
    ).toContain("InvalidArgumentException");
    expect(
      kinesis.refusal("CreateStream", { StreamName: "x", ShardCount: 1, RecordDistributionStrategy: "AUTO" }),
    ).toContain("InvalidArgumentException");
    expect(kinesis.refusal("CreateStream", { StreamName: "x", ShardCount: 1, MaxRecordSizeInKiB: 1023 })).toContain(
      "Value '1023' at 'maxRecordSizeInKiB' failed to satisfy constraint: Member must have value greater than or equal to 1024",
    );
  });
});

describe("ListShards", () => {
  const ids = (answer: { Shards: { ShardId: string }[] }): number[] =>
    answer.Shards.map(({ ShardId }) => Number(ShardId.slice(-3)));

  it("tells closed shards too, unless the filter asks for the open ones", () => {
    kinesis.model.stream("clicks").splitShard("shardId-000000000000", NOW + 1000);
    kinesis.now = NOW + 2000;

    expect(ids(kinesis.call("ListShards", { StreamName: "clicks" }))).toEqual([0, 1, 2, 3]);
    const filtered = (filter: JsonObject): number[] =>
      ids(kinesis.call("ListShards", { StreamName: "clicks", ShardFilter: filter }));
    expect(filtered({ Type: "AT_LATEST" })).toEqual([1, 2, 3]);
    expect(filtered({ Type: "AT_TRIM_HORIZON" })).toEqual([0, 1]);
    expect(filtered({ Type: "AFTER_SHARD_ID", ShardId: "shardId-000000000001" })).toEqual([2, 3]);
    expect(filtered({ Type: "AT_TIMESTAMP", Timestamp: NOW / 1000 })).toEqual([0, 1]);
    expect(filtered({ Type: "FROM_TIMESTAMP", Timestamp: NOW / 1000 + 1 })).toEqual([1, 2, 3]);
    expect(kinesis.refusal("ListShards", { StreamName: "clicks", ShardFilter: { Type: "AFTER_SHARD_ID" } })).toContain(
      "InvalidArgumentException",
    );
  });

  it("pages by the token alone, which keeps the filter", () => {
    kinesis.model.stream("clicks").updateShardCount(4, NOW);
    const filter = { ShardFilter: { Type: "AT_LATEST" } };

    const first = kinesis.call("ListShards", { StreamName: "clicks", MaxResults: 3, ...filter });
    const second = kinesis.call("ListShards", { NextToken: first.NextToken, MaxResults: 3 });

    expect([ids(first), ids(second)]).toEqual([[2, 3, 4], [5]]);
    expect(second).not.toHaveProperty("NextToken");
    expect(kinesis.refusal("ListShards", { StreamName: "clicks", NextToken: first.NextToken })).toBe(
      "400 InvalidArgumentException: NextToken and StreamName cannot be provided together.",
    );
    expect(kinesis.refusal("ListShards", { NextToken: "garbage" })).toContain("InvalidArgumentException");
  });

  it("lets a token live for 300 seconds", () => {
    const { NextToken } = kinesis.call("ListShards", { StreamName: "clicks", MaxResults: 1 });

    kinesis.now = NOW + 300_000;
    expect(kinesis.call("ListShards", { NextToken }).statusCode).toBe(200);
    kinesis.now = NOW + 300_001;
    expect(kinesis.refusal("ListShards", { NextToken })).toContain("ExpiredNextTokenException");
  });

  it("answers at most 1,000 shards", () => {
    kinesis.model.createStream("wide", { shards: 1001 }, NOW);

    const first = kinesis.call("ListShards", { StreamName: "wide", MaxResults: 10_000 });
    const second = kinesis.call("ListShards", { NextToken: first.NextToken });

    expect([first.Shards.length, ids(second)]).toEqual([1000, [0]]);
    expect(second.Shards[0].ShardId).toBe("shardId-000000001000");
  });
});

describe("ListStreams and DescribeStream", () => {
  it("page in order", () => {
    for (const name of ["views", "audit"]) kinesis.model.createStream(name, { shards: 3 }, NOW);

    const first = kinesis.call("ListStreams", { Limit: 2 });
    const second = kinesis.call("ListStreams", { Limit: 2, NextToken: first.NextToken });
    const description = kinesis.call("DescribeStream", { StreamName: "views", Limit: 2 }).StreamDescription;
    const rest = kinesis.call("DescribeStream", {
      StreamName: "views",
      ExclusiveStartShardId: description.Shards[1].ShardId,
    });

    expect([first.StreamNames, first.HasMoreStreams]).toEqual([["audit", "clicks"], true]);
    expect([second.StreamNames, second.HasMoreStreams]).toEqual([["views"], false]);
    expect(kinesis.call("ListStreams", { ExclusiveStartStreamName: "clicks" }).StreamNames).toEqual(["views"]);
    expect([description.Shards.length, description.HasMoreShards]).toEqual([2, true]);
    expect([rest.StreamDescription.Shards.length, rest.StreamDescription.HasMoreShards]).toEqual([1, false]);
  });
});

describe("SplitShard, MergeShards and UpdateShardCount", () => {
  it("change the shards at once", () => {
    kinesis.call("SplitShard", {
      StreamName: "clicks",
      ShardToSplit: "shardId-000000000000",
      NewStartingHashKey: String(2n ** 126n),
    });
    kinesis.call("MergeShards", {
      StreamName: "clicks",
      ShardToMerge: "shardId-000000000003",
      AdjacentShardToMerge: "shardId-000000000001",
    });
    const updated = kinesis.call("UpdateShardCount", {
      StreamName: "clicks",
      TargetShardCount: 4,
      ScalingType: "UNIFORM_SCALING",
    });

    expect(updated).toMatchObject({ CurrentShardCount: 2, TargetShardCount: 4 });
    expect(kinesis.model.stream("clicks").openShards.length).toBe(4);
  });

  it("refuse what the service refuses", () => {
    const split = (key: string): string =>
      kinesis.refusal("SplitShard", {
        StreamName: "clicks",
        ShardToSplit: "shardId-000000000000",
        NewStartingHashKey: key,
      });
    const update = (count: unknown): string =>
      kinesis.refusal("UpdateShardCount", {
        StreamName: "clicks",
        TargetShardCount: count,
        ScalingType: "UNIFORM_SCALING",
      });

    expect(split("1")).toContain("is not both greater than one plus the shard's StartingHashKey 0");
    expect(split("-1")).toContain("ValidationException");
    expect(update(5)).toContain("cannot scale up over double");
    expect(update(0)).toContain("ValidationException");
    expect(update("4")).toBe("400 SerializationException: class java.lang.String can not be converted to an Integer");
    expect(update(0.5)).toContain("Value '0' at 'targetShardCount'");
  });
});

describe("every operation", () => {
  it.each(Object.keys(OPERATIONS) as OperationName[])(
    "%s answers 400, never a crash, for values of wrong types",
    (name) => {
      const wrong = [7, "", true, [], {}, [7], ["x"], { Type: 7 }, -1, "💥".repeat(300), 1e300];
      const names =
        "StreamName StreamARN Records Data PartitionKey Limit NextToken ShardId ShardIteratorType ShardIterator";
      const more =
        "ShardFilter MaxResults ShardCount ShardToSplit NewStartingHashKey TargetShardCount Timestamp StreamModeDetails";

      for (const field of `${names} ${more}`.split(" ")) {
        for (const value of wrong) {
          expect([200, 400]).toContain(kinesis.call(name, { StreamName: "clicks", [field]: value }).statusCode);
        }
      }
    },
  );
});
