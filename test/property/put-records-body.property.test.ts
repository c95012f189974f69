import { cbor } from "@smithy/core/cbor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { KinesisRecord, StreamRef } from "../../src/core/ports.js";
import { cborPutRecords } from "../../src/edge/put-records-cbor.js";
import { jsonPutRecords } from "../../src/edge/put-records-json.js";
import { sdkStream } from "../../src/edge/sdk-stream.js";
import { decodeCbor } from "../../src/testing/cbor/decode-cbor.js";
import { explicitHashKeys, partitionKeys } from "../support/arbitraries.js";
import { drawnRequest, SOMEWHERE } from "../support/drawn-requests.js";

const STREAMS = fc.constantFrom<StreamRef>(
  { streamName: "clicks" },
  { streamName: "a.B-c_9" },
  { streamName: "clicks", streamArn: "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks" },
);

/** Lengths around the piece size of base64, and around the lengths at which a CBOR head grows. */
const LENGTHS = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: 70 }) },
  { weight: 2, arbitrary: fc.integer({ min: 250, max: 260 }) },
  { weight: 1, arbitrary: fc.constantFrom(24_575, 24_576, 24_577, 49_151, 49_152, 49_153, 65_535, 65_536) },
);

/** Within a larger buffer, as records that were packed together. */
const data = fc.tuple(LENGTHS, fc.nat({ max: 9 }), fc.nat({ max: 255 })).map(([length, offset, seed]) => {
  const memory = Uint8Array.from({ length: offset + length + 3 }, (_, i) => (i * 31 + seed) ^ (i >> 8));
  return memory.subarray(offset, offset + length);
});

const entry = fc
  .tuple(
    fc.option(partitionKeys, { nil: undefined, freq: 9 }),
    fc.option(explicitHashKeys, { nil: undefined, freq: 2 }),
    data,
  )
  .map(
    ([partitionKey, explicitHashKey, bytes]): KinesisRecord => ({
      ...(partitionKey === undefined ? {} : { partitionKey }),
      ...(explicitHashKey === undefined ? {} : { explicitHashKey }),
      data: bytes,
    }),
  );

const entries = fc.oneof(
  { weight: 9, arbitrary: fc.array(entry, { minLength: 1, maxLength: 6 }) },
  { weight: 1, arbitrary: fc.array(entry, { minLength: 255, maxLength: 257, size: "max" }) },
);

/** The input of the SDK's command, for the SDK's own serializer. */
const inputOf = (stream: StreamRef, records: readonly KinesisRecord[]) => ({
  ...sdkStream(stream),
  Records: records.map(({ data: Data, partitionKey, explicitHashKey }) => ({
    Data,
    ...(partitionKey === undefined ? {} : { PartitionKey: partitionKey }),
    ...(explicitHashKey === undefined ? {} : { ExplicitHashKey: explicitHashKey }),
  })),
});

/** Byte strings of every kind as hexadecimal text, for comparison. */
function asHex(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (Array.isArray(value)) return value.map(asHex);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asHex(member)]));
}

describe("the body of a PutRecords request", () => {
  test("in JSON says what the SDK's client says", async () => {
    await fc.assert(
      fc.asyncProperty(STREAMS, entries, async (stream, records) => {
        const body = jsonPutRecords(stream, records);

        const { body: theirs } = await drawnRequest(SOMEWHERE, inputOf(stream, records) as never);
        expect(JSON.parse(body.toString())).toEqual(JSON.parse(theirs.toString()));
      }),
      { numRuns: 200 },
    );
  });

  test("in CBOR is the same input, to two decoders", () => {
    fc.assert(
      fc.property(STREAMS, entries, (stream, records) => {
        const body = cborPutRecords(stream, records);

        const wanted = asHex(inputOf(stream, records));
        expect(asHex(decodeCbor(body))).toEqual(wanted);
        expect(asHex(cbor.deserialize(body))).toEqual(wanted);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ["JSON", jsonPutRecords],
    ["CBOR", cborPutRecords],
  ])("in %s keeps nothing of the entries", (_, write) => {
    const bytes = Uint8Array.of(1, 2, 3);
    const body = write({ streamName: "clicks" }, [{ partitionKey: "a", data: bytes }]);
    const before = body.toString("hex");

    bytes.fill(0);

    expect(body.toString("hex")).toBe(before);
  });
});
