import {
  KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
  type PutRecordsCommandOutput,
} from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LocalKinesis } from "../../src/testing/local-kinesis.js";

let kinesis: LocalKinesis;
let client: KinesisClient;

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ streams: { clicks: { shards: 2 } } });
  client = new KinesisClient({
    ...kinesis.clientConfig(),
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({
      httpAgent: { keepAlive: true, maxSockets: 4 },
      requestTimeout: 100,
      throwOnRequestTimeout: true,
    }),
  });
});

afterEach(async () => {
  client.destroy();
  await kinesis.close();
});

function put(...keys: string[]): Promise<PutRecordsCommandOutput> {
  const Records = keys.map((PartitionKey) => ({ PartitionKey, Data: Buffer.from(`of ${PartitionKey}`) }));
  return client.send(new PutRecordsCommand({ StreamName: "clicks", Records }));
}

async function failure(): Promise<{ name: string; code?: string; status?: number }> {
  const error = await put("a").then(
    () => new Error("answered"),
    (thrown) => thrown,
  );
  return { name: error.name, code: error.code, status: error.$metadata?.httpStatusCode };
}

describe("the faults of LocalKinesis, under the SDK's client", () => {
  it.each([
    ["throttle", { name: "ProvisionedThroughputExceededException", status: 400 }, 0],
    ["error code=AccessDeniedException", { name: "AccessDeniedException", status: 400 }, 0],
    ["error code=x status=503 body=html", { name: "SyntaxError", status: 503 }, 0],
    ["error code=x status=500 body=empty stored", { name: "Unknown", status: 500 }, 1],
    ["truncate", { name: "SyntaxError", status: 200 }, 1],
    ["reset at=before-headers", { name: "TimeoutError", code: "ECONNRESET" }, 0],
    ["reset at=after-storing", { name: "TimeoutError", code: "ECONNRESET" }, 1],
    ["reset at=mid-body", { code: "ECONNRESET" }, 1],
    ["hang", { name: "TimeoutError" }, 0],
    ["hang stored", { name: "TimeoutError" }, 1],
    ["latency ms=60000", { name: "TimeoutError" }, 1],
  ])("fails the call under %s, and serves the next one", async (fault, error, stored) => {
    const remove = kinesis.faults.add(fault);

    expect(await failure()).toMatchObject(error);
    remove();

    expect(kinesis.records("clicks").length).toBe(stored);
    expect((await put("a")).FailedRecordCount).toBe(0);
  });

  it("fails single records, with the service's words", async () => {
    kinesis.faults.add("PutRecords fail-entry stored key=a");
    kinesis.faults.add("PutRecords throttle-entry key=b");

    const { Records, FailedRecordCount } = await put("a", "b", "c");

    expect(FailedRecordCount).toBe(2);
    expect(Records).toMatchObject([
      { ErrorCode: "InternalFailure", ErrorMessage: "Internal Service Failure" },
      { ErrorMessage: expect.stringMatching(/^Rate exceeded for shard shardId-\d{12} in stream clicks under account/) },
      { ShardId: expect.any(String) },
    ]);
    expect(kinesis.records("clicks").length).toBe(2);
  });

  it("answers in pieces", async () => {
    kinesis.faults.add("slow-body ms=20");

    expect((await put("a", "b")).Records?.length).toBe(2);
  });

  it("wants other credentials until it gets them", async () => {
    kinesis.faults.add("expired-token");
    const renewed = new KinesisClient({
      ...kinesis.clientConfig(),
      requestHandler: new NodeHttpHandler(),
      credentials: { accessKeyId: "renewed", secretAccessKey: "local" },
    });

    expect(await failure()).toMatchObject({ name: "ExpiredTokenException" });
    expect((await renewed.send(new ListShardsCommand({ StreamName: "clicks" }))).Shards?.length).toBe(2);
    renewed.destroy();
  });

  it("has the client correct its clock", async () => {
    kinesis.faults.add("clock-skew offsetMs=-3600000");

    expect(await failure()).toMatchObject({ name: "InvalidSignatureException" });
    expect((await put("a")).Records?.length).toBe(1);
  });

  it("refuses connections for a while and listens again on the same port", async () => {
    await put("a");
    kinesis.refuseConnections(30);
    await expect.poll(failure, { interval: 1 }).toMatchObject({ code: "ECONNREFUSED" });

    await expect
      .poll(
        () =>
          put("b").then(
            () => "answered",
            () => "failed",
          ),
        { interval: 5 },
      )
      .toBe("answered");

    expect(kinesis.oracle.connectionsOpened).toBe(kinesis.connections);
  });

  it("closes while connections are refused, and under answers that are late", async () => {
    kinesis.faults.add("latency ms=60000");
    const late = failure();
    await expect.poll(() => kinesis.oracle.inFlight).toBe(1);
    kinesis.refuseConnections(60_000);

    await kinesis.close();
    await kinesis.close();

    expect((await late).name).not.toBe("Error");
    expect([kinesis.openConnections, kinesis.oracle.inFlight]).toEqual([0, 0]);
  });

  it("lies beneath the hooks of control", async () => {
    kinesis.faults.add("fail-entry key=a");
    kinesis.control("PutRecords", (call) => {
      const { body } = call.run();
      return { kind: "answer", statusCode: 200, body: { ...(body as object), FailedRecordCount: 77 } };
    });

    expect(await put("a")).toMatchObject({ FailedRecordCount: 77, Records: [{ ErrorCode: "InternalFailure" }] });
  });
});

describe("LocalKinesis with limits and in counting mode", () => {
  it("throttles by record and keeps no bytes", async () => {
    await kinesis.close();
    kinesis = await LocalKinesis.start({
      streams: { clicks: { shards: 1 } },
      limits: { write: { recordsPerSecond: 2 } },
      records: "count",
      clock: { epochNow: () => Date.UTC(2026, 10, 21) },
    });
    const { endpoint } = kinesis;
    const other = new KinesisClient({ ...kinesis.clientConfig(), endpoint, requestHandler: new NodeHttpHandler() });
    const Records = ["a", "b", "c"].map((PartitionKey) => ({ PartitionKey, Data: Buffer.from("xy") }));

    const { FailedRecordCount } = await other.send(new PutRecordsCommand({ StreamName: "clicks", Records }));
    other.destroy();

    expect(FailedRecordCount).toBe(1);
    expect(kinesis.records("clicks")).toEqual([]);
    expect(kinesis.oracle.shardCounts("clicks")).toEqual([{ shardId: "shardId-000000000000", records: 2, bytes: 4 }]);
  });
});
