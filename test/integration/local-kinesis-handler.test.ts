import {
  KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
  type PutRecordsCommandOutput,
} from "@aws-sdk/client-kinesis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SimulatedKinesis } from "../../src/testing/simulated-kinesis.js";

let kinesis: SimulatedKinesis;
let client: KinesisClient;

beforeEach(() => {
  kinesis = new SimulatedKinesis({ streams: { clicks: { shards: 2 } } });
  client = new KinesisClient({ ...kinesis.clientConfig(), maxAttempts: 1 });
});

afterEach(() => client.destroy());

function put(...keys: string[]): Promise<PutRecordsCommandOutput> {
  return client.send(
    new PutRecordsCommand({
      StreamName: "clicks",
      Records: keys.map((PartitionKey) => ({ PartitionKey, Data: Buffer.from(`of ${PartitionKey}`) })),
    }),
  );
}

async function failure(): Promise<{ name: string; code?: string; status?: number }> {
  const error = await put("a").then(
    () => new Error("answered"),
    (thrown) => thrown,
  );
  return { name: error.name, code: error.code, status: error.$metadata?.httpStatusCode };
}

describe("the handler of SimulatedKinesis, under the SDK's client", () => {
  it("serves the client without a socket", async () => {
    const { Records } = await put("a", "b");
    const { Shards } = await client.send(new ListShardsCommand({ StreamName: "clicks" }));

    expect(Records?.length).toBe(2);
    expect(Shards?.length).toBe(2);
    expect(kinesis.records("clicks").map(({ data }) => Buffer.from(data).toString())).toContain("of a");
    expect([kinesis.oracle.inFlight, kinesis.oracle.maxInFlight]).toEqual([0, 1]);
  });

  it.each([
    ["throttle", { name: "ProvisionedThroughputExceededException", status: 400 }, 0],
    ["error code=InternalFailure", { name: "InternalFailure", status: 500 }, 0],
    ["error code=x status=503 body=html", { name: "SyntaxError", status: 503 }, 0],
    ["error code=x status=503 body=empty", { name: "Unknown", status: 503 }, 0],
    ["truncate", { name: "SyntaxError", status: 200 }, 1],
    ["reset at=before-headers", { name: "TimeoutError", code: "ECONNRESET" }, 0],
    ["reset at=after-storing", { name: "TimeoutError", code: "ECONNRESET" }, 1],
    ["reset at=mid-body", { code: "ECONNRESET" }, 1],
    ["refuse-connections ms=1000", { code: "ECONNREFUSED" }, 0],
  ])("fails the call under %s", async (fault, error, stored) => {
    kinesis.faults.add(fault);

    expect(await failure()).toMatchObject(error);
    expect(kinesis.records("clicks").length).toBe(stored);
  });

  it("answers late, slowly, short and empty", async () => {
    kinesis.faults.add("latency ms=5 calls=1");
    kinesis.faults.add("slow-body ms=5 calls=2");
    kinesis.faults.add("records answer=short calls=3");
    kinesis.faults.add("empty-answer calls=4");

    const lengths: (number | undefined)[] = [];
    for (let call = 0; call < 4; call++) lengths.push((await put("a", "b")).Records?.length);

    expect(lengths).toEqual([2, 2, 1, undefined]);
  });

  it("hangs until it is aborted, or the client's time is up", async () => {
    kinesis.faults.add("hang");
    const aborting = new AbortController();
    const aborted = client.send(new ListShardsCommand({ StreamName: "clicks" }), { abortSignal: aborting.signal });
    setImmediate(() => aborting.abort());

    await expect(aborted).rejects.toMatchObject({ name: "AbortError" });
    await expect(
      client.send(new ListShardsCommand({ StreamName: "clicks" }), { requestTimeout: 5 }),
    ).rejects.toMatchObject({ name: "TimeoutError" });
    expect(kinesis.oracle.inFlight).toBe(0);
  });

  it("has the client correct its clock", async () => {
    kinesis.faults.add("clock-skew offsetMs=3600000");

    expect(await failure()).toMatchObject({ name: "InvalidSignatureException" });
    expect((await put("a")).Records?.length).toBe(1);
  });

  it("answers other protocols with 404", async () => {
    const { response } = await kinesis.requestHandler().handle({ method: "GET", headers: {} });

    expect(response.statusCode).toBe(404);
  });
});
