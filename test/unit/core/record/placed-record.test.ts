import { expect, test } from "vitest";

import { bufferedBytes, copyChecked, PlacedRecord } from "../../../../src/core/record/placed-record.js";
import { hashKey } from "../../../../src/wire/md5/key-hasher.js";
import { transferAway } from "../../../support/resizable-bytes.js";

function record(parts: Partial<PlacedRecord>): PlacedRecord {
  return Object.assign(new PlacedRecord(), parts);
}

test("a record counts for its key in UTF-8, its data, and its tags as they are encoded", () => {
  const plain = { key: hashKey("東京"), dataBytes: 10 };

  expect(bufferedBytes(record(plain))).toBe(16);
  expect(bufferedBytes(record({ ...plain, tags: new Uint8Array(7) }))).toBe(23);
});

test("a copy has the results of the check, and its own tags", () => {
  const tags = Buffer.from("tags");
  const found = { key: hashKey("k"), explicitHashKey: "7", data: "data", dataBytes: 4, tags, bufferedBytes: 9 };

  const copy = copyChecked(record(found));
  tags.fill(0);

  expect(copy).toMatchObject({ ...found, tags: new Uint8Array(Buffer.from("tags")) });
});

test("a copy has its own bytes: a change of the caller's bytes changes nothing", () => {
  const data = new Uint8Array([1, 2, 3]);

  const copy = copyChecked(record({ key: hashKey("k"), data, dataBytes: 3 }));
  data.fill(0);
  transferAway(data);

  expect([...(copy.data as Uint8Array)]).toEqual([1, 2, 3]);
});

test("a copy has to be accepted again: settler, time and generation are not copied", () => {
  const copy = copyChecked(record({ settler: {}, acceptedAt: 5, generation: 3 }));

  expect(copy).toMatchObject({ settler: undefined, acceptedAt: 0, generation: 0 });
});
