import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeCbor } from "../../src/testing/cbor/encode-cbor.js";
import { answerOfError } from "../../src/testing/http/local-answer.js";
import { inProtocol } from "../../src/testing/http/protocol.js";
import { readKinesisCall } from "../../src/testing/http/read-call.js";
import type { Protocol } from "../../src/testing/http/wire-protocol.js";
import type { LimitOptions } from "../../src/testing/limits/limit-options.js";
import { KinesisService } from "../../src/testing/service/kinesis-service.js";
import { bodyBytes } from "../../src/testing/service/reply-body.js";
import type { ServiceReply } from "../../src/testing/service/service-call.js";

const NOW = Date.UTC(2026, 10, 21);
const HEADERS = { "x-amz-target": "Kinesis_20131202.PutRecords" };

/** The same history on both sides: streams of several kinds, one of them resharded. */
function newService(limits: boolean | LimitOptions): KinesisService {
  const streams = {
    one: { maxRecordBytes: 1024 },
    many: { shards: 7, maxRecordBytes: 2048 },
    auto: { recordDistribution: "AUTO", shards: 3, maxRecordBytes: 1024 },
  } as const;
  const service = new KinesisService({ streams, records: "count", limits }, NOW);
  service.model.stream("many").splitShard("shardId-000000000002", NOW);
  return service;
}

function readInFull(service: KinesisService, body: Buffer, protocol: Protocol, now: number): ServiceReply {
  try {
    const { operation, input } = readKinesisCall(HEADERS, body, protocol);
    return service.answer({ operation, input, now });
  } catch (error) {
    return answerOfError(error);
  }
}

const told = (reply: ServiceReply, protocol: Protocol): object => {
  const { statusCode, ...rest } = inProtocol(reply, protocol);
  return { statusCode, body: Buffer.from(bodyBytes({ statusCode, ...rest })).toString("latin1") };
};

const observed = ({ oracle }: KinesisService): object =>
  ["one", "many", "auto"].flatMap((stream) =>
    oracle.shardCounts(stream).map((count) => ({ ...count, seconds: oracle.rates(stream, count.shardId).seconds })),
  );

const key = fc.oneof(
  { weight: 8, arbitrary: fc.string({ minLength: 1, maxLength: 20 }) },
  { weight: 3, arbitrary: fc.string({ unit: "grapheme", maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("k".repeat(256), "k".repeat(257), "é".repeat(256), "", 'quo"ted', "back\\slash"),
  },
  { weight: 1, arbitrary: fc.constantFrom(undefined, null, 7, {}) },
);

const hashKey = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 6, arbitrary: fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(String(2n ** 128n), String(2n ** 128n - 1n), "01", "-1", "", "1e3", null, 7),
  },
);

const bytes = fc.oneof(
  { weight: 6, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  { weight: 2, arbitrary: fc.uint8Array({ minLength: 90, maxLength: 300 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1000, max: 1030 }).map((length) => new Uint8Array(length)) },
);

const brokenBase64 = fc
  .tuple(bytes, fc.nat(), fc.constantFrom("=", "-", "_", " ", "\n", "é", "\0", "/", '"', "\\", ""))
  .map(([data, at, character]) => {
    const text = Buffer.from(data).toString("base64");
    const place = at % (text.length + 1);
    return `${text.slice(0, place)}${character}${text.slice(place + (at % 2))}`;
  });

/** With `Data` in the form of JSON or of CBOR. */
const entryOf = (protocol: Protocol): fc.Arbitrary<object> =>
  fc
    .record({
      Data: fc.oneof(
        {
          weight: 20,
          arbitrary: protocol === "cbor" ? bytes : bytes.map((data) => Buffer.from(data).toString("base64")),
        },
        { weight: 1, arbitrary: brokenBase64 },
        { weight: 1, arbitrary: fc.constantFrom(undefined, null, 7, []) },
      ),
      PartitionKey: key,
      ExplicitHashKey: hashKey,
    })
    .chain((entry) =>
      // In any order, and sometimes with an unknown member.
      fc
        .shuffledSubarray(Object.entries(entry), { minLength: 3, maxLength: 3 })
        .chain((members) =>
          fc.constantFrom(members, members, members, members, [...members, ["Other", 1] as [string, unknown]]),
        ),
    )
    .map((members) => Object.fromEntries(members));

const usualEntry = (protocol: Protocol): fc.Arbitrary<object> =>
  fc.record({
    Data: protocol === "cbor" ? bytes : bytes.map((data) => Buffer.from(data).toString("base64")),
    PartitionKey: fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 12 }),
  });

const inputOf = (protocol: Protocol): fc.Arbitrary<object> =>
  fc
    .record({
      Records: fc.oneof(
        { weight: 8, arbitrary: fc.array(usualEntry(protocol), { minLength: 1, maxLength: 8 }) },
        { weight: 4, arbitrary: fc.array(entryOf(protocol), { maxLength: 5 }) },
        {
          weight: 1,
          arbitrary: fc
            .constantFrom(499, 500, 501)
            .map((length) =>
              new Array(length).fill({ PartitionKey: "a", Data: protocol === "cbor" ? new Uint8Array(1) : "AA==" }),
            ),
        },
      ),
      StreamName: fc.constantFrom<unknown>("one", "many", "many", "many", "auto", "none", "no name", "", undefined, 7),
      StreamARN: fc.oneof(
        { weight: 5, arbitrary: fc.constant(undefined) },
        {
          weight: 1,
          arbitrary: fc
            .constantFrom("one", "none")
            .map((name) => `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`),
        },
      ),
    })
    .chain((input) => fc.shuffledSubarray(Object.entries(input), { minLength: 3, maxLength: 3 }))
    .map((members) => Object.fromEntries(members));

/** CBOR in the form of other writers: every map and list has an indefinite length. */
function indefinite(value: unknown): Buffer {
  if (Array.isArray(value)) return Buffer.concat([Buffer.of(0x9f), ...value.map(indefinite), Buffer.of(0xff)]);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return Buffer.from(encodeCbor(value));
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const parts = members.flatMap(([name, member]) => [Buffer.from(encodeCbor(name)), indefinite(member)]);
  return Buffer.concat([Buffer.of(0xbf), ...parts, Buffer.of(0xff)]);
}

const written = {
  json: inputOf("json").chain((input) =>
    fc.constantFrom(0, 1, "\t").map((space) => Buffer.from(JSON.stringify(input, null, space))),
  ),
  cbor: inputOf("cbor").chain((input) => fc.constantFrom(encodeCbor(input), indefinite(input))),
};

/** Changes that a parser sees and a scanner might miss. Latin-1 text, one character per byte. */
const TWISTS: Readonly<Record<Protocol, readonly ((body: string) => string)[]>> = {
  json: [
    (body) => `${body}x`,
    (body) => `${body} \n`,
    (body) => body.slice(0, -1),
    (body) => body.replace(/("PartitionKey":\s*")./, "$1\u0001"),
    (body) => body.replace(/("PartitionKey":\s*")./, "$1\xff"),
    (body) => body.replace(/("PartitionKey":\s*")./, "$1\\u0061"),
    (body) => body.replace('"PartitionKey":', '"PartitionKey":"b","PartitionKey":'),
    (body) => body.replace('"Data":', '"Data":"AA==","Data":'),
    (body) => body.replace('"Records":', '"Records":[{"PartitionKey":"b","Data":""}],"Records":'),
    (body) => body.replace('"StreamName":', '"StreamName":"one","StreamName":'),
    (body) => body.replace(/[Kk]e/, "\\u006be"),
    (body) => body.replaceAll(/([,:{}[\]])/g, " $1\r\n\t"),
  ],
  cbor: [
    (body) => `${body}\x00`,
    (body) => body.slice(0, -1),
    (body) => body.slice(0, -9),
    (body) => body.replace(/(PartitionKey[\x61-\x77])./, "$1\xff"),
    (body) => body.replace(/(PartitionKey[\x61-\x77])./, "$1\x00"),
    (body) => body.replace("\x6cPartitionKey", "\x6cPartitionKey\x61b\x6cPartitionKey"),
    (body) => body.replace("\x64Data", "\x64Data\x40\x64Data"),
    (body) => body.replace("\x6aStreamName", "\x6aStreamName\x63one\x6aStreamName"),
    (body) => body.replace("\x67Records", "\x67Records\x81\xa2\x64Data\x40\x6cPartitionKey\x61b\x67Records"),
    (body) => body.replace("\x64Data", "\x7f\x64Data\xff"),
    (body) =>
      body.replace(/Data([\x40-\x57])/, (_, head) => `Data\x58${String.fromCharCode(head.charCodeAt(0) & 0x1f)}`),
  ],
};

/** Most bodies are unchanged, some are twisted, and some have replaced bytes, mostly bytes of the format. */
const bodyOf = (protocol: Protocol): fc.Arbitrary<Buffer> =>
  fc
    .tuple(
      written[protocol],
      fc.constantFrom(...TWISTS[protocol]),
      fc.array(
        fc.tuple(
          fc.nat(),
          fc.constantFrom(0, 1, 2),
          fc.constantFrom(...'"\\,:{}[] =\n\u0007A\u007f', "\xff", "\x9f", ""),
        ),
        { maxLength: 3 },
      ),
      fc.nat(3),
    )
    .map(([value, twist, changes, luck]) => {
      const body = Buffer.from(value as Uint8Array);
      if (luck > 1) return body;
      let text = body.toString("latin1");
      if (luck === 1) return Buffer.from(twist(text), "latin1");
      for (const [place, removed, inserted] of changes) {
        const at = place % (text.length + 1);
        text = text.slice(0, at) + inserted + text.slice(at + removed);
      }
      return Buffer.from(text, "latin1");
    });

/** So low that some requests have refused entries. */
const LIMITS = { write: { recordsPerSecond: 12, bytesPerSecond: 1500 }, calls: { PutRecords: 3 } };

describe.each(["json", "cbor"] as const)("counting without parsing, in %s", (protocol) => {
  it("answers and counts, byte for byte, as reading in full does", () => {
    let scanned = 0;
    let refused = 0;
    let bodies = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(false, LIMITS),
        fc.array(fc.tuple(bodyOf(protocol), fc.integer({ min: 0, max: 400 })), { minLength: 1, maxLength: 8 }),
        (limits, calls) => {
          const counting = newService(limits);
          const reading = newService(limits);
          let now = NOW;
          for (const [body, waitMs] of calls) {
            now += waitMs;
            const counted = counting.countPuts(body, protocol, now);
            const reply = counted ?? readInFull(counting, body, protocol, now);
            expect(told(reply, protocol)).toEqual(told(readInFull(reading, body, protocol, now), protocol));
            bodies++;
            if (counted === undefined) continue;
            scanned++;
            if (Buffer.from(bodyBytes(counted)).includes("Rate exceeded for shard")) refused++;
          }
          expect(observed(counting)).toEqual(observed(reading));
        },
      ),
      { numRuns: 1_500 },
    );
    // Both ways were used.
    expect(scanned).toBeGreaterThan(200);
    expect(bodies - scanned).toBeGreaterThan(200);
    expect(refused).toBeGreaterThan(10);
  });
});
