import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { openAggregate } from "../../src/wire/decode/aggregate-decoder.js";
import { AggregateEncoder, type EncodableRecord } from "../../src/wire/encode/aggregate-encoder.js";
import { hashKey } from "../../src/wire/md5/key-hasher.js";
import { encodeTags } from "../../src/wire/record-tags.js";
import { type ArbitraryUserRecord, taggedRecords } from "../support/arbitraries.js";
import { referenceDecode, referenceEncode } from "../support/protobufjs-reference.js";

const aggregates = fc.array(taggedRecords, { minLength: 1, maxLength: 40 });
/** Enough room for any input. */
const AMPLE = 100_000_000;

function encodable({ partitionKey, explicitHashKey, data, tags }: ArbitraryUserRecord): EncodableRecord {
  return {
    key: hashKey(partitionKey),
    explicitHashKey,
    data,
    dataBytes: data.length,
    tags: tags === undefined ? undefined : encodeTags(tags),
  };
}

function encode(records: readonly ArbitraryUserRecord[]): Buffer {
  const encoder = new AggregateEncoder(AMPLE);
  for (const record of records) encoder.tryAdd(encodable(record));
  return encoder.finish();
}

/** Data as text, one character per byte: `toEqual` walks typed arrays element by element. */
function comparable(record: ArbitraryUserRecord): object {
  return { ...record, data: Buffer.from(record.data).toString("latin1") };
}

describe("an aggregate", () => {
  test("has the size that was predicted after every record, to the byte", () => {
    fc.assert(
      fc.property(aggregates, (records) => {
        const encoder = new AggregateEncoder(AMPLE);
        for (const record of records) {
          encoder.tryAdd(encodable(record));

          expect(encoder.finish().length).toBe(encoder.size);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("of one record has the size that was predicted without it", () => {
    fc.assert(
      fc.property(taggedRecords, (record) => {
        expect(encode([record]).length).toBe(AggregateEncoder.sizeAlone(encodable(record)));
      }),
      { numRuns: 1_000 },
    );
  });

  test("has the very bytes of the reference", () => {
    fc.assert(
      fc.property(aggregates, (records) => {
        expect(encode(records).equals(referenceEncode(records))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test("decodes to what was encoded, with our decoder and with the reference", () => {
    fc.assert(
      fc.property(aggregates, (records) => {
        const bytes = encode(records);

        const ours = openAggregate(bytes, true);
        const read = records.map((_, i) => {
          const explicitHashKey = ours?.explicitHashKeyOf(i);
          const tags = ours?.tagsOf(i)?.tags;
          return comparable({
            partitionKey: ours?.keyOf(i) as string,
            ...(explicitHashKey === undefined ? {} : { explicitHashKey }),
            data: ours?.dataOf(i) as Uint8Array,
            ...(tags === undefined ? {} : { tags }),
          });
        });

        expect(ours?.recordCount).toBe(records.length);
        expect(read).toEqual(records.map(comparable));
        expect(referenceDecode(bytes).map(comparable)).toEqual(read);
      }),
      { numRuns: 500 },
    );
  });

  test("holds as many records as fit, and a record that was refused leaves no trace", () => {
    fc.assert(
      fc.property(aggregates, fc.integer({ min: 30, max: 2_000 }), (records, maxBytes) => {
        const encoder = new AggregateEncoder(maxBytes);
        const kept: ArbitraryUserRecord[] = [];
        for (const record of records) {
          const isAdded = encoder.tryAdd(encodable(record));
          const withIt = referenceEncode([...kept, record]).length;

          expect(isAdded).toBe(withIt <= maxBytes);
          if (isAdded) kept.push(record);
        }
        expect(encoder.count).toBe(kept.length);
        if (kept.length > 0) expect(encoder.finish().equals(referenceEncode(kept))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test("does not depend on whether data came as text or as bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary", maxLength: 50 }), { minLength: 1, maxLength: 10 }), (texts) => {
        const [asText, asBytes] = [new AggregateEncoder(AMPLE), new AggregateEncoder(AMPLE)];
        for (const text of texts) {
          const record = encodable({ partitionKey: "k", data: Buffer.from(text) });
          asText.tryAdd({ ...record, data: text });
          asBytes.tryAdd(record);
        }

        expect(asText.finish().equals(asBytes.finish())).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
