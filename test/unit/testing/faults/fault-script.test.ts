import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "vitest";
import { RecordAggregator } from "../../../../src/aggregate/index.js";
import type { FaultRule } from "../../../../src/testing/faults/fault-rule.js";
import { FaultScript } from "../../../../src/testing/faults/fault-script.js";
import { compressedRecord } from "../../../support/compressed-record.js";
import { NOW, putInput, ServiceUnderTest } from "../service/service-under-test.js";

let kinesis: ServiceUnderTest;

beforeEach(() => {
  kinesis = new ServiceUnderTest();
});

/** Numbers of the calls with the fault, out of ten calls, from 1. */
function struck(on: FaultRule["on"], times?: number): number[] {
  kinesis.service.faults.add({ on: on ?? {}, do: { kind: "throttle" }, ...(times === undefined ? {} : { times }) });
  const hits: number[] = [];
  for (let call = 1; call <= 10; call++)
    if (kinesis.reply("PutRecords", putInput(1, ["a"])).statusCode === 400) hits.push(call);
  return hits;
}

describe("FaultScript, when a fault strikes", () => {
  it.each([
    [3, [3]],
    [
      [2, 9],
      [2, 9],
    ],
    [{ from: 8 }, [8, 9, 10]],
    [{ from: 2, to: 4 }, [2, 3, 4]],
    [{ every: 4 }, [4, 8]],
    [{ from: 3, every: 3 }, [5, 8]],
  ])("counts calls %j from 1", (calls, expected) => {
    expect(struck({ calls })).toEqual(expected);
  });

  it("counts from when the rule was added, among the calls for which all else holds", () => {
    kinesis.put("a");
    kinesis.service.faults.add({ on: { operation: "PutRecords", calls: 2 }, do: { kind: "throttle" } });

    kinesis.call("ListShards");

    expect([kinesis.put("a").length, kinesis.put("a").length, kinesis.put("a").length]).toEqual([1, 0, 1]);
  });

  it("stops after its times, and when it is removed", () => {
    expect(struck({}, 2)).toEqual([1, 2]);
    const remove = kinesis.service.faults.add("throttle");
    expect(kinesis.put("a")).toEqual([]);
    remove();
    expect(kinesis.put("a").length).toBe(1);
  });

  it("lists its rules with what they struck, and replaces all of them or none", () => {
    const { faults } = kinesis.service;
    faults.add("PutRecords throttle times=1");
    const rule: FaultRule = { on: { operation: "PutRecords" }, do: { kind: "throttle" }, times: 2 };
    faults.add(rule);
    kinesis.put("a");
    kinesis.put("a");

    expect(faults.list()).toEqual([
      {
        rule: expect.objectContaining({ do: { kind: "throttle" }, times: 1 }),
        text: "PutRecords throttle times=1",
        hits: 1,
        isSpent: true,
      },
      { rule, text: JSON.stringify(rule), hits: 1, isSpent: false },
    ]);
    expect(() => faults.replace(["ListShards throttle", "explode"])).toThrow(RangeError);
    expect(faults.list()).toHaveLength(2);
    faults.replace(["ListShards throttle"]);
    expect(faults.list()).toMatchObject([{ text: "ListShards throttle", hits: 0 }]);
    expect(kinesis.put("a").length).toBe(1);
  });

  it("draws the same for the same seed, about as often as its probability says", () => {
    const draws = (seed: number): boolean[] => {
      const service = new ServiceUnderTest({ seed, faults: ["PutRecords throttle p=0.3"] });
      return Array.from({ length: 1000 }, () => service.put("a").length === 0);
    };

    expect(draws(7)).toEqual(draws(7));
    expect(draws(7)).not.toEqual(draws(8));
    expect(draws(7).filter(Boolean).length).toBeGreaterThan(250);
    expect(draws(7).filter(Boolean).length).toBeLessThan(350);
  });

  it("finds the stream by name, ARN, iterator and token", () => {
    const StreamARN = "arn:aws:kinesis:us-east-1:000000000000:stream/clicks";
    const { ShardIterator } = kinesis.call("GetShardIterator", {
      StreamARN,
      ShardId: "shardId-000000000000",
      ShardIteratorType: "LATEST",
    });
    const { NextToken } = kinesis.call("ListShards", { StreamARN, MaxResults: 1 });
    kinesis.service.faults.add({ on: { stream: "clicks" }, do: { kind: "throttle" } });

    expect(kinesis.call("ListShards", { StreamARN }).statusCode).toBe(400);
    expect(kinesis.call("GetRecords", { ShardIterator }).statusCode).toBe(400);
    expect(kinesis.call("ListShards", { NextToken }).statusCode).toBe(400);
    expect(kinesis.call("ListStreams", {}).statusCode).toBe(200);
  });

  it("finds the shard of a call and of its records", () => {
    const [shard] = kinesis.put("a");
    kinesis.service.faults.add({ on: { shardId: `shardId-00000000000${shard}` }, do: { kind: "throttle" } });
    const iterator = { StreamName: "clicks", ShardId: `shardId-00000000000${shard}`, ShardIteratorType: "LATEST" };

    expect(kinesis.put("a")).toEqual([]);
    expect(kinesis.refusal("GetShardIterator", iterator)).toContain("ProvisionedThroughputExceededException");
    expect(kinesis.call("ListShards").statusCode).toBe(200);
  });

  it("finds a partition key within an aggregate", () => {
    const aggregator = new RecordAggregator();
    for (const key of ["x", "needle"]) aggregator.tryAdd({ partitionKey: key, data: key });
    const aggregate = aggregator.take();
    kinesis.service.faults.add({ on: { partitionKey: "needle" }, do: { kind: "fail-entry" } });

    const { Records } = kinesis.call("PutRecords", {
      StreamName: "clicks",
      Records: [
        { PartitionKey: "hay", Data: new Uint8Array(3) },
        { PartitionKey: "a", Data: aggregate?.data },
      ],
    });

    expect(Records.map(({ ErrorCode }: { ErrorCode?: string }) => ErrorCode)).toEqual([undefined, "InternalFailure"]);
  });

  it.each([
    ["finds a partition key within a compressed aggregate", "gzip", "needle", "InternalFailure"],
    ["finds no partition key behind a codec that it does not know", "mine", "needle", undefined],
    ["finds the first key behind a codec that it does not know", "mine", "x", "InternalFailure"],
  ])("%s", (_, codec, partitionKey, expected) => {
    const data = compressedRecord(codec, gzipSync, [
      { key: "x", data: "x" },
      { key: "needle", data: "y" },
    ]);
    kinesis.service.faults.add({ on: { partitionKey }, do: { kind: "fail-entry" } });

    const { Records } = kinesis.call("PutRecords", {
      StreamName: "clicks",
      Records: [{ PartitionKey: "a", Data: data }],
    });

    expect(Records[0].ErrorCode).toBe(expected);
  });

  it("knows nothing of malformed calls, and leaves their answers alone", () => {
    kinesis.service.faults.add({
      on: { shardId: "shardId-000000000000", partitionKey: "a" },
      do: { kind: "throttle" },
    });
    const bad = { StreamName: "clicks", Records: [null, 7, { ExplicitHashKey: "-", PartitionKey: 3, Data: 1 }] };

    expect(kinesis.refusal("PutRecords", bad)).toContain("SerializationException");
    expect(kinesis.refusal("GetRecords", { ShardIterator: "?" })).toContain("Invalid ShardIterator");
  });

  it("refuses a rule that would never strike", () => {
    const script = new FaultScript();
    const add = (rule: unknown) => () => script.add(rule as FaultRule);

    expect(add({ do: { kind: "latency" } })).toThrow("do.ms must be 0 ms or more");
    expect(add({ do: { kind: "latency", ms: 1, jitter: 2 } })).toThrow("the effect latency has no jitter");
    expect(add({ do: { kind: "throttle" }, on: { shard: "x" } })).toThrow("on has no shard: known are operation,");
    expect(add({ do: { kind: "throttle" }, on: { operation: "Put" } })).toThrow('no operation "Put"');
    expect(add({ effect: { kind: "throttle" } })).toThrow("a fault has no effect: known are on, do, times");
    expect(add({})).toThrow("a fault needs do");
  });
});

describe("FaultScript, what a fault does", () => {
  it("fails single records before they are stored, or after", () => {
    kinesis.service.faults.add({ on: { partitionKey: "before" }, do: { kind: "fail-entry" } });
    kinesis.service.faults.add({ on: { partitionKey: "after" }, do: { kind: "fail-entry", stored: true } });

    const { Records, FailedRecordCount } = kinesis.call("PutRecords", putInput(1, ["a", "before", "after"]));

    expect(FailedRecordCount).toBe(2);
    expect(Records[1]).toEqual({ ErrorCode: "InternalFailure", ErrorMessage: "Internal Service Failure" });
    expect(Records[2]).toEqual(Records[1]);
    expect(kinesis.stored()).toBe(2);
  });

  it("counts the times of what befalls records by record", () => {
    kinesis.service.faults.add("throttle-entry times=3");

    expect(
      kinesis
        .put("a", "a")
        .concat(kinesis.put("a", "a"))
        .map((answer) => answer.length > 1),
    ).toEqual([true, true, true, false]);
  });

  it("fails PutRecord as a request", () => {
    kinesis.service.faults.add("fail-entry");

    expect(kinesis.refusal("PutRecord", { StreamName: "clicks", PartitionKey: "a", Data: "" })).toBe(
      "500 InternalFailureException: Internal Service Failure",
    );
  });

  it.each([
    ["error code=InternalFailure", { statusCode: 500, body: { __type: "InternalFailure" } }],
    ["error code=ServiceUnavailable body=html", { statusCode: 503, headers: { "content-type": "text/html" } }],
    ["error code=ServiceUnavailable body=empty", { statusCode: 503 }],
    ["error code=KMSThrottlingException", { statusCode: 400, body: { __type: "KMSThrottlingException" } }],
    ["error code=Slow status=429 retryAfterMs=1500", { statusCode: 429, headers: { "x-amz-retry-after": "1500" } }],
    ["reset at=before-headers", { cut: "before-headers" }],
    ["reset-stream", { cut: "before-headers", overHttp2: { resetStream: "INTERNAL_ERROR" } }],
    [
      "goaway inFlight=refuse",
      { cut: "before-headers", overHttp2: { goAway: "NO_ERROR", resetStream: "REFUSED_STREAM" } },
    ],
    ["hang", { hang: true }],
    ["refuse-connections ms=100", { cut: "refused" }],
  ])("carries nothing out under %s", (fault, reply) => {
    kinesis.service.faults.add(fault);

    expect(kinesis.reply("PutRecords", putInput(1, ["a"]))).toMatchObject(reply);
    expect(kinesis.stored()).toBe(0);
  });

  it.each([
    ["error code=InternalFailure stored", { statusCode: 500 }],
    ["reset at=after-storing", { cut: "before-headers" }],
    ["reset at=mid-body", { cut: "mid-body", statusCode: 200 }],
    ["reset-stream at=mid-body code=CANCEL", { cut: "mid-body", overHttp2: { resetStream: "CANCEL" } }],
    ["goaway code=ENHANCE_YOUR_CALM", { cut: "before-headers", overHttp2: { goAway: "ENHANCE_YOUR_CALM" } }],
    ["hang stored", { hang: true }],
    ["truncate", { truncated: true, statusCode: 200 }],
    ["empty-answer", { statusCode: 200, body: "" }],
    ["latency ms=70", { delayMs: 70, statusCode: 200 }],
    ["slow-body ms=90", { slowBodyMs: 90, statusCode: 200 }],
  ])("carries the call out under %s", (fault, reply) => {
    kinesis.service.faults.add(fault);

    expect(kinesis.reply("PutRecords", putInput(1, ["a"]))).toMatchObject(reply);
    expect(kinesis.stored()).toBe(1);
  });

  it.each([
    ["missing", undefined],
    ["short", 1],
    ["long", 3],
  ])("answers with %s records", (answer, length) => {
    kinesis.service.faults.add(`records answer=${answer}`);

    expect(kinesis.call("PutRecords", putInput(1, ["a", "b"])).Records?.length).toBe(length);
    expect(kinesis.stored()).toBe(2);
  });

  it("adds up latencies and draws them from their span", () => {
    kinesis.service.faults.add("latency ms=100");
    kinesis.service.faults.add("latency ms=10..20");

    const { delayMs = 0 } = kinesis.reply("PutRecords", putInput(1, ["a"]));

    expect(delayMs).toBeGreaterThanOrEqual(110);
    expect(delayMs).toBeLessThan(120);
  });

  it("calls a token expired until another access key id is seen", () => {
    kinesis.service.faults.add("expired-token");
    const codeWith = (accessKeyId: string): string => {
      kinesis.accessKeyId = accessKeyId;
      return kinesis.call("PutRecords", putInput(1, ["a"])).__type;
    };

    expect(["old", "old", "new", "old"].map(codeWith)).toEqual([
      "ExpiredTokenException",
      "ExpiredTokenException",
      undefined,
      "ExpiredTokenException",
    ]);
  });

  it("wants signatures by its own clock, which its Date headers tell", () => {
    kinesis.service.faults.add("clock-skew offsetMs=600000");
    kinesis.signedAt = NOW;
    const refused = kinesis.reply("PutRecords", putInput(1, ["a"]));
    kinesis.signedAt = Date.parse(refused.headers?.date ?? "");

    expect(refused).toMatchObject({ statusCode: 400, body: { __type: "InvalidSignatureException" } });
    expect(kinesis.signedAt).toBe(NOW + 600_000);
    expect(kinesis.reply("PutRecords", putInput(1, ["a"])).statusCode).toBe(200);
  });

  it("refuses connections for a while, whatever the operation", () => {
    kinesis.service.faults.add("refuse-connections ms=100 calls=1");
    kinesis.put("a");

    kinesis.now += 99;
    expect(kinesis.reply("ListStreams", {})).toMatchObject({ cut: "refused" });
    kinesis.now += 1;
    expect(kinesis.reply("ListStreams", {}).statusCode).toBe(200);
  });

  it("answers from a child that listings do not tell for a while", () => {
    const [before] = kinesis.put("a");
    kinesis.service.faults.add("unknown-child staleListMs=200 calls=1");

    const [answering] = kinesis.put("a");
    const listed = (): string[] =>
      kinesis
        .call("ListShards", { StreamName: "clicks", ShardFilter: { Type: "AT_LATEST" } })
        .Shards.map(({ ShardId }: { ShardId: string }) => ShardId.slice(-1));

    expect(answering).not.toBe(before);
    expect(listed()).toEqual(["0", "1"]);
    kinesis.now += 200;
    expect(listed()).toContain(answering);
  });

  it("tells the shards from before the last reshard", () => {
    kinesis.service.model.stream("clicks").updateShardCount(4, NOW);
    kinesis.service.faults.add("stale-list times=1");

    expect(kinesis.call("ListShards").Shards.length).toBe(2);
    expect(kinesis.call("ListShards").Shards.length).toBe(6);
  });

  it("switches a stream to AUTO, deletes it and creates it again while it runs", () => {
    kinesis.service.faults.add("PutRecords switch-to-auto calls=2");
    kinesis.service.faults.add("PutRecords recreate-stream calls=3");
    kinesis.service.faults.add("PutRecords delete-stream calls=4");

    expect(new Set(kinesis.put("a", "a")).size).toBe(1);
    expect(kinesis.put("a", "a")).toEqual(["0", "1"]);
    expect(kinesis.service.model.stream("clicks").settings.recordDistribution).toBe("AUTO");
    kinesis.put("a");
    expect(kinesis.service.model.stream("clicks").shards.flatMap(({ records }) => records).length).toBe(1);
    expect(kinesis.refusal("PutRecords", putInput(1, ["a"]))).toContain("ResourceNotFoundException");
    expect(kinesis.stored()).toBe(5);
  });
});
