import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decodeCbor } from "../../src/testing/cbor/decode-cbor.js";
import { encodeCbor } from "../../src/testing/cbor/encode-cbor.js";
import { LocalKinesis } from "../../src/testing/local-kinesis.js";

const CBOR = "application/x-amz-cbor-1.1";
const JSON_TYPE = "application/x-amz-json-1.1";

let now: number;
let kinesis: LocalKinesis;

beforeEach(async () => {
  now = 1_787_036_486_712;
  kinesis = await LocalKinesis.start({ streams: { clicks: {} }, clock: { epochNow: () => now } });
});

afterEach(() => kinesis.close());

function send(operation: string, body: Uint8Array): Promise<Response> {
  return fetch(kinesis.endpoint, {
    method: "POST",
    body: Uint8Array.from(body),
    headers: { "content-type": CBOR, "x-amz-target": `Kinesis_20131202.${operation}` },
  });
}

// biome-ignore lint/suspicious/noExplicitAny: answers are read by many paths, and wrong ones fail their assertion
async function call(operation: string, input: object): Promise<any> {
  const response = await send(operation, encodeCbor(input));
  const body = new Uint8Array(await response.arrayBuffer());
  const type = response.headers.get("content-type");
  return { status: response.status, type, body: body.length === 0 ? undefined : decodeCbor(body) };
}

const put = { StreamName: "clicks", Records: [{ PartitionKey: "a", Data: Uint8Array.of(0, 255) }] };

async function iteratorAt(time: Date): Promise<string> {
  const { body } = await call("GetShardIterator", {
    StreamName: "clicks",
    ShardId: "shardId-000000000000",
    ShardIteratorType: "AT_TIMESTAMP",
    Timestamp: time,
  });
  return body.ShardIterator;
}

describe("LocalKinesis, in CBOR", () => {
  it("takes and tells bytes as bytes, and times in milliseconds", async () => {
    const { status, type, body } = await call("PutRecords", put);
    now += 10;
    await call("PutRecord", { StreamName: "clicks", PartitionKey: "b", Data: new Uint8Array() });

    const ShardIterator = await iteratorAt(new Date(now - 10));
    const read = await send("GetRecords", encodeCbor({ ShardIterator, Limit: 1 }));
    const bytes = Buffer.from(await read.arrayBuffer());
    const later = await call("GetRecords", { ShardIterator: await iteratorAt(new Date(now - 9)) });

    expect([status, type, body.FailedRecordCount]).toEqual([200, CBOR, 0]);
    expect(decodeCbor(bytes)).toMatchObject({ Records: [{ Data: Uint8Array.of(0, 255), PartitionKey: "a" }] });
    // Tag 1 and an integer of eight bytes.
    expect(bytes.toString("hex")).toContain("c11b000001a013accc38");
    expect(later.body.Records).toMatchObject([{ PartitionKey: "b", ApproximateArrivalTimestamp: now / 1000 }]);
  });

  it("answers an operation without an output with nothing, and a description with its time", async () => {
    const created = await call("CreateStream", { StreamName: "views", ShardCount: 1 });
    const { body } = await call("DescribeStreamSummary", { StreamName: "views" });

    expect(created).toEqual({ status: 200, type: CBOR, body: undefined });
    expect(body.StreamDescriptionSummary.StreamCreationTimestamp).toBe(now / 1000);
  });

  it.each([
    ["is no CBOR", "bf", "SerializationException: undefined"],
    ["is empty", "", "SerializationException: undefined"],
    ["is JSON", Buffer.from("{}").toString("hex"), "SerializationException: undefined"],
    ["is a list", "80", "SerializationException: undefined"],
    ["is bytes", "40", "SerializationException: undefined"],
    ["is null", "f6", "SerializationException: undefined"],
    ["has a name that is no text", "a16a53747265616d4e616d6507", "can not be converted to an String"],
    ["has a name that is bytes", "a16a53747265616d4e616d654107", "HeapByteBuffer can not be converted to an String"],
    ["lacks what is needed", "a0", "ValidationException: "],
  ])("answers an error in CBOR to a body that %s", async (_, hex, text) => {
    const response = await send("PutRecords", Buffer.from(hex, "hex"));
    const {
      __type,
      Message,
      message = Message,
    } = decodeCbor(new Uint8Array(await response.arrayBuffer())) as Record<string, string>;

    expect([response.status, response.headers.get("content-type")]).toEqual([400, CBOR]);
    expect(`${__type}: ${message}`).toContain(text);
  });

  it("answers errors in CBOR unless the fault says JSON", async () => {
    const remove = kinesis.faults.add("error code=InternalFailure");
    const inCbor = await call("PutRecords", put);
    remove();
    kinesis.faults.add("error code=UnknownOperationException status=404 body=json");
    const inJson = await send("PutRecords", encodeCbor(put));

    expect(inCbor).toMatchObject({ status: 500, type: CBOR, body: { __type: "InternalFailure" } });
    expect([inJson.status, inJson.headers.get("content-type")]).toEqual([404, JSON_TYPE]);
    expect(await inJson.json()).toMatchObject({ __type: "UnknownOperationException" });
  });

  it("lets a hook answer in CBOR, in JSON, or with bytes as they are", async () => {
    const answers = [
      { body: { FailedRecordCount: 7 } },
      { body: { FailedRecordCount: 7 }, headers: { "content-type": JSON_TYPE } },
      { body: Uint8Array.of(0xa0) },
    ];
    kinesis.control("PutRecords", ({ input, index }) => {
      expect(input).toEqual(put);
      return { kind: "answer", statusCode: 200, ...answers[index] };
    });

    expect((await call("PutRecords", put)).body).toEqual({ FailedRecordCount: 7 });
    expect(await (await send("PutRecords", encodeCbor(put))).json()).toEqual({ FailedRecordCount: 7 });
    expect((await call("PutRecords", put)).body).toEqual({});
  });

  it("cuts the bytes of CBOR that a truncated answer is made of", async () => {
    kinesis.faults.add("truncate");

    const response = await send("PutRecords", encodeCbor(put));

    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(bytes.length).toBeGreaterThan(10);
    expect(() => decodeCbor(bytes)).toThrow(SyntaxError);
  });
});
