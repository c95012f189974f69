import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { deaggregate } from "../../src/deaggregate/index.js";
import { openAggregate } from "../../src/wire/decode/aggregate-decoder.js";
import { type ArbitraryUserRecord, userRecords } from "../support/arbitraries.js";
import { aggregateOf, bytesField, group, hashKeys, keys, recordOf, tag, varintField } from "../support/proto-bytes.js";
import { referenceDecode, referenceEncode, referenceEncodeBody } from "../support/protobufjs-reference.js";

const aggregates = fc.array(userRecords, { minLength: 1, maxLength: 40 });

/** A user record with its data as text, one character per byte: `toEqual` walks typed arrays element by element. */
type Comparable = Omit<ArbitraryUserRecord, "data"> & { readonly data: string };

function comparable<T extends { readonly data: Uint8Array }>(record: T): Omit<T, "data"> & { readonly data: string } {
  return { ...record, data: Buffer.from(record.data).toString("latin1") };
}

/** The decoded records, in the shape of the input. */
function decoded(bytes: Uint8Array): Comparable[] | undefined {
  const aggregate = openAggregate(bytes, true);
  if (aggregate === undefined) return undefined;
  return Array.from({ length: aggregate.readableCount }, (_, i) => {
    const explicitHashKey = aggregate.explicitHashKeyOf(i);
    return comparable({
      partitionKey: aggregate.keyOf(i),
      ...(explicitHashKey === undefined ? {} : { explicitHashKey }),
      data: aggregate.dataOf(i),
    });
  });
}

/** The records that the reference decodes; undefined when it refuses the bytes. */
function decodedByReference(bytes: Uint8Array): Comparable[] | undefined {
  try {
    return referenceDecode(bytes).map(({ tags: _, ...rest }) => comparable(rest));
  } catch {
    return undefined;
  }
}

/** Fields in any order, whole or broken. The reference and this decoder must agree on their meaning. */
const fields: fc.Arbitrary<Buffer> = fc.letrec((tie) => ({
  unknown: fc.oneof(
    { depthSize: "small" },
    fc
      .tuple(fc.integer({ min: 5, max: 2 ** 29 - 1 }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
      .map(([field, value]) => varintField(field, value)),
    fc
      .tuple(fc.integer({ min: 5, max: 40 }), fc.uint8Array({ maxLength: 5 }))
      .map(([field, bytes]) => bytesField(field, bytes)),
    fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.concat([tag(7, 1), bytes])),
    fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.concat([tag(7, 5), bytes])),
    fc.array(tie("unknown") as fc.Arbitrary<Buffer>, { maxLength: 3 }).map((inner) => group(9, ...inner)),
  ),
  index: fc
    .tuple(fc.constantFrom(1, 2), fc.nat({ max: 3 }), fc.integer({ min: 1, max: 10 }))
    .map(([field, value, bytes]) => varintField(field, value, bytes)),
  data: fc.uint8Array({ maxLength: 6 }).map((bytes) => bytesField(3, bytes)),
  tags: fc.string({ maxLength: 3 }).map((text) => bytesField(4, bytesField(1, text))),
  record: fc
    .array(
      fc.oneof(
        tie("index"),
        tie("index"),
        tie("data"),
        tie("data"),
        tie("tags"),
        tie("unknown"),
      ) as fc.Arbitrary<Buffer>,
      { maxLength: 6 },
    )
    .map((parts) => recordOf(varintField(1, 0), bytesField(3, "x"), ...parts)),
  field: fc.oneof(
    fc.string({ maxLength: 4 }).map((key) => keys(key)),
    fc.nat({ max: 9 }).map((key) => hashKeys(String(key))),
    tie("record") as fc.Arbitrary<Buffer>,
    tie("record") as fc.Arbitrary<Buffer>,
    tie("unknown") as fc.Arbitrary<Buffer>,
  ),
})).field as fc.Arbitrary<Buffer>;

describe("a well-formed aggregate", () => {
  test("decodes to what the reference encoded", () => {
    fc.assert(
      fc.property(aggregates, (records) => {
        expect(decoded(referenceEncode(records))).toEqual(records.map(comparable));
      }),
      { numRuns: 300 },
    );
  });

  test("comes out of deaggregate in order, numbered from 0", () => {
    fc.assert(
      fc.property(aggregates, (records) => {
        const out = [...deaggregate({ data: referenceEncode(records), sequenceNumber: "1" })];

        expect(out.map(comparable)).toEqual(
          records.map((each, i) => ({
            ...comparable(each),
            sequenceNumber: "1",
            subSequenceNumber: i,
            aggregated: true,
          })),
        );
      }),
      { numRuns: 100 },
    );
  });

  test("data are views: they lie within the input, in order, and show its later changes", () => {
    fc.assert(
      fc.property(aggregates, (records) => {
        const bytes = new Uint8Array(referenceEncode(records));
        const aggregate = openAggregate(bytes, true);
        let end = 0;
        for (let i = 0; i < records.length; i++) {
          const data = aggregate?.dataOf(i) as Uint8Array;

          expect(data.buffer).toBe(bytes.buffer);
          expect(data.byteOffset).toBeGreaterThan(end);
          end = data.byteOffset + data.byteLength;
        }
        expect(end).toBe(bytes.length - 16);
      }),
      { numRuns: 100 },
    );
  });

  test("in any order of fields and with unknown ones between, it means what the reference says", () => {
    fc.assert(
      fc.property(fc.array(fields, { minLength: 1, maxLength: 12 }), (parts) => {
        const bytes = aggregateOf(keys("k0", "k1", "k2", "k3"), hashKeys("0", "1", "2", "3"), ...parts);

        expect(decoded(bytes)).toEqual(decodedByReference(bytes));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("bytes that were damaged", () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 });

  test("under the old digest they are a plain record", () => {
    fc.assert(
      fc.property(aggregates, damage, (records, changes) => {
        const bytes = referenceEncode(records);
        const original = Buffer.from(bytes);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        fc.pre(!bytes.equals(original));

        const [only, ...others] = deaggregate({ data: bytes, partitionKey: "p" });

        expect(only?.data).toBe(bytes);
        expect(only).toMatchObject({ partitionKey: "p", subSequenceNumber: 0, aggregated: false });
        expect(others).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test("under a right digest they never throw, and mean what the reference says where it reads them as strictly", () => {
    const small = fc.array(
      fc.record({ partitionKey: fc.constantFrom("a", "b", "10"), data: fc.uint8Array({ maxLength: 5 }) }),
      { minLength: 1, maxLength: 5 },
    );
    let agreed = 0;

    fc.assert(
      fc.property(small, damage, (records, changes) => {
        const body = referenceEncodeBody(records);
        for (const [at, value] of changes) body[at % body.length] = value;
        const bytes = aggregateOf(body);

        const ours = decoded(bytes);
        const theirs = decodedByReference(bytes);
        const out = [...deaggregate({ data: bytes }, { onDropped: () => undefined })];

        expect(out.length).toBeLessThanOrEqual(Math.max(1, ours?.length ?? 0));
        // For the reference, a bad index is an undefined key.
        if (ours === undefined || theirs === undefined || ours.length !== theirs.length) return;
        expect(ours).toEqual(theirs);
        agreed++;
      }),
      { numRuns: 3000 },
    );

    expect(agreed).toBeGreaterThan(300);
  });

  test("any bytes between magic and right digest neither throw nor hang", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300, size: "max" }), (body) => {
        const bytes = aggregateOf(body);

        const out = [...deaggregate({ data: bytes }, { onDropped: () => undefined })];

        if (openAggregate(bytes, true) === undefined) expect(out.map((each) => each.data)).toEqual([bytes]);
      }),
      { numRuns: 2000 },
    );
  });
});
