import { describe, expect, test } from "vitest";

import {
  ENVELOPE_BYTES,
  NO_INDEX,
  recordBodySize,
  recordEntrySize,
  tableEntrySize,
  varintLength,
  writeRecordHeader,
  writeVarint,
} from "../../../src/wire/aggregated-record.js";
import { bytesField, record, varint } from "../../support/proto-bytes.js";
import { VECTORS } from "../../support/vectors.js";

const BOUNDARIES = [7, 14, 21, 28].flatMap((bits) => [2 ** bits - 1, 2 ** bits, 2 ** bits + 1]);

describe("varints", () => {
  test.each([0, 1, ...BOUNDARIES, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1])(
    "%d is written as protobuf writes it, in the predicted length",
    (value) => {
      const into = Buffer.alloc(8, 0xee);

      const end = writeVarint(into, 1, value);

      expect(into.subarray(1, end)).toEqual(varint(value));
      expect(varintLength(value)).toBe(end - 1);
      expect(into[end]).toBe(0xee);
    },
  );
});

describe("sizes", () => {
  test.each([0, 1, 127, 128, 256, 16_384])("a table entry of %d bytes has the predicted size", (bytes) => {
    expect(tableEntrySize(bytes)).toBe(bytesField(1, Buffer.alloc(bytes)).length);
  });

  test.each([
    [0, NO_INDEX, 0],
    [0, 0, 0],
    [127, 127, 127],
    [128, 128, 128],
    [16_383, NO_INDEX, 16_384],
    [20_000, 300, 51_200],
  ])(
    "a record of indexes %d and %d with %d bytes of data has the predicted size and header",
    (keyIndex, hashKeyIndex, dataBytes) => {
      const expected = record(
        keyIndex,
        Buffer.alloc(dataBytes, 7),
        hashKeyIndex === NO_INDEX ? undefined : hashKeyIndex,
      );
      const bodyBytes = recordBodySize(keyIndex, hashKeyIndex, dataBytes);
      const into = Buffer.alloc(expected.length, 7);

      const dataStart = writeRecordHeader(into, 0, bodyBytes, keyIndex, hashKeyIndex, dataBytes);

      expect(recordEntrySize(bodyBytes)).toBe(expected.length);
      expect(dataStart + dataBytes).toBe(expected.length);
      expect(into).toEqual(expected);
    },
  );

  test.each(VECTORS)("the sizes of all parts add up to the public aggregate $name", ({ bytes, records }) => {
    const keys = [...new Set(records.map((each) => each.partitionKey))];
    const hashKeys = [...new Set(records.flatMap((each) => each.explicitHashKey ?? []))];

    let size = ENVELOPE_BYTES;
    for (const key of [...keys, ...hashKeys]) size += tableEntrySize(Buffer.byteLength(key));
    for (const { partitionKey, explicitHashKey, data } of records) {
      const hashKeyIndex = explicitHashKey === undefined ? NO_INDEX : hashKeys.indexOf(explicitHashKey);
      size += recordEntrySize(recordBodySize(keys.indexOf(partitionKey), hashKeyIndex, Buffer.byteLength(data)));
    }

    expect(size).toBe(bytes.length);
  });
});
