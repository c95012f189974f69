import process from "node:process";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeCbor } from "../../src/testing/cbor/decode-cbor.js";
import { LocalKinesis } from "../../src/testing/local-kinesis.js";
import type { JsonObject } from "../../src/testing/operations/operation.js";
import { OPERATIONS, type OperationName } from "../../src/testing/operations/operations.js";
import { HOSTILE_TEXTS, placesIn, textWith } from "../support/hostile-json.js";
import { OPERATION_INPUTS, SHARD, STREAM } from "../support/operation-inputs.js";
import { callBytes, exchange, RawClient } from "../support/raw-http.js";

/** Number of runs of each kind; `KP_FUZZ=100000 npx vitest run --project=property server-fuzz` runs long. */
const RUNS = Number(process.env.KP_FUZZ ?? 300);
const PARAMETERS = { numRuns: RUNS };
const TIMEOUT_MS = 60_000 + RUNS * 50;

const NAMES = Object.keys(OPERATIONS) as OperationName[];

let kinesis: LocalKinesis;
let client: RawClient;
let port: number;

beforeAll(async () => {
  kinesis = await LocalKinesis.start({ streams: { healthy: {} } });
  port = Number(new URL(kinesis.endpoint).port);
  client = new RawClient(port);
});

afterAll(async () => {
  client.close();
  await kinesis.close();
});

/** Creates the stream and its parts again if they were deleted, with a consumer and at least two open shards. */
function restore(): void {
  if (kinesis.streamNames().includes("views")) kinesis.deleteStream("views");
  if (kinesis.streamNames().includes("wide")) kinesis.deleteStream("wide");
  if (kinesis.streamNames().includes(STREAM)) kinesis.deleteStream(STREAM);
  kinesis.createStream(STREAM, { shards: 2 });
  kinesis.createStream("wide", { mode: "ON_DEMAND" });
}

async function inputOf(operation: OperationName): Promise<JsonObject> {
  const input = OPERATION_INPUTS[operation] ?? {};
  if (operation !== "GetRecords") return input;
  const position = { StreamName: STREAM, ShardId: SHARD, ShardIteratorType: "TRIM_HORIZON" };
  const { body } = await client.call("GetShardIterator", JSON.stringify(position));
  return { ...input, ...JSON.parse(body) };
}

/** Success, or the error shape of the service. 413 and refusals of Node.js itself have no body. */
function expectServiceAnswer(status: number, readBody: () => unknown): void {
  expect([200, 400, 404, 413, 417]).toContain(status);
  if (status === 400) expect([[], ["message"], ["Message"]]).toContainEqual(namesBesideType(readBody()));
  if (status === 404) expect(readBody()).toHaveProperty("__type");
}

/** The service leaves the message out about a body that it cannot read, and has a capital about wrong types. */
function namesBesideType(body: unknown): string[] {
  const { __type, ...rest } = body as Record<string, unknown>;
  expect([typeof __type, ...Object.values(rest).map((value) => typeof value)]).not.toContain("undefined");
  return Object.keys(rest);
}

/** A call with the CBOR content type gets its answer in CBOR, also a refusal. */
function readBodyOf(head: string, body: Buffer): unknown {
  return /^content-type: application\/x-amz-cbor-1\.1\r$/im.test(head) ? decodeCbor(body) : JSON.parse(body.toString());
}

async function expectHealthy(): Promise<void> {
  const before = kinesis.records("healthy").length;
  const { status } = await client.call("PutRecord", '{"StreamName":"healthy","PartitionKey":"a","Data":"eA=="}');
  expect([status, kinesis.records("healthy").length - before]).toEqual([200, 1]);
}

describe("LocalKinesis under hostile calls", () => {
  it.each(NAMES)("%s takes or refuses every wrong value in every place, and the lack of it", async (operation) => {
    restore();
    const input = await inputOf(operation);
    const texts = [...placesIn(input)].flatMap((path) => [
      ...HOSTILE_TEXTS.map((text) => textWith(input, path, text)),
      ...(path.length === 0 ? [] : [textWith(input, path, undefined)]),
    ]);

    await Promise.all(
      texts.map(async (text) => {
        const { status, body } = await client.call(operation, text);
        expectServiceAnswer(status, () => JSON.parse(body));
      }),
    );

    await expectHealthy();
  });

  it.each<[string, string, string]>([
    ["501 entries", entriesText(501, "eA=="), "ValidationException"],
    ["no entry", entriesText(0, ""), "ValidationException"],
    ["a record of 1 MiB and a byte", entriesText(1, base64Of(1024 * 1024)), "ValidationException"],
    ["more than 10 MiB", entriesText(11, base64Of(1024 * 1024 - 1)), "InvalidArgumentException"],
    ["bad base64", entriesText(1, "e*=="), "SerializationException"],
    ["members of the prototype", '{"__proto__":{"StreamName":"clicks","Records":[]}}', "ValidationException"],
  ])("a PutRecords of %s is refused as the service does", async (_, body, code) => {
    restore();

    const answer = await client.call("PutRecords", body);

    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ __type: code });
    expect(kinesis.records(STREAM)).toEqual([]);
    expect(Object.prototype).not.toHaveProperty("StreamName");
    await expectHealthy();
  });

  it(
    "answers bodies that random edits have damaged",
    async () => {
      restore();
      const bodies = await Promise.all(
        NAMES.map(async (name) => [name, Buffer.from(JSON.stringify(await inputOf(name)))] as const),
      );
      const damaged = fc
        .tuple(fc.constantFrom(...bodies), edits())
        .map(([[operation, body], changes]) => ({ operation, body: applied(body, changes) }));

      await fc.assert(
        fc.asyncProperty(damaged, async ({ operation, body }) => {
          const answer = await client.call(operation, body);
          expectServiceAnswer(answer.status, () => JSON.parse(answer.body));
        }),
        PARAMETERS,
      );

      await expectHealthy();
    },
    TIMEOUT_MS,
  );

  it(
    "answers or closes whatever bytes come over a socket",
    async () => {
      restore();
      const good = callBytes("PutRecords", Buffer.from(JSON.stringify(OPERATION_INPUTS.PutRecords)));
      const bytes = fc.oneof(
        fc.uint8Array({ maxLength: 2_000 }),
        edits().map((changes) => applied(good, changes)),
        fc.nat(good.length).map((length) => good.subarray(0, length)),
        heads().map((head) => Buffer.concat([Buffer.from(head), good.subarray(good.indexOf("\r\n\r\n") + 4)])),
      );

      await fc.assert(
        fc.asyncProperty(bytes, async (sent) => {
          const answer = await exchange(port, sent);
          if (answer.length === 0) return;
          // The head and the body of the first answer. Further answers may follow, because changed bytes may form
          // another request.
          const from = answer.indexOf("\r\n\r\n") + 4;
          const head = answer.toString("latin1", 0, from);
          const [, status, length] = /^HTTP\/1\.1 (\d{3}) [\s\S]*?content-length: (\d+)\r\n/i.exec(head) ?? [];
          if (length === undefined) expect(head).toMatch(/^HTTP\/1\.1 (100|[34]\d\d) /);
          else {
            const body = answer.subarray(from, from + Number(length));
            expectServiceAnswer(Number(status), () => readBodyOf(head, body));
          }
        }),
        PARAMETERS,
      );

      await expectHealthy();
      expect(kinesis.openConnections).toBeLessThanOrEqual(8);
    },
    TIMEOUT_MS,
  );
});

function entriesText(count: number, data: string): string {
  const records = Array.from({ length: count }, () => ({ PartitionKey: "a", Data: data }));
  return JSON.stringify({ StreamName: STREAM, Records: records });
}

function base64Of(length: number): string {
  return Buffer.alloc(length).toString("base64");
}

/** One change of some bytes. */
interface Edit {
  /** The place, as a share of the length. */
  readonly at: number;
  readonly removed: number;
  readonly inserted: Uint8Array;
}

function edits(): fc.Arbitrary<readonly Edit[]> {
  const pieces = [
    "{",
    "}",
    "[",
    "]",
    '"',
    ",",
    ":",
    "\\",
    "\\u",
    "\r\n",
    "\r\n\r\n",
    "0",
    "-",
    "e9",
    "\0",
    "\ud83d",
    "null",
  ];
  const inserted = fc.oneof(
    fc.uint8Array({ maxLength: 8 }),
    fc.constantFrom(...pieces, ...HOSTILE_TEXTS.filter((text) => text.length < 500)).map((text) => Buffer.from(text)),
  );
  const at = fc.double({ min: 0, max: 1, noNaN: true });
  return fc.array(fc.record({ at, removed: fc.nat(20), inserted }), { minLength: 1, maxLength: 4 });
}

function applied(bytes: Buffer, changes: readonly Edit[]): Buffer {
  let result = bytes;
  for (const { at, removed, inserted } of changes) {
    const start = Math.floor(at * result.length);
    result = Buffer.concat([result.subarray(0, start), inserted, result.subarray(start + removed)]);
  }
  return result;
}

/** Heads that are nearly valid, or valid and unusual. */
function heads(): fc.Arbitrary<string> {
  const line = fc.constantFrom(
    "POST / HTTP/1.1",
    "GET / HTTP/1.1",
    "PUT /a HTTP/1.0",
    "POST * HTTP/1.1",
    "POST / HTTP/9.9",
    "POST /",
  );
  const header = fc.constantFrom(
    ...[
      "Host: x",
      "Content-Length: 3",
      "Content-Length: 99999",
      "Content-Length: -1",
      "Content-Length: 1e3",
      "Content-Length: 0",
    ],
    ...[
      "Transfer-Encoding: chunked",
      "Transfer-Encoding: gzip",
      "Expect: 100-continue",
      "Expect: the-worst",
      "Upgrade: h2c",
    ],
    ...[
      "Connection: close",
      "Connection: upgrade",
      "Content-Type: application/x-amz-json-1.1",
      "Content-Type: text/plain",
    ],
    ...[
      "Content-Type: application/x-amz-cbor-1.1",
      "X-Amz-Target: Kinesis_20131202.PutRecords",
      "X-Amz-Target: a",
      "X-Amz-Target:",
    ],
    ...[
      "X-Amz-Date: 99999999T999999Z",
      "Authorization: Credential=",
      ": nothing",
      "No colon",
      " folded",
      `Long: ${"x".repeat(20_000)}`,
    ],
  );
  return fc
    .tuple(line, fc.array(header, { maxLength: 8 }))
    .map(([first, headers]) => [first, ...headers, "", ""].join("\r\n"));
}
