import { describe, expect, it } from "vitest";
import type { PutRecordsAnswer } from "../../../src/core/ports.js";
import { ManualClock } from "../../../src/testing/manual-clock.js";
import { SimulatedKinesis, type SimulatedKinesisOptions } from "../../../src/testing/simulated-kinesis.js";

const stream = { streamName: "clicks" };
const clock = (): ManualClock => new ManualClock();

function start(options: SimulatedKinesisOptions = {}): SimulatedKinesis {
  return new SimulatedKinesis({ clock: clock(), streams: { clicks: { shards: 2 } }, ...options });
}

function put(kinesis: SimulatedKinesis, ...keys: string[]): Promise<PutRecordsAnswer> {
  return kinesis.putRecords({
    stream,
    entries: keys.map((partitionKey) => ({ partitionKey, data: Uint8Array.of(1, 2) })),
  });
}

describe("SimulatedKinesis, as a transport", () => {
  it("stores what is put and answers at once, entry by entry", async () => {
    const kinesis = start();

    const answer = await put(kinesis, "a", "b");

    const stored = kinesis.records("clicks");
    expect(answer).toEqual({
      kind: "answered",
      entries: expect.arrayContaining(stored.map(({ shardId, sequenceNumber }) => ({ shardId, sequenceNumber }))),
    });
    expect(stored.length).toBe(2);
  });

  it("keeps copies of the bytes", async () => {
    const kinesis = start();
    const data = Uint8Array.of(1);
    await kinesis.putRecords({ stream, entries: [{ partitionKey: "a", explicitHashKey: "0", data }] });

    data[0] = 9;

    expect(kinesis.records("clicks")[0]).toMatchObject({ data: Uint8Array.of(1), shardId: "shardId-000000000000" });
  });

  it("answers when the latency is over, by its clock", async () => {
    const time = clock();
    const kinesis = start({ clock: time, latencyMs: 20 });
    kinesis.faults.add("latency ms=30");
    let isAnswered = false;
    const answered = put(kinesis, "a").then(() => {
      isAnswered = true;
    });

    await time.advanceAsync(49);
    expect([isAnswered, kinesis.oracle.inFlight]).toEqual([false, 1]);
    await time.advanceAsync(1);
    await answered;

    expect([kinesis.oracle.inFlight, kinesis.oracle.maxInFlight]).toEqual([0, 1]);
  });

  it.each([
    ["reset at=before-headers", { code: "ECONNRESET", mayBeStored: true }, 0],
    ["reset at=after-storing", { code: "ECONNRESET", mayBeStored: true }, 1],
    ["reset at=mid-body", { code: "ECONNRESET", mayBeStored: true }, 1],
    ["reset-stream code=REFUSED_STREAM", { code: "ECONNRESET", mayBeStored: true }, 0],
    ["goaway", { code: "ECONNRESET", mayBeStored: true }, 1],
    ["refuse-connections ms=10", { code: "ECONNREFUSED", mayBeStored: false }, 0],
    ["truncate", { code: "UnreadableAnswer", statusCode: 200, mayBeStored: true }, 1],
    ["throttle", { code: "ProvisionedThroughputExceededException", statusCode: 400, mayBeStored: false }, 0],
    ["error code=InternalFailure", { code: "InternalFailure", statusCode: 500, mayBeStored: true }, 0],
    ["error code=x status=503 body=html", { code: "Http503", statusCode: 503, mayBeStored: true }, 0],
    ["error code=x status=503 body=empty", { code: "Http503", statusCode: 503, mayBeStored: true }, 0],
    ["error code=x status=413 body=empty", { code: "RequestEntityTooLarge", statusCode: 413, mayBeStored: false }, 0],
  ])("fails as the SDK's client does under %s", async (fault, failure, stored) => {
    const kinesis = start();
    kinesis.faults.add(fault);

    expect(await put(kinesis, "a")).toMatchObject({ kind: "failed", ...failure });
    expect(kinesis.records("clicks").length).toBe(stored);
  });

  it.each(["hang", "hang stored", "latency ms=5001", "slow-body ms=5001"])(
    "times out after its request timeout under %s",
    async (fault) => {
      const time = clock();
      const kinesis = start({ clock: time, requestTimeoutMs: 5_000 });
      kinesis.faults.add(fault);
      const answer = put(kinesis, "a");

      await time.advanceAsync(5_000);

      expect(await answer).toMatchObject({ kind: "failed", code: "TimeoutError", mayBeStored: true });
    },
  );

  it.each([
    ["records answer=missing", 0],
    ["records answer=short", 1],
    ["records answer=long", 3],
    ["empty-answer", 0],
  ])("answers a wrong number of entries under %s", async (fault, length) => {
    const kinesis = start();
    kinesis.faults.add(fault);

    const answer = await put(kinesis, "a", "b");

    expect(answer.kind === "answered" && answer.entries.length).toBe(length);
  });

  it("takes new credentials and the service's clock after a refusal", async () => {
    const kinesis = start();
    kinesis.faults.add("expired-token");
    const expired = [await put(kinesis, "a"), await put(kinesis, "a")];
    kinesis.faults.clear();
    kinesis.faults.add("clock-skew offsetMs=-900000");
    const skewed = [await put(kinesis, "a"), await put(kinesis, "a")];

    expect(expired).toMatchObject([{ code: "ExpiredTokenException" }, { kind: "answered" }]);
    expect(skewed).toMatchObject([{ code: "InvalidSignatureException" }, { kind: "answered" }]);
  });

  it("throttles a shard entry by entry until its clock has moved", async () => {
    const time = clock();
    const kinesis = start({ clock: time, limits: { write: { recordsPerSecond: 2 } } });

    const throttled = await put(kinesis, "a", "a", "a");
    time.advance(1000);

    expect(throttled).toMatchObject({
      entries: [{ shardId: expect.any(String) }, {}, { errorCode: "ProvisionedThroughputExceededException" }],
    });
    expect(await put(kinesis, "a")).toMatchObject({ entries: [{ shardId: expect.any(String) }] });
  });

  it("only counts, without a copy, on request", async () => {
    const kinesis = start({ records: "count" });

    await put(kinesis, "a", "b", "c");

    expect(kinesis.records("clicks")).toEqual([]);
    expect(kinesis.oracle.shardCounts("clicks").reduce((sum, { bytes }) => sum + bytes, 0)).toBe(6);
  });

  it("runs in real time without a clock", async () => {
    const kinesis = new SimulatedKinesis({ streams: { clicks: {} }, latencyMs: 1 });

    expect(await put(kinesis, "a")).toMatchObject({ kind: "answered" });
  });
});

describe("SimulatedKinesis, as a directory", () => {
  it("tells open shards, or all, over the pages of ListShards", async () => {
    const kinesis = start({ streams: { clicks: { shards: 1500 } } });
    kinesis.updateShardCount("clicks", 750);

    const open = await kinesis.listShards(stream, "open");
    const all = await kinesis.listShards(stream, "all");

    expect(open.kind === "shards" && open.shards.length).toBe(750);
    expect(all).toEqual({ kind: "shards", shards: kinesis.shards("clicks") });
    expect(kinesis.shards("clicks").length).toBe(2250);
  });

  it("describes a stream by name or ARN", async () => {
    const kinesis = start({ streams: { clicks: { shards: 3, recordDistribution: "AUTO" } } });
    const streamArn = "arn:aws:kinesis:us-east-1:000000000000:stream/clicks";

    expect(await kinesis.describeStream({ streamName: "clicks", streamArn })).toEqual({
      kind: "summary",
      streamArn,
      openShardCount: 3,
      maxRecordBytes: 1_048_576,
      recordDistribution: "AUTO",
    });
  });

  it("tells the service's refusals", async () => {
    const kinesis = start();
    kinesis.faults.add("ListShards error code=LimitExceededException");

    expect(await kinesis.listShards(stream, "open")).toMatchObject({ kind: "failed", code: "LimitExceededException" });
    expect(await kinesis.describeStream({ streamName: "views" })).toEqual({
      kind: "failed",
      code: "ResourceNotFoundException",
      message: "Stream views under account 000000000000 not found.",
      statusCode: 400,
      mayBeStored: false,
    });
  });
});

describe("SimulatedKinesis, by hand", () => {
  it("is resharded, switched, deleted and created as LocalKinesis is", async () => {
    const kinesis = start();

    expect(kinesis.splitShard("clicks", "shardId-000000000000").length).toBe(2);
    expect(kinesis.mergeShards("clicks", "shardId-000000000002", "shardId-000000000003")).toBe("shardId-000000000004");
    kinesis.setRecordDistribution("clicks", "AUTO");
    expect(await kinesis.describeStream(stream)).toMatchObject({ recordDistribution: "AUTO" });
    kinesis.deleteStream("clicks");
    expect(await put(kinesis, "a")).toMatchObject({ code: "ResourceNotFoundException" });
    kinesis.createStream("clicks", { shards: 3 });
    expect(kinesis.shards("clicks").length).toBe(3);
    kinesis.setLimits({ write: { recordsPerSecond: 1 } });
    expect(await put(kinesis, "a", "a")).toMatchObject({ entries: [{}, { errorCode: expect.any(String) }] });
    kinesis.refuseConnections(1000);
    expect(await put(kinesis, "a")).toMatchObject({ code: "ECONNREFUSED" });
  });

  it("refuses names and numbers that are none", () => {
    expect(() => start({ streams: { "no spaces": {} } })).toThrow("no stream name: no spaces");
    expect(() => start().updateShardCount("clicks", 0)).toThrow(RangeError);
    expect(() => start({ faults: ["nonsense"] })).toThrow('no fault "nonsense"');
  });
});
