import { describe, expect, test } from "vitest";

import { NEVER_SENT } from "../../../src/core/record/delivery-history.js";
import { PendingKinesisRecord } from "../../../src/core/record/pending-kinesis-record.js";
import { bufferedBytes } from "../../../src/core/record/placed-record.js";
import { toUserRecord } from "../../../src/core/record/record-reader.js";
import { referenceEncode } from "../../support/protobufjs-reference.js";
import { contents, pendingOf, placed, readEntry } from "../core/placed-records.js";

/** MD5 of "abcd", decimal. */
const HASH_OF_ABCD = String(0xe2fc714c4727ee9395f324cd2e7f331fn);

describe("a lone record with tags", () => {
  test.each([true, false])("becomes an aggregate of one, for they have no other place; mayWrap: %s", (mayWrap) => {
    const pending = pendingOf({ key: "abcd", data: "data", tags: { a: "1" } });

    const before = pending.wireBytes;
    const entry = pending.seal(mayWrap);

    expect(entry).toEqual({
      partitionKey: "a",
      explicitHashKey: HASH_OF_ABCD,
      data: referenceEncode([{ partitionKey: "abcd", data: Buffer.from("data"), tags: { a: "1" } }]),
    });
    expect(pending.isAggregate).toBe(true);
    expect(before).toBe(entry.data.length + 1);
    expect(pending.wireBytes).toBe(before);
  });

  test("above the size of any aggregate is wrapped all the same", () => {
    const data = "x".repeat(100_000);
    const pending = PendingKinesisRecord.begin(placed({ data, tags: { a: "1" } }), 51_200, NEVER_SENT);

    const entry = pending.seal(true);

    expect(readEntry(entry)).toEqual([`key{"a":"1"}=${data}`]);
    expect(pending.wireBytes).toBe(entry.data.length + 1);
  });
});

test("tags count, as they are encoded, in the buffer", () => {
  expect(pendingOf({ key: "k", data: "x", tags: { a: "1" } }).liveBytes).toBe(1 + 1 + 8);
});

test("the last byte of room is used by a tag, and not one more", () => {
  const first = { key: "k", data: "x" };
  // The envelope, the key, the first record, the second one's header, index and data field.
  const room = 51_200 - (20 + 3 + (1 + 1 + 2 + 2 + 1) + (1 + 3 + 2 + 3));
  // Field header and length of the Tag, its key, header and length of its value.
  const largest = room - (1 + 3 + 3 + 1 + 3);

  const added = [-1, 0, 1].map((more) =>
    pendingOf(first).tryAdd(placed({ key: "k", data: "x", tags: { t: "v".repeat(largest + more) } }), NEVER_SENT),
  );

  expect(added).toEqual([true, true, false]);
});

test("tags stay with their records when others leave", () => {
  const pending = pendingOf(
    { key: "a", data: "1", tags: { t: "1" } },
    { key: "b", data: "22" },
    { key: "c", data: "3", tags: { t: "3" } },
  );
  pending.markGone(0, 1 + 1 + 8);

  pending.compact();

  expect(contents(pending)).toEqual(["b=22", 'c{"t":"3"}=3']);
  expect(pending.liveBytes).toBe(3 + 2 + 8);
});

test("tags that left with their record leave a raw one behind", () => {
  const pending = pendingOf({ key: "a", data: "1", tags: { t: "1" } }, { key: "b", data: "22" });
  pending.markGone(0, bufferedBytes(placed({ key: "a", data: "1", tags: { t: "1" } })));

  pending.compact();

  expect(pending.seal(true)).toEqual({ partitionKey: "b", data: Buffer.from("22") });
  expect([pending.liveBytes, pending.wireBytes]).toEqual([3, 3]);
});

test("a failed record shows the tags that it was given", () => {
  expect(toUserRecord(placed({ key: "k", data: "x", tags: { a: "1" } }), "clicks").tags).toEqual({ a: "1" });
});
