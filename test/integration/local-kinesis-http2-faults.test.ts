import { constants } from "node:http2";
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LocalKinesis } from "../../src/testing/local-kinesis.js";
import { type Http2Calls, openSession, putInput } from "./http2-calls.js";
import { newSignal, until } from "./local-stream.js";

const { NGHTTP2_CANCEL, NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } =
  constants;

let kinesis: LocalKinesis;
let http2: Http2Calls;

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ streams: { clicks: { shards: 1 } } });
  http2 = openSession(kinesis.endpoint);
});

afterEach(async () => {
  http2.session.destroy();
  await kinesis.close();
});

/** The parsed body if it is complete; otherwise the received part. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

describe("the faults of LocalKinesis by HTTP/2", () => {
  it.each([
    ["throttle", { status: 400, body: { __type: "ProvisionedThroughputExceededException" } }, 0],
    ["error code=x status=503 body=html", { status: 503, body: expect.stringContaining("<html>") }, 0],
    ["error code=x status=500 body=empty stored", { status: 500, body: "" }, 1],
    ["PutRecords records answer=missing", { status: 200, body: { FailedRecordCount: 0 } }, 1],
    ["truncate", { status: 200, body: expect.stringMatching(/^\{.*[^}]$/) }, 1],
    ["slow-body ms=10", { status: 200, body: { FailedRecordCount: 0 } }, 1],
    ["latency ms=10", { status: 200, body: { FailedRecordCount: 0 } }, 1],
    ["empty-answer", { status: 200, body: "" }, 1],
  ])("answers with %s, and goes on on the same connection", async (fault, answer, stored) => {
    const remove = kinesis.faults.add(fault);

    const { status, text } = await http2.call("PutRecords", putInput("a"));
    remove();
    const next = await http2.call("PutRecords", putInput("b"));

    expect({ status, body: parsed(text) }).toMatchObject(answer);
    expect([next.status, kinesis.records("clicks").length, kinesis.connections]).toEqual([200, stored + 1, 1]);
  });

  it.each([
    ["reset at=before-headers", undefined, 0],
    ["reset at=after-storing", undefined, 1],
    ["reset at=mid-body", 200, 1],
    ["refuse-connections ms=5", undefined, 0],
  ])("destroys the connection under %s, with all that is under way on it", async (fault, status, stored) => {
    kinesis.control("ListShards", () => new Promise(() => {}));
    const other = http2.call("ListShards", { StreamName: "clicks" });
    await until(() => kinesis.requests("ListShards") === 1);
    kinesis.faults.add(fault);

    const outcome = await http2.call("PutRecords", putInput("a"));
    await http2.closed;

    expect([outcome.status, (await other).status]).toEqual([status, undefined]);
    expect(kinesis.records("clicks").length).toBe(stored);
    await until(() => kinesis.openConnections === 0 && kinesis.oracle.inFlight === 0);
  });

  it.each([
    ["reset-stream", { status: undefined, resetCode: NGHTTP2_INTERNAL_ERROR }, 0],
    ["reset-stream code=REFUSED_STREAM", { status: undefined, resetCode: NGHTTP2_REFUSED_STREAM }, 0],
    ["reset-stream at=after-storing code=CANCEL", { status: undefined, resetCode: NGHTTP2_CANCEL }, 1],
    ["reset-stream at=mid-body", { status: 200, resetCode: NGHTTP2_INTERNAL_ERROR }, 1],
  ])("ends one stream under %s, and its connection goes on", async (fault, outcome, stored) => {
    const remove = kinesis.faults.add(fault);

    const struck = await http2.call("PutRecords", putInput("a"));
    remove();
    const next = await http2.call("PutRecords", putInput("b"));

    expect(struck).toMatchObject(outcome);
    expect(() => JSON.parse(struck.text)).toThrow(SyntaxError);
    expect([next.status, kinesis.connections, http2.session.destroyed]).toEqual([200, 1, false]);
    expect(kinesis.records("clicks").length).toBe(stored + 1);
    await until(() => kinesis.oracle.inFlight === 0);
  });

  it.each([
    ["PutRecords goaway", { status: 200, resetCode: NGHTTP2_NO_ERROR }, 1],
    ["PutRecords goaway inFlight=refuse", { status: undefined, resetCode: NGHTTP2_REFUSED_STREAM }, 0],
  ])("says goodbye under %s, answers the others that are under way, and ends", async (fault, outcome, stored) => {
    const released = newSignal();
    kinesis.control("ListShards", async () => {
      await released.promise;
      return undefined;
    });
    const other = http2.call("ListShards", { StreamName: "clicks" });
    await until(() => kinesis.requests("ListShards") === 1);
    kinesis.faults.add(fault);

    const struck = await http2.call("PutRecords", putInput("a"));
    released.fire();
    const { status } = await other;
    await http2.closed;

    expect(struck).toMatchObject(outcome);
    expect(status).toBe(200);
    expect(new Set(http2.goodbyes)).toEqual(new Set([NGHTTP2_NO_ERROR]));
    expect(kinesis.records("clicks").length).toBe(stored);
    await until(() => kinesis.openConnections === 0 && kinesis.oracle.inFlight === 0);
  });

  it("says goodbye with the code of the fault", async () => {
    kinesis.faults.add("goaway code=ENHANCE_YOUR_CALM");

    await http2.call("PutRecords", putInput("a"));
    await http2.closed;

    expect(http2.goodbyes[0]).toBe(NGHTTP2_ENHANCE_YOUR_CALM);
    expect(kinesis.records("clicks").length).toBe(1);
  });

  it.each([
    ["reset-stream code=REFUSED_STREAM", 3],
    ["goaway", 1],
  ])("has the SDK's client try %s this many times until it succeeds", async (fault, attempts) => {
    kinesis.faults.add(`${fault} times=2`);
    const client = new KinesisClient({ ...kinesis.clientConfig(), maxAttempts: 3 });
    const Records = [{ PartitionKey: "a", Data: Buffer.from("x") }];

    const { FailedRecordCount, $metadata } = await client.send(
      new PutRecordsCommand({ StreamName: "clicks", Records }),
    );
    client.destroy();

    expect([FailedRecordCount, $metadata.attempts, kinesis.requests("PutRecords")]).toEqual([0, attempts, attempts]);
  });
});

describe("the faults of HTTP/2 by HTTP/1.1", () => {
  it.each([
    ["reset-stream", 0],
    ["reset-stream at=after-storing", 1],
    ["reset-stream at=mid-body", 1],
    ["goaway", 1],
    ["goaway inFlight=refuse", 0],
  ])("destroy the connection: %s", async (fault, stored) => {
    kinesis.faults.add(fault);
    const requestHandler = new NodeHttpHandler();
    const client = new KinesisClient({ ...kinesis.clientConfig(), maxAttempts: 1, requestHandler });
    const Records = [{ PartitionKey: "a", Data: Buffer.from("x") }];

    const putting = client.send(new PutRecordsCommand({ StreamName: "clicks", Records }));

    await expect(putting).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(kinesis.records("clicks").length).toBe(stored);
    client.destroy();
  });
});
