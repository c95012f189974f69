import { beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/testing/operations/operation.js";
import { entry, NOW, ServiceUnderTest } from "../service/service-under-test.js";

let kinesis: ServiceUnderTest;
const StreamName = "clicks";
const KEY = { StreamName, EncryptionType: "KMS", KeyId: "alias/own" };

beforeEach(() => {
  kinesis = new ServiceUnderTest({ streams: { clicks: {} } });
});

function description(): JsonObject {
  const { EncryptionType, KeyId, StreamStatus } = kinesis.call("DescribeStreamSummary").StreamDescriptionSummary;
  return { EncryptionType, KeyId, StreamStatus };
}

describe("StartStreamEncryption and StopStreamEncryption", () => {
  it("show KMS in every answer about a record that came meanwhile", () => {
    kinesis.putText("before");
    kinesis.call("StartStreamEncryption", KEY);
    const put = kinesis.call("PutRecord", { StreamName, ...entry() });
    const many = kinesis.call("PutRecords", { StreamName, Records: [entry()] });
    const encrypted = description();
    kinesis.call("StopStreamEncryption", KEY);
    kinesis.putText("after");
    const { ShardIterator } = kinesis.call("GetShardIterator", {
      ...{ StreamName, ShardId: "shardId-000000000000", ShardIteratorType: "TRIM_HORIZON" },
    });

    const { Records } = kinesis.call("GetRecords", { ShardIterator });

    expect([put.EncryptionType, many.EncryptionType]).toEqual(["KMS", "KMS"]);
    expect(encrypted).toEqual({ EncryptionType: "KMS", KeyId: "alias/own", StreamStatus: "ACTIVE" });
    expect(description()).toEqual({ EncryptionType: "NONE", KeyId: undefined, StreamStatus: "ACTIVE" });
    expect(Records.map(({ EncryptionType }: JsonObject) => EncryptionType)).toEqual([
      undefined,
      "KMS",
      "KMS",
      undefined,
    ]);
    expect(kinesis.call("DescribeStream").StreamDescription).not.toHaveProperty("KeyId");
  });

  it("begin when the stream is ACTIVE again", () => {
    kinesis.model.timing = { ...kinesis.model.timing, updateMs: 1_000 };
    kinesis.call("StartStreamEncryption", KEY);

    const early = [description(), kinesis.call("PutRecord", { StreamName, ...entry() }).EncryptionType];
    const second = kinesis.refusal("StartStreamEncryption", { ...KEY, KeyId: "alias/other" });
    kinesis.now = NOW + 1_000;

    expect(early).toEqual([{ EncryptionType: "NONE", KeyId: undefined, StreamStatus: "UPDATING" }, undefined]);
    expect(second).toContain("400 ResourceInUseException");
    expect(description()).toEqual({ EncryptionType: "KMS", KeyId: "alias/own", StreamStatus: "ACTIVE" });
  });

  it.each(["StartStreamEncryption", "StopStreamEncryption"] as const)("%s takes KMS alone", (operation) => {
    expect(kinesis.refusal(operation, { ...KEY, EncryptionType: "NONE" })).toContain("400 InvalidArgumentException");
    expect(kinesis.refusal(operation, { ...KEY, EncryptionType: "AES" })).toContain("400 ValidationException");
  });
});

describe("PutRecords where records are only counted", () => {
  it("has the encryption in its answer too", () => {
    const counting = new ServiceUnderTest({ records: "count" });
    const body = Buffer.from('{"StreamName":"clicks","Records":[{"Data":"AAAA","PartitionKey":"a"}]}');

    const before = counting.service.countPuts(body, "json", NOW);
    counting.call("StartStreamEncryption", KEY);

    expect(before).toBeDefined();
    // The operation answers it.
    expect(counting.service.countPuts(body, "json", NOW)).toBeUndefined();
    expect(counting.call("PutRecords", { StreamName, Records: [entry()] }).EncryptionType).toBe("KMS");
  });
});
