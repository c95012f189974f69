import { describe, expect, it } from "vitest";
import { bufferedBytes, PlacedRecord } from "../../../../src/core/record/placed-record.js";
import { loneRecord, RecordReader, toUserRecord } from "../../../../src/core/record/record-reader.js";
import { AggregateEncoder } from "../../../../src/wire/encode/aggregate-encoder.js";
import { hashKey } from "../../../../src/wire/md5/key-hasher.js";
import { inWords, type PlacedParts, placed } from "../placed-records.js";

function readerOf(...parts: readonly PlacedParts[]): RecordReader {
  const encoder = new AggregateEncoder(51_200);
  for (const [i, part] of parts.entries()) {
    if (i === 0) encoder.addAlone(placed(part));
    else expect(encoder.tryAdd(placed(part))).toBe(true);
  }
  return new RecordReader(encoder.finishWithoutDigest(), encoder.partitionKeys);
}

describe("the records of an aggregate", () => {
  const PARTS = [
    { key: "k", data: "a" },
    { key: "é", explicitHashKey: "7", data: "zürich" },
    { key: "k", data: "", tags: { trace: "1" } },
  ];

  it("are read back as they came, their keys the ones that were hashed", () => {
    const reader = readerOf(...PARTS);

    expect(PARTS.map((_, i) => inWords(reader.recordAt(i)))).toEqual(PARTS.map((part) => inWords(placed(part))));
    expect(reader.recordAt(0).key).toBe(reader.recordAt(2).key);
  });

  it("count for as much in the buffer as they did", () => {
    const reader = readerOf(...PARTS);

    for (const [i, part] of PARTS.entries()) {
      const { dataBytes, bufferedBytes: bytes } = reader.recordAt(i);
      expect([dataBytes, bytes]).toEqual([Buffer.byteLength(part.data), bufferedBytes(placed(part))]);
    }
  });

  it("are of the one class that all stages see", () => {
    expect(readerOf({ data: "x" }).recordAt(0)).toBeInstanceOf(PlacedRecord);
  });

  it("of bytes that are none are a bug, and not empty", () => {
    expect(() => new RecordReader(Buffer.from("not one"), [])).toThrow("does not decode");
  });
});

it("a record alone has its own keys and bytes", () => {
  const data = Uint8Array.of(1, 2);

  const record = loneRecord(hashKey("k"), "7", data);

  expect(record).toMatchObject({ explicitHashKey: "7", dataBytes: 2, bufferedBytes: 3 });
  expect(record.data).toBe(data);
});

describe("toUserRecord", () => {
  it("shows a record as the user knows it", () => {
    expect(toUserRecord(placed({ key: "k", explicitHashKey: "5", data: "zürich" }), "clicks")).toEqual({
      partitionKey: "k",
      explicitHashKey: "5",
      data: Buffer.from("zürich"),
      streamName: "clicks",
    });
  });

  it("leaves out what the record has not", () => {
    const record = toUserRecord(placed({ key: "", data: new Uint8Array([1]) }), "clicks");

    expect(Object.keys(record).sort()).toEqual(["data", "streamName"]);
  });
});
