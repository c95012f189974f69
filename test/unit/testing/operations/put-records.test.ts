import { beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/testing/operations/operation.js";
import { base64, entry, NOW, ServiceUnderTest } from "../service/service-under-test.js";

let kinesis: ServiceUnderTest;

beforeEach(() => {
  kinesis = new ServiceUnderTest();
});

describe("PutRecords", () => {
  const one = (fields: JsonObject): JsonObject => ({ StreamName: "clicks", Records: [entry(), entry(fields)] });

  it("stores every entry and answers in order", () => {
    const { Records, FailedRecordCount } = kinesis.call("PutRecords", {
      StreamARN: "arn:aws:kinesis:us-east-1:000000000000:stream/clicks",
      Records: [entry({ Data: base64("one") }), entry({ PartitionKey: "b", Data: base64("two") })],
    });

    const stored = kinesis.records();
    expect(FailedRecordCount).toBe(0);
    expect(Records).toEqual(
      stored.map(({ shardId, sequenceNumber }) => ({ ShardId: shardId, SequenceNumber: sequenceNumber })),
    );
    expect(stored.map(({ data }) => Buffer.from(data).toString())).toEqual(["one", "two"]);
    expect(stored[0]?.arrivedAt).toBe(NOW);
  });

  it("takes 500 entries and refuses 501 or none as a whole", () => {
    const records = (length: number): JsonObject => ({
      StreamName: "clicks",
      Records: Array.from({ length }, () => entry()),
    });

    expect(kinesis.call("PutRecords", records(500)).statusCode).toBe(200);
    expect(kinesis.refusal("PutRecords", records(501))).toMatch(
      /^400 ValidationException: 1 validation error detected: Value '\[com.*\]' at 'records' failed to satisfy constraint: Member must have length less than or equal to 500$/,
    );
    expect(kinesis.refusal("PutRecords", records(0))).toContain("Member must have length greater than or equal to 1");
    expect(kinesis.records().length).toBe(500);
  });

  it("counts partition key and data against the record limit, and names the culprit counted from 1", () => {
    const full = one({ PartitionKey: "é", Data: Buffer.alloc(1_048_574).toString("base64") });
    const over = one({ PartitionKey: "é", Data: Buffer.alloc(1_048_575).toString("base64") });

    expect(kinesis.call("PutRecords", full).statusCode).toBe(200);
    expect(kinesis.refusal("PutRecords", over)).toBe(
      "400 ValidationException: 1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=1048575 cap=1048575]' at 'records.2.member.data' failed to satisfy constraint: Member must have length less than or equal to 1048576",
    );
    expect(kinesis.records().length).toBe(2);
  });

  it("refuses more than 10 MiB in one request", () => {
    kinesis.model.createStream("large", { maxRecordBytes: 10 * 1024 * 1024 }, NOW);
    const sized = (bytes: number): JsonObject => ({
      StreamName: "large",
      Records: [
        entry({ Data: Buffer.alloc(5 * 1024 * 1024 - 1).toString("base64") }),
        entry({ Data: Buffer.alloc(bytes).toString("base64") }),
      ],
    });

    expect(kinesis.call("PutRecords", sized(5 * 1024 * 1024 - 1)).statusCode).toBe(200);
    expect(kinesis.refusal("PutRecords", sized(5 * 1024 * 1024))).toBe(
      "400 InvalidArgumentException: Records size exceeds 10 MB limit",
    );
  });

  it.each<[string, JsonObject, string]>([
    [
      "no partition key",
      { PartitionKey: undefined },
      "ValidationException: 1 validation error detected: Value null at 'records.2.member.partitionKey' failed to satisfy constraint: Member must not be null",
    ],
    ["an empty key", { PartitionKey: "" }, "Value '' at 'records.2.member.partitionKey'"],
    ["257 characters of key", { PartitionKey: "k".repeat(257) }, "length less than or equal to 256"],
    ["no data", { Data: undefined }, "Value null at 'records.2.member.data'"],
    [
      "a hash key with a leading zero",
      { ExplicitHashKey: "01" },
      "at 'records.2.member.explicitHashKey' failed to satisfy constraint: Member must satisfy regular expression pattern: 0|([1-9]\\d{0,38})",
    ],
    [
      "a hash key of 2^128",
      { ExplicitHashKey: "340282366920938463463374607431768211456" },
      "InvalidArgumentException: Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was 340282366920938463463374607431768211456",
    ],
    [
      "a key that is a number",
      { PartitionKey: 7 },
      "SerializationException: class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String",
    ],
    ["data that is not base64", { Data: "a b!" }, "can not be converted to a Blob: Invalid Base64 character: ' '"],
    ["base64 for addresses", { Data: "a-b_" }, "can not be converted to a Blob: Invalid Base64 character: '-'"],
    ["a part of base64", { Data: "abcde" }, "is expected a multiple of 4 bytes but found: 5"],
  ])("refuses the whole request for %s", (_, fields, text) => {
    const answer = kinesis.refusal("PutRecords", one(fields));

    expect(answer).toMatch(/^400 /);
    expect(answer).toContain(text);
    expect(kinesis.records()).toEqual([]);
  });

  it("tells every broken constraint at once", () => {
    expect(kinesis.refusal("PutRecords", { StreamName: "no spaces", Records: [] })).toContain(
      "2 validation errors detected: ",
    );
  });

  it("needs no partition key on an AUTO stream", () => {
    kinesis.model.createStream("auto", { recordDistribution: "AUTO", shards: 2 }, NOW);

    const { Records } = kinesis.call("PutRecords", {
      StreamName: "auto",
      Records: [entry({ PartitionKey: undefined }), entry()],
    });

    expect(Records.map(({ ShardId }: { ShardId: string }) => ShardId.slice(-1))).toEqual(["0", "1"]);
  });
});

describe("PutRecord", () => {
  it("takes a sequence number for ordering that was given before, none from the future, none on AUTO streams", () => {
    const { SequenceNumber } = kinesis.putText("first");

    const second = kinesis.putText("second", { SequenceNumberForOrdering: SequenceNumber });

    expect(BigInt(second.SequenceNumber) > BigInt(SequenceNumber)).toBe(true);
    const future = { StreamName: "clicks", ...entry(), SequenceNumberForOrdering: "9".repeat(56) };
    expect(kinesis.refusal("PutRecord", future)).toContain(
      "InvalidArgumentException: ExclusiveMinimumSequenceNumber 999",
    );
    kinesis.model.createStream("auto", { recordDistribution: "AUTO" }, NOW);
    expect(kinesis.refusal("PutRecord", { ...future, StreamName: "auto", SequenceNumberForOrdering: "1" })).toContain(
      "InvalidArgumentException",
    );
  });
});
