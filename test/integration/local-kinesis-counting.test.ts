import { KinesisClient, PutRecordsCommand, type PutRecordsCommandOutput } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LocalKinesis } from "../../src/testing/local-kinesis.js";
import { SimulatedKinesis } from "../../src/testing/simulated-kinesis.js";

const OPTIONS = { records: "count", streams: { clicks: { shards: 2 } } } as const;

let kinesis: LocalKinesis;
let client: KinesisClient;

beforeEach(async () => {
  kinesis = await LocalKinesis.start(OPTIONS);
  client = new KinesisClient({
    ...kinesis.clientConfig(),
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({ httpAgent: { keepAlive: true, maxSockets: 1 } }),
  });
});

afterEach(async () => {
  client.destroy();
  await kinesis.close();
});

function put(bytes: number, ...keys: string[]): Promise<PutRecordsCommandOutput> {
  const Records = keys.map((PartitionKey) => ({ PartitionKey, Data: new Uint8Array(bytes) }));
  return client.send(new PutRecordsCommand({ StreamName: "clicks", Records }));
}

const counted = ({ oracle }: Pick<LocalKinesis, "oracle">): number[] =>
  oracle.shardCounts("clicks").map(({ records }) => records);

describe("LocalKinesis that counts records", () => {
  it("answers the SDK as ever, keeps nothing, and its counters go on", async () => {
    const { Records } = await put(300, "a", "b", "c", "é");
    await put(3, "quo\\ted");

    expect(Records?.map(({ ShardId }) => ShardId?.slice(-1))).toEqual(["0", "1", "0", "0"]);
    expect(counted(kinesis)).toEqual([4, 1]);
    expect(kinesis.records("clicks")).toEqual([]);
    expect([kinesis.requests("PutRecords"), kinesis.requests(), kinesis.connections]).toEqual([2, 2, 1]);
    expect([kinesis.oracle.maxInFlight, kinesis.oracle.connectionsOpened]).toEqual([1, 1]);
    expect(kinesis.oracle.rates("clicks", "shardId-000000000001").peakRecords).toBeGreaterThan(0);
  });

  it("answers the SDK's typed errors to what it refuses", async () => {
    await expect(put(1024 * 1024, "a")).rejects.toMatchObject({ name: "ValidationException" });
    expect(counted(kinesis)).toEqual([0, 0]);
  });

  it("shows calls to hooks with their input, and counts them once", async () => {
    const remove = kinesis.control("PutRecords", ({ index, input }) => {
      expect(input).toMatchObject({ StreamName: "clicks", Records: [{ PartitionKey: "a" }] });
      return index === 1 ? { kind: "error", code: "InternalFailure", statusCode: 500 } : undefined;
    });
    await put(1, "a");
    await expect(put(1, "a")).rejects.toMatchObject({ name: "InternalFailure" });
    remove();
    await put(1, "a");

    expect(counted(kinesis)).toEqual([2, 0]);
    expect(kinesis.requests("PutRecords")).toBe(3);
  });

  it("lets faults befall its calls", async () => {
    kinesis.faults.add("PutRecords fail-entry key=b times=1");

    const { FailedRecordCount } = await put(1, "a", "b");

    expect(FailedRecordCount).toBe(1);
    expect(counted(kinesis)).toEqual([1, 0]);
  });

  it("counts without sockets too", async () => {
    const simulated = new SimulatedKinesis(OPTIONS);
    const other = new KinesisClient({ ...simulated.clientConfig(), maxAttempts: 1 });

    const Records = ["a", "b"].map((PartitionKey) => ({ PartitionKey, Data: new Uint8Array(300) }));
    await other.send(new PutRecordsCommand({ StreamName: "clicks", Records }));
    other.destroy();

    expect(counted(simulated)).toEqual([1, 1]);
  });
});
