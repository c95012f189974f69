/**
 * Answers of AWS that recordings and other projects' suites show, where a stand-in easily answers otherwise. Sources: the
 * recordings of LocalStack, the suites of kinesalite (2018 and 2019, against the service) and of moto, and AWS's issues.
 */
import { beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/testing/operations/operation.js";
import type { OperationName } from "../../../../src/testing/operations/operations.js";
import { base64, entry, NOW, ServiceUnderTest } from "../service/service-under-test.js";

let kinesis: ServiceUnderTest;
const StreamName = "clicks";
const SHARDS = ["shardId-000000000000", "shardId-000000000001"] as const;
const StreamARN = "arn:aws:kinesis:us-east-1:000000000000:stream/clicks";

beforeEach(() => {
  kinesis = new ServiceUnderTest();
});

function summary(name = StreamName): Record<string, unknown> {
  return kinesis.call("DescribeStreamSummary", { StreamName: name }).StreamDescriptionSummary;
}

function iterator(fields: JsonObject): string {
  return kinesis.refusal("GetShardIterator", { StreamName, ShardId: SHARDS[0], ...fields });
}

function read(fields: JsonObject = { ShardIteratorType: "TRIM_HORIZON" }): string[] {
  const { ShardIterator } = kinesis.call("GetShardIterator", { StreamName, ShardId: SHARDS[0], ...fields });
  const { Records } = kinesis.call("GetRecords", { ShardIterator });
  return Records.map(({ Data }: { Data: string }) => Buffer.from(Data, "base64").toString());
}

describe("CreateStream", () => {
  it("without a mode and a shard count makes an on-demand stream of four shards", () => {
    kinesis.call("CreateStream", { StreamName: "views" });

    expect(summary("views")).toMatchObject({
      OpenShardCount: 4,
      StreamModeDetails: { StreamMode: "ON_DEMAND" },
      RecordDistributionStrategy: "USER_PARTITION_KEY",
    });
  });

  it("with a shard count alone makes a provisioned stream", () => {
    kinesis.call("CreateStream", { StreamName: "views", ShardCount: 3 });

    expect(summary("views")).toMatchObject({ OpenShardCount: 3, StreamModeDetails: { StreamMode: "PROVISIONED" } });
    expect(kinesis.refusal("CreateStream", { StreamName: "wide", ShardCount: 10_001 })).toContain(
      "400 LimitExceededException",
    );
  });
});

describe("an on-demand stream", () => {
  it.each<[OperationName, JsonObject]>([
    ["UpdateShardCount", { TargetShardCount: 2, ScalingType: "UNIFORM_SCALING" }],
    ["SplitShard", { ShardToSplit: SHARDS[0], NewStartingHashKey: "1000" }],
    ["MergeShards", { ShardToMerge: SHARDS[0], AdjacentShardToMerge: SHARDS[1] }],
  ])("refuses %s", (operation, fields) => {
    kinesis.model.createStream("od", { mode: "ON_DEMAND" }, NOW);

    expect(kinesis.refusal(operation, { StreamName: "od", ...fields })).toBe(
      "400 ValidationException: Request is invalid. Stream od under account 000000000000 is in On-Demand mode.",
    );
    expect(kinesis.model.stream("od").shards.length).toBe(4);
  });
});

describe("answers about records of a stream that is not encrypted", () => {
  it("have no encryption type", () => {
    const put = kinesis.putText("x");
    const many = kinesis.call("PutRecords", { StreamName, Records: [entry()] });
    const { ShardIterator } = kinesis.call("GetShardIterator", {
      ...{ StreamName, ShardId: put.ShardId, ShardIteratorType: "TRIM_HORIZON" },
    });

    expect(Object.keys(put).sort()).toEqual(["SequenceNumber", "ShardId", "statusCode"]);
    expect(many).not.toHaveProperty("EncryptionType");
    expect(kinesis.call("GetRecords", { ShardIterator }).Records[0]).not.toHaveProperty("EncryptionType");
    expect(summary().EncryptionType).toBe("NONE");
  });
});

describe("DryRun", () => {
  const consumer = (): string =>
    kinesis.call("RegisterStreamConsumer", { StreamARN, ConsumerName: "app" }).Consumer.ConsumerARN;
  const position = { ShardId: SHARDS[0], ShardIteratorType: "LATEST" };

  it.each<[OperationName, () => JsonObject]>([
    ["PutRecord", () => ({ StreamName, ...entry() })],
    ["PutRecords", () => ({ StreamName, Records: [entry()] })],
    ["GetShardIterator", () => ({ StreamName, ...position })],
    [
      "GetRecords",
      () => ({ ShardIterator: kinesis.call("GetShardIterator", { StreamName, ...position }).ShardIterator }),
    ],
    ["SubscribeToShard", () => ({ ConsumerARN: consumer(), ShardId: SHARDS[0], StartingPosition: { Type: "LATEST" } })],
  ])("of %s checks, and does nothing", (operation, good) => {
    const input = good();

    const answers = [
      kinesis.refusal(operation, { ...input, DryRun: true }),
      kinesis.refusal(operation, { ...input, DryRun: "true" }),
      kinesis.refusal(operation, { ...input, DryRun: true, StreamId: "no id" }),
    ];

    expect(answers[0]).toBe(
      "400 DryRunOperationException: The request was rejected because the DryRun parameter was specified.",
    );
    expect(answers.slice(1).map((text) => text.slice(0, 14))).toEqual(["400 Serializat", "400 Validation"]);
    expect(kinesis.stored()).toBe(0);
    expect(kinesis.reply(operation, { ...input, DryRun: false }).statusCode).toBe(200);
  });

  it("tells first that a request would fail", () => {
    expect(kinesis.refusal("PutRecord", { StreamName: "wrong", ...entry(), DryRun: true })).toContain(
      "ResourceNotFoundException",
    );
    expect(kinesis.refusal("PutRecords", { StreamName, Records: [{ Data: "" }], DryRun: true })).toContain(
      "Value null at 'records.1.member.partitionKey'",
    );
  });

  it("takes nothing of the limits", () => {
    kinesis.service.setLimits(true);

    for (let i = 0; i < 9; i++) kinesis.call("GetShardIterator", { StreamName, ...position, DryRun: true });

    expect(kinesis.call("GetShardIterator", { StreamName, ...position }).statusCode).toBe(200);
  });
});

describe("a sequence number", () => {
  const AT = "AT_SEQUENCE_NUMBER";

  it("of another shard is refused, with both shards", () => {
    const [own, other] = ["0", String(2n ** 127n)].map((ExplicitHashKey) => kinesis.putText("x", { ExplicitHashKey }));

    expect(read({ ShardIteratorType: AT, StartingSequenceNumber: own?.SequenceNumber })).toEqual(["x"]);
    for (const ShardIteratorType of [AT, "AFTER_SEQUENCE_NUMBER"]) {
      expect(iterator({ ShardIteratorType, StartingSequenceNumber: other?.SequenceNumber })).toBe(
        `400 InvalidArgumentException: Invalid StartingSequenceNumber. It encodes ${SHARDS[1]}, while it was used in a call to a shard with ${SHARDS[0]}`,
      );
    }
  });

  it("of another creation of the shard is refused", () => {
    const { SequenceNumber } = kinesis.putText("x", { ExplicitHashKey: "0" });
    kinesis.model.deleteStream(StreamName);
    kinesis.model.createStream(StreamName, { shards: 2 }, NOW + 5_000);

    expect(iterator({ ShardIteratorType: AT, StartingSequenceNumber: SequenceNumber })).toBe(
      `400 InvalidArgumentException: StartingSequenceNumber ${SequenceNumber} used in GetShardIterator on shard ${SHARDS[0]} in stream clicks under account 000000000000 is invalid because it did not come from this stream.`,
    );
  });

  it.each(["0", "1", "4957", "9".repeat(56)])("that is none, %s, is refused", (number) => {
    expect(iterator({ ShardIteratorType: AT, StartingSequenceNumber: number })).toBe(
      `400 InvalidArgumentException: StartingSequenceNumber ${number} used in GetShardIterator on shard ${SHARDS[0]} in stream clicks under account 000000000000 is invalid.`,
    );
  });

  it("is refused by SubscribeToShard too", () => {
    const { SequenceNumber } = kinesis.putText("x", { ExplicitHashKey: String(2n ** 127n) });
    const { Consumer } = kinesis.call("RegisterStreamConsumer", { StreamARN, ConsumerName: "app" });

    expect(
      kinesis.refusal("SubscribeToShard", {
        ...{ ConsumerARN: Consumer.ConsumerARN, ShardId: SHARDS[0], StartingPosition: { Type: AT, SequenceNumber } },
      }),
    ).toContain("InvalidArgumentException: Invalid StartingSequenceNumber. It encodes shardId-000000000001");
  });

  it("with which a shard begins or ends is one of the shard", () => {
    kinesis.putText("x", { ExplicitHashKey: "0" });
    kinesis.model.stream(StreamName).splitShard(SHARDS[0], NOW);
    const { SequenceNumberRange } = kinesis.call("ListShards").Shards[0];

    const { StartingSequenceNumber: first, EndingSequenceNumber: last } = SequenceNumberRange;

    expect(read({ ShardIteratorType: "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber: first })).toEqual(["x"]);
    expect(read({ ShardIteratorType: AT, StartingSequenceNumber: last })).toEqual([]);
  });
});

describe("GetShardIterator", () => {
  const either =
    "400 InvalidArgumentException: Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified";

  it.each(["LATEST", "TRIM_HORIZON"])("refuses %s with a sequence number", (ShardIteratorType) => {
    const { SequenceNumber } = kinesis.putText("x", { ExplicitHashKey: "0" });

    expect(iterator({ ShardIteratorType, StartingSequenceNumber: SequenceNumber })).toBe(
      `${either} ${ShardIteratorType} and also a StartingSequenceNumber.`,
    );
  });

  it.each(["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"])("refuses %s without one", (ShardIteratorType) => {
    expect(iterator({ ShardIteratorType })).toBe(`${either} ${ShardIteratorType} and no StartingSequenceNumber.`);
  });

  it("refuses the future, in whole milliseconds", () => {
    expect(iterator({ ShardIteratorType: "AT_TIMESTAMP", Timestamp: NOW / 1000 + 1.000_135 })).toContain(
      `timestampInMillis: ${NOW + 1000}, currentTimestampInMillis: ${NOW}`,
    );
    expect(iterator({ ShardIteratorType: "AT_TIMESTAMP", Timestamp: "1" })).toBe(
      "400 SerializationException: class java.lang.String can not be converted to milliseconds since epoch",
    );
  });

  it("gives iterators that have expired after five minutes, in Java's form of times", () => {
    const { ShardIterator } = kinesis.call("GetShardIterator", {
      ...{ StreamName, ShardId: SHARDS[0], ShardIteratorType: "LATEST" },
    });
    kinesis.now = NOW + 300_001;

    expect(kinesis.refusal("GetRecords", { ShardIterator })).toContain(
      "created at time Sat Nov 21 00:00:00 UTC 2026 while right now it is Sat Nov 21 00:05:00 UTC 2026",
    );
  });
});

describe("the retention period", () => {
  const change = (kind: "Increase" | "Decrease", hours: number): string =>
    kinesis.refusal(`${kind}StreamRetentionPeriod`, { StreamName, RetentionPeriodHours: hours });

  it.each(["Increase", "Decrease"] as const)("has bounds that %s tells", (kind) => {
    expect(change(kind, 23)).toBe(
      "400 InvalidArgumentException: Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short.",
    );
    expect(change(kind, 8761)).toBe(
      "400 InvalidArgumentException: Maximum allowed retention period is 8760 hours. Requested retention period (8761 hours) is too long.",
    );
  });

  it("stays, without an update, when it is the present one", () => {
    kinesis.model.timing = { ...kinesis.model.timing, updateMs: 1_000 };

    const answers = [change("Increase", 24), change("Decrease", 24)];

    expect(answers).toEqual(["200 undefined: undefined", "200 undefined: undefined"]);
    expect(summary().StreamStatus).toBe("ACTIVE");
  });
});

describe("MergeShards", () => {
  it("wants the lower shard first", () => {
    const merge = (ShardToMerge: string, AdjacentShardToMerge: string): string =>
      kinesis.refusal("MergeShards", { StreamName, ShardToMerge, AdjacentShardToMerge });

    expect(merge(SHARDS[1], SHARDS[0])).toBe(
      `400 InvalidArgumentException: Shards ${SHARDS[1]} and ${SHARDS[0]} in stream clicks under account 000000000000 are not an adjacent pair of shards eligible for merging`,
    );
    expect(merge(SHARDS[0], SHARDS[1])).toContain("200");
  });

  it.each<[OperationName, JsonObject]>([
    ["MergeShards", { ShardToMerge: SHARDS[0], AdjacentShardToMerge: "shardId-7" }],
    ["SplitShard", { ShardToSplit: "shardId-7", NewStartingHashKey: "1000" }],
  ])("and SplitShard, here %s, name a shard that is not there", (operation, fields) => {
    expect(kinesis.refusal(operation, { StreamName, ...fields })).toBe(
      "400 ResourceNotFoundException: Could not find shard shardId-7 in stream clicks under account 000000000000.",
    );
  });
});

describe("tags", () => {
  const add = (Tags: JsonObject): string => kinesis.refusal("AddTagsToStream", { StreamName, Tags });
  const remove = (TagKeys: readonly string[]): string =>
    kinesis.refusal("RemoveTagsFromStream", { StreamName, TagKeys });

  it.each([";", "\t", "\n", ","])("refuse the character %j in keys and values", (character) => {
    const text =
      "400 InvalidArgumentException: Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @.";

    expect([add({ [`a${character}`]: "" }), add({ a: `b${character}c` }), remove([character])]).toEqual([
      text,
      text,
      text,
    ]);
    expect(kinesis.refusal("CreateStream", { StreamName: "views", ShardCount: 1, Tags: { a: character } })).toBe(text);
    expect(kinesis.refusal("RegisterStreamConsumer", { StreamARN, ConsumerName: "a", Tags: { a: character } })).toBe(
      text,
    );
    expect(kinesis.model.find("views")).toBeUndefined();
  });

  it("refuse a percent sign with another text", () => {
    expect(add({ "a%": "" })).toContain("Failed to add tags to stream clicks under account 000000000000 because");
    expect(remove(["a%"])).toContain("Failed to remove tags from stream clicks under account 000000000000 because");
  });

  it("take letters of every script and the other characters", () => {
    expect(add({ "üß東_./=+-@: 7": "aws:cloudformation/x" })).toContain("200");
  });

  it("keep the model's bounds, before the stream is looked for", () => {
    const long = "k".repeat(129);

    const refusals = [
      add({}),
      add({ [long]: "" }),
      add({ a: "v".repeat(257) }),
      kinesis.refusal("AddTagsToStream", { StreamName }),
      remove([]),
      remove([long]),
      remove(Array.from({ length: 51 }, (_, index) => `k${index}`)),
      kinesis.refusal("RemoveTagsFromStream", { StreamName: "wrong", TagKeys: [long] }),
    ];

    expect(new Set(refusals.map((text) => text.slice(0, 23)))).toEqual(new Set(["400 ValidationException"]));
  });
});

describe("the order of checks", () => {
  it("is types, constraints, the stream", () => {
    const put = (fields: JsonObject): string => kinesis.refusal("PutRecord", { ...entry(), ...fields });

    expect(put({ Data: 12 })).toBe(
      "400 SerializationException: class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to a Blob",
    );
    expect(put({ StreamName: "", Data: [] })).toBe(
      "400 SerializationException: Start of list found where not expected",
    );
    expect(put({ StreamName: "wrong", PartitionKey: "" })).toContain("ValidationException");
    expect(put({ StreamName: "wrong" })).toContain("ResourceNotFoundException");
  });

  it("ends with an iterator that is too long before one that is none", () => {
    expect(kinesis.refusal("GetRecords", { ShardIterator: "x".repeat(513) })).toContain("ValidationException");
    expect(kinesis.refusal("GetRecords", { ShardIterator: "x".repeat(512) })).toContain("InvalidArgumentException");
  });
});

describe("StreamCreationTimestamp", () => {
  it.each<[OperationName, JsonObject]>([
    ["ListShards", { StreamName }],
    ["ListStreamConsumers", { StreamARN }],
  ])("of %s tells streams of one name apart", (operation, named) => {
    const list = (StreamCreationTimestamp: unknown): string =>
      kinesis.refusal(operation, { ...named, StreamCreationTimestamp });

    expect(list("23")).toContain("400 SerializationException");
    expect(list({})).toContain("400 SerializationException: Start of structure or map found where not expected.");
    expect([list(NOW / 1000), list(NOW / 1000 + 0.5)].map((text) => text.slice(0, 3))).toEqual(["200", "200"]);
    expect(list(NOW / 1000 - 1)).toBe(
      "400 ResourceNotFoundException: Stream clicks under account 000000000000 not found.",
    );
  });

  it("stands with a name, not with a token", () => {
    const { NextToken } = kinesis.call("ListShards", { StreamName, MaxResults: 1 });

    expect(kinesis.refusal("ListShards", { NextToken, StreamCreationTimestamp: NOW / 1000 })).toContain(
      "InvalidArgumentException",
    );
  });
});

describe("a stream that is deleted while it is CREATING", () => {
  it("never shows a shard", () => {
    kinesis.model.timing = { ...kinesis.model.timing, createMs: 1_000, deleteMs: 2_000 };
    kinesis.call("CreateStream", { StreamName: "views", ShardCount: 2 });

    kinesis.call("DeleteStream", { StreamName: "views" });
    kinesis.now = NOW + 1_500;

    expect(kinesis.call("DescribeStream", { StreamName: "views" }).StreamDescription).toMatchObject({
      StreamStatus: "DELETING",
      Shards: [],
    });
    expect(summary("views").OpenShardCount).toBe(0);
  });
});

describe("a stream that is named by its ARN", () => {
  it("has its name in the answer when it does not exist", () => {
    expect(kinesis.refusal("DescribeStreamSummary", { StreamARN: StreamARN.replace("clicks", "views") })).toBe(
      "400 ResourceNotFoundException: Stream views under account 000000000000 not found.",
    );
  });

  it("must be that of the iterator", () => {
    kinesis.model.createStream("views", {}, NOW);
    kinesis.putText("x", { Data: base64("x"), ExplicitHashKey: "0" });
    const { ShardIterator } = kinesis.call("GetShardIterator", {
      ...{ StreamName, ShardId: SHARDS[0], ShardIteratorType: "TRIM_HORIZON" },
    });
    const get = (arn: string): string => kinesis.refusal("GetRecords", { ShardIterator, StreamARN: arn });

    expect(get(StreamARN)).toContain("200");
    expect(get(StreamARN.replace("clicks", "views"))).toContain("400 InvalidArgumentException");
  });
});
