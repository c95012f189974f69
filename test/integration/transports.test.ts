import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ControlHook } from "../../src/testing/index.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { FAULT_ROWS } from "../reliability/fault-rows.js";
import { STREAM } from "./local-stream.js";
import { LIMIT_MS, newTransport, requestOf, TRANSPORTS, type TransportName, told } from "./transports-under-test.js";

const CALLS = 3;

/** The transport's answers to a few requests in a row, from a new Kinesis with this fault. */
async function toldBy(name: TransportName, fault: string): Promise<object[]> {
  const kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 3 } } });
  const limitMs = fault.includes("hang") ? LIMIT_MS : undefined;
  const transport = newTransport(name, kinesis, undefined, limitMs);
  try {
    kinesis.faults.add(fault);
    const answers: object[] = [];
    for (let i = 0; i < CALLS; i++) answers.push(told(await transport.putRecords(requestOf(5))));
    return answers;
  } finally {
    transport.close?.();
    await kinesis.close();
  }
}

/** Every fault of requests over HTTP/1.1, at every request. */
const FAULTS = new Set(
  FAULT_ROWS.filter(({ overHttp2 }) => overHttp2 !== true)
    .flatMap(({ faults }) => faults)
    .filter((fault) => fault.startsWith("PutRecords"))
    .map((fault) => fault.replace(/ (p|calls|times)=\S+/g, "")),
);

describe("the SDK's client and requests of the producer's own tell the same", () => {
  it.each([...FAULTS])("of: %s", async (fault) => {
    const [theirs, json, cbor] = await Promise.all(TRANSPORTS.map((name) => toldBy(name, fault)));

    expect(json).toEqual(theirs);
    expect(cbor).toEqual(theirs);
  });

  it("of a service that nobody listens for", async () => {
    const [theirs, json, cbor] = await Promise.all(
      TRANSPORTS.map(async (name) => {
        const kinesis = await LocalKinesis.start();
        await kinesis.close();
        const transport = newTransport(name, kinesis);
        const answer = told(await transport.putRecords(requestOf(1)));
        transport.close?.();
        return answer;
      }),
    );

    expect(theirs).toMatchObject({ code: "ECONNREFUSED", mayBeStored: false });
    expect(json).toEqual(theirs);
    expect(cbor).toEqual(theirs);
  });

  it("after they were closed", async () => {
    const [theirs, json, cbor] = await Promise.all(
      TRANSPORTS.map(async (name) => {
        await using kinesis = await LocalKinesis.start({ streams: { [STREAM]: {} } });
        const transport = newTransport(name, kinesis);
        transport.close?.();
        return told(await transport.putRecords(requestOf(1)));
      }),
    );

    expect(theirs).toMatchObject({ code: "Error", message: "the producer's client is closed", mayBeStored: false });
    expect(json).toEqual(theirs);
    expect(cbor).toEqual(theirs);
  });
});

type Answer = Exclude<Awaited<ReturnType<ControlHook>>, undefined>;

const answer = (statusCode: number, body: string | object, headers: Record<string, string> = {}): Answer => ({
  kind: "answer",
  statusCode,
  headers,
  body,
});

const ACCEPTED = { ShardId: "shardId-000000000000", SequenceNumber: "49" };

const ANSWERS: readonly (readonly [string, Answer])[] = [
  ["an error with a namespace", answer(400, { __type: "com.amazonaws.kinesis#KMSDisabledException", message: "m" })],
  ["an error with a link", answer(400, { __type: "ValidationException:http://internal/doc", message: "m" })],
  ["an error in a header", answer(400, {}, { "x-amzn-errortype": "ThrottlingException:http://internal/doc" })],
  ["a header beside another code", answer(400, { __type: "A", code: "B" }, { "x-amzn-errortype": "C" })],
  ["a code beside a header", answer(400, { code: "B" }, { "x-amzn-errortype": "C" })],
  ["a code that is a number", answer(400, { code: 17, message: "m" })],
  ["a code that nobody knows", answer(400, { __type: "BrandNewException", Message: "with a capital M" })],
  ["an error of the service's, by Message", answer(500, { __type: "InternalFailure", Message: "M" })],
  ["an error without words", answer(400, { __type: "LimitExceededException" })],
  ["an error without a name", answer(400, { message: "who am I" })],
  ["an error without anything", answer(400, "")],
  ["an error that is null", answer(400, "null")],
  ["an error that is a list", answer(500, "[]")],
  ["an error compatible with queries", answer(400, { __type: "A" }, { "x-amzn-query-error": "B;Sender" })],
  ["401 in HTML", answer(401, "<html></html>")],
  ["404 in HTML", answer(404, "<html></html>")],
  ["413 with words", answer(413, "Request Entity Too Large")],
  ["413 in JSON", answer(413, { __type: "Unknown", message: "m" })],
  ["a redirection", answer(301, "", { location: "https://example.com/" })],
  ["504 in HTML", answer(504, "<html></html>")],
  ["204, empty", answer(204, "")],
  ["200, HTML", answer(200, "<html></html>")],
  ["200, half an object", answer(200, '{"Records":[{')],
  ["200, null", answer(200, "null")],
  ["200, a list", answer(200, "[]")],
  ["200, a number", answer(200, "5")],
  ["200 without Records", answer(200, {})],
  ["200 with Records that are null", answer(200, { Records: null })],
  ["200 with other members", answer(200, { Records: [{ ...ACCEPTED, New: 1 }], Other: { a: [true, 1.5, null] } })],
  ["200 with Records that are no list", answer(200, { Records: { a: 1 } })],
  ["200 with Records that are text", answer(200, { Records: "none" })],
  ["entries that are null", answer(200, { Records: [null, ACCEPTED] })],
  [
    "entries with codes that are null",
    answer(200, { Records: [{ ...ACCEPTED, ErrorCode: null, ErrorMessage: null }] }),
  ],
  ["entries without anything", answer(200, { Records: [{}, ACCEPTED] })],
  ["entries with half of it", answer(200, { Records: [{ ShardId: "shardId-000000000000" }, { SequenceNumber: "1" }] })],
  ["entries with codes alone", answer(200, { Records: [{ ErrorCode: "InternalFailure" }] })],
  ["entries with both", answer(200, { Records: [{ ...ACCEPTED, ErrorCode: "A", ErrorMessage: "b" }] })],
  ["entries with words of all scripts", answer(200, { Records: [{ ErrorCode: "A", ErrorMessage: "é 東 𝒳 \u0000" }] })],
];

describe("the SDK's client and requests of the producer's own read the same", () => {
  let kinesis: LocalKinesis;

  beforeEach(async () => {
    kinesis = await LocalKinesis.start({ streams: { [STREAM]: {} } });
  });

  afterEach(() => kinesis.close());

  it.each(ANSWERS)("in %s", async (_, given) => {
    kinesis.control("PutRecords", () => given);
    const read = await Promise.all(
      TRANSPORTS.map(async (name) => {
        const transport = newTransport(name, kinesis);
        const seen = told(await transport.putRecords(requestOf(2)));
        transport.close?.();
        return seen;
      }),
    );

    expect(read[1]).toEqual(read[0]);
    expect(read[2]).toEqual(read[0]);
  });
});
