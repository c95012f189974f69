import { describe, expect, test } from "vitest";

import { openAggregate } from "../../../../src/wire/decode/aggregate-decoder.js";
import { AggregateEncoder, type EncodableRecord } from "../../../../src/wire/encode/aggregate-encoder.js";
import { hashKey } from "../../../../src/wire/md5/key-hasher.js";
import {
  aggregateOf,
  bytesField,
  hashKeys,
  keys,
  record,
  recordOf,
  varintField,
} from "../../../support/proto-bytes.js";

function encodable(key: string, data: string | Uint8Array, explicitHashKey?: string): EncodableRecord {
  return {
    key: hashKey(key),
    explicitHashKey,
    data,
    dataBytes: Buffer.byteLength(data),
    tags: undefined,
  };
}

function encoderOf(...records: readonly EncodableRecord[]): AggregateEncoder {
  const encoder = new AggregateEncoder(51_200);
  for (const each of records) encoder.tryAdd(each);
  return encoder;
}

describe("the bytes", () => {
  test("are magic, keys, hash keys, records and MD5, indices written even when they are 0", () => {
    const encoder = encoderOf(encodable("b", "1", "10"), encodable("a", "2", "9"), encodable("b", "3", "10"));

    expect(encoder.finish()).toEqual(
      aggregateOf(keys("b", "a"), hashKeys("10", "9"), record(0, "1", 0), record(1, "2", 1), record(0, "3", 0)),
    );
  });

  test("have no hash key index where the record has none, which is not index 0", () => {
    const encoder = encoderOf(encodable("k", "1"), encodable("k", "2", "5"), encodable("k", "3"));

    expect(encoder.finish()).toEqual(
      aggregateOf(keys("k"), hashKeys("5"), record(0, "1"), record(0, "2", 0), record(0, "3")),
    );
  });

  test("have no hash key table where no record has one", () => {
    expect(encoderOf(encodable("k", "")).finish()).toEqual(aggregateOf(keys("k"), record(0, "")));
  });

  test("hold the tag bytes of a record behind its data, as they were given", () => {
    const tags = Buffer.from([0x22, 4, 0x0a, 0, 0x12, 0]);
    const encoder = encoderOf({ ...encodable("k", "1"), tags }, encodable("k", "2"));

    expect(encoder.hasTags).toBe(true);
    expect(encoder.finish()).toEqual(
      aggregateOf(keys("k"), recordOf(varintField(1, 0), bytesField(3, "1"), tags), record(0, "2")),
    );
  });

  test("hold text and keys as UTF-8", () => {
    expect(encoderOf(encodable("東京", "zürich 𝒳")).finish()).toEqual(aggregateOf(keys("東京"), record(0, "zürich 𝒳")));
  });

  test("of no record at all are magic and MD5", () => {
    expect(encoderOf().finish()).toEqual(aggregateOf());
  });

  test("are the same each time, and go on after it", () => {
    const encoder = encoderOf(encodable("k", "1"));

    const [first, second] = [encoder.finish(), encoder.finish()];
    encoder.tryAdd(encodable("k", "2"));

    expect(first).toEqual(second);
    expect(encoder.finish()).toEqual(aggregateOf(keys("k"), record(0, "1"), record(0, "2")));
  });

  test("are those of the moment a record was added, whatever the caller does to its own", () => {
    const data = new Uint8Array([1, 2, 3]);
    const encoder = encoderOf(encodable("k", data));

    data.fill(0);

    expect(encoder.finish()).toEqual(aggregateOf(keys("k"), record(0, new Uint8Array([1, 2, 3]))));
  });
});

describe("the size", () => {
  test("is exact after every record, over every length at which a varint grows", () => {
    const encoder = new AggregateEncoder(10_000_000);
    const lengths = [0, 1, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128, 16_370, 16_376, 16_380, 16_384, 2_097_150];
    for (const [i, length] of lengths.entries()) {
      encoder.tryAdd(
        encodable("é".repeat(i * 8), new Uint8Array(length), i % 2 ? String(10n ** BigInt(i * 2)) : undefined),
      );

      expect(encoder.finish().length).toBe(encoder.size);
    }
  });

  test.each([127, 128, 129, 300])("is exact with %d keys and hash keys, whose indices grow too", (count) => {
    const encoder = encoderOf(...Array.from({ length: count }, (_, i) => encodable(`key-${i}`, "x", String(i))));

    expect(encoder.count).toBe(count);
    expect(encoder.partitionKeys.length).toBe(count);
    expect(encoder.explicitHashKeys.length).toBe(count);
    expect(encoder.finish().length).toBe(encoder.size);
    expect(openAggregate(encoder.finish(), true)?.readableCount).toBe(count);
  });

  test("of a record alone is known before it is added", () => {
    for (const each of [encodable("k", ""), encodable("東", "x".repeat(200)), encodable("k", "x", "12345")]) {
      expect(AggregateEncoder.sizeAlone(each)).toBe(encoderOf(each).size);
    }
  });
});

describe("the limit", () => {
  /** Envelope, key, and a record of 8 bytes around its data. */
  const withData = (bytes: number): EncodableRecord => encodable("k", new Uint8Array(bytes));
  const AROUND = 20 + 3 + 1 + 2 + 2 + 1 + 2;

  test.each([
    [999, true],
    [1_000, true],
    [1_001, false],
  ])("of 1,000 bytes: a record that makes %d is added: %j", (bytes, added) => {
    const encoder = new AggregateEncoder(1_000);

    expect(encoder.tryAdd(withData(bytes - AROUND))).toBe(added);
    expect(encoder.size).toBe(added ? bytes : 20);
  });

  test.each([
    [-1, true],
    [0, true],
    [1, false],
  ])("counts a new key and a new hash key: %d bytes more than there is room", (more, added) => {
    const encoder = new AggregateEncoder(100);
    encoder.tryAdd(encodable("k", ""));
    // Two bytes around each key; six around the data, with the index of the hash key.
    const room = 100 - encoder.size - (2 + 3) - (2 + 4) - (2 + 2 + 2 + 2);

    expect(encoder.tryAdd(encodable("new", "x".repeat(room + more), "1234"))).toBe(added);
  });

  test("leaves no trace of a record that did not fit: its keys are new the next time", () => {
    const encoder = new AggregateEncoder(100);
    encoder.tryAdd(encodable("k", "1"));
    const before = encoder.finish();

    const added = encoder.tryAdd(encodable("other", "x".repeat(100), "5"));

    expect(added).toBe(false);
    expect(encoder.finish()).toEqual(before);
    expect([encoder.count, encoder.partitionKeys.map(({ text }) => text), encoder.explicitHashKeys]).toEqual([
      1,
      ["k"],
      [],
    ]);
    encoder.tryAdd(encodable("other", "2", "6"));
    expect(encoder.finish()).toEqual(aggregateOf(keys("k", "other"), hashKeys("6"), record(0, "1"), record(1, "2", 0)));
  });

  test("does not hold for a record that goes alone", () => {
    const encoder = new AggregateEncoder(100);

    encoder.addAlone(withData(5_000));

    expect(encoder.rawData().length).toBe(5_000);
    expect(encoder.finish().length).toBe(encoder.size);
    expect(encoder.tryAdd(withData(0))).toBe(false);
  });
});

test("the data of a lone record can be read as they are", () => {
  const encoder = encoderOf(encodable("key", "zürich", "5"));

  expect(encoder.rawData().toString()).toBe("zürich");
});
