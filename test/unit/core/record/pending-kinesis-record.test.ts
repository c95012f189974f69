import { describe, expect, test } from "vitest";

import { type DeliveryHistory, NEVER_SENT } from "../../../../src/core/record/delivery-history.js";
import { GONE, PendingKinesisRecord } from "../../../../src/core/record/pending-kinesis-record.js";
import { bufferedBytes, type PlacedRecord } from "../../../../src/core/record/placed-record.js";
import { MAGIC } from "../../../../src/wire/aggregated-record.js";
import { isAggregated } from "../../../../src/wire/decode/aggregate-decoder.js";
import { referenceEncode } from "../../../support/protobufjs-reference.js";
import { contents, inWords, pendingOf, placed, readEntry } from "../placed-records.js";

/** MD5 of "abcd", decimal. */
const HASH_OF_ABCD = String(0xe2fc714c4727ee9395f324cd2e7f331fn);

/** An aggregate by someone else, as the data of a user record. */
const AGGREGATE = referenceEncode([
  { partitionKey: "inner", data: Buffer.from("1") },
  { partitionKey: "inner", data: Buffer.from("2") },
]);

/** Bytes of an entry as Kinesis counts them. */
function entryBytes(entry: { readonly partitionKey?: string; readonly data: Uint8Array }): number {
  return entry.data.length + Buffer.byteLength(entry.partitionKey ?? "");
}

describe("a lone record", () => {
  test("is sent raw under its own key, without an invented hash key", () => {
    const entry = pendingOf({ key: "東京", data: "data" }).seal(true);

    expect(entry).toEqual({ partitionKey: "東京", data: Buffer.from("data") });
  });

  test("is sent with the explicit hash key that the user gave", () => {
    const entry = pendingOf({ key: "k", explicitHashKey: "5", data: "data" }).seal(true);

    expect(entry).toEqual({ partitionKey: "k", explicitHashKey: "5", data: Buffer.from("data") });
  });

  test("without key, as on an AUTO stream, is sent without key", () => {
    const pending = pendingOf({ key: "", data: "data" });

    expect(pending.seal(false)).toEqual({ data: Buffer.from("data") });
    expect(pending.wireBytes).toBe(4);
    expect(pending.isAggregate).toBe(false);
  });

  test("that is itself an aggregate becomes an aggregate of one, so that readers open only ours", () => {
    const pending = pendingOf({ key: "abcd", data: AGGREGATE });

    const before = pending.wireBytes;
    const entry = pending.seal(true);

    expect(entry).toMatchObject({ partitionKey: "a", explicitHashKey: HASH_OF_ABCD });
    expect(readEntry(entry)).toEqual([inWords(placed({ key: "abcd", data: AGGREGATE }))]);
    expect(pending.isAggregate).toBe(true);
    expect(before).toBe(entryBytes(entry));
  });

  test("that is itself an aggregate goes raw where wrapping is not allowed", () => {
    const pending = pendingOf({ key: "abcd", data: AGGREGATE });

    const entry = pending.seal(false);

    expect(entry).toEqual({ partitionKey: "abcd", data: AGGREGATE });
    expect(pending.isAggregate).toBe(false);
    expect(pending.wireBytes).toBe(entryBytes(entry));
  });

  test.each([
    ["only the magic", Buffer.from(MAGIC)],
    ["the magic and a wrong digest", Buffer.concat([Buffer.from(MAGIC), Buffer.alloc(30)])],
    ["an aggregate cut short", AGGREGATE.subarray(0, -1)],
  ])("that begins like an aggregate and is none goes raw: %s", (_, data) => {
    const pending = pendingOf({ key: "abcd", data });

    const before = pending.wireBytes;
    const entry = pending.seal(true);

    expect(entry).toEqual({ partitionKey: "abcd", data });
    expect(pending.isAggregate).toBe(false);
    expect(before).toBe(entryBytes(entry));
  });

  test("above the size of any aggregate is taken as the first", () => {
    const pending = PendingKinesisRecord.begin(placed({ data: "x".repeat(100_000) }), 51_200, NEVER_SENT);

    expect(pending.tryAdd(placed(), NEVER_SENT)).toBe(false);
    expect(pending.seal(true).data.length).toBe(100_000);
  });
});

describe("an aggregate", () => {
  test("goes under key a and the hash key of its front record", () => {
    const entry = pendingOf({ key: "abcd", data: "1" }, { key: "other", data: "2" }).seal(true);

    expect(entry).toMatchObject({ partitionKey: "a", explicitHashKey: HASH_OF_ABCD });
    expect(readEntry(entry)).toEqual(["abcd=1", "other=2"]);
  });

  test("takes the front record's explicit hash key, not the one of another", () => {
    const entries = [
      pendingOf({ key: "abcd", explicitHashKey: "5" }, { key: "b", explicitHashKey: "6" }).seal(true),
      pendingOf({ key: "abcd" }, { key: "b", explicitHashKey: "6" }).seal(true),
    ];

    expect(entries.map((entry) => entry.explicitHashKey)).toEqual(["5", HASH_OF_ABCD]);
  });

  test("is sealed once: a retry sends the same bytes", () => {
    const pending = pendingOf({ data: "1" }, { data: "2" });

    expect(pending.seal(true)).toBe(pending.seal(true));
  });

  test("takes no other record once it is sealed: a retry sends the same bytes", () => {
    const pending = pendingOf({ data: "1" }, { data: "2" });
    const sealed = pending.seal(true);

    const isAdded = pending.tryAdd(placed({ data: "3" }), NEVER_SENT);

    expect(isAdded).toBe(false);
    expect(pending.count).toBe(2);
    expect(pending.seal(true)).toBe(sealed);
    expect(contents(pending)).toEqual(["key=1", "key=2"]);
  });

  test("knows its exact bytes after each record, and when it is sealed", () => {
    const pending = pendingOf({ key: "東京", data: "x".repeat(127) });
    for (let i = 0; i < 300; i++) {
      pending.tryAdd(
        placed({ key: `k${i % 140}`, data: "y".repeat(i), ...(i % 3 ? {} : { explicitHashKey: `${i}` }) }),
        NEVER_SENT,
      );
      const before = pending.wireBytes;

      expect(entryBytes(pending.seal(true))).toBe(before);
      expect(pending.wireBytes).toBe(before);
    }
  });

  test("counts its records and the bytes they hold in the buffer", () => {
    const pending = pendingOf({ key: "ab", data: "123" }, { key: "東", data: "" });

    expect(pending.count).toBe(2);
    expect(pending.liveCount).toBe(2);
    expect(pending.liveBytes).toBe(5 + 3);
  });

  test("is as old as its first record", () => {
    const pending = pendingOf({ acceptedAt: 100 }, { acceptedAt: 105 });

    expect(pending.oldestAt).toBe(100);
    expect([pending.acceptedAtOf(0), pending.acceptedAtOf(1)]).toEqual([100, 105]);
  });
});

test("records of later generations join, and each is settled in its own", () => {
  const pending = pendingOf({ generation: 3 }, { generation: 3 }, { generation: 5 }, { generation: 9 });

  expect(pending.generation).toBe(3);
  expect(pending.hasManyGenerations).toBe(true);
  expect(pending.records().map(({ generation }) => generation)).toEqual([3, 3, 5, 9]);
  pending.markGone(0, 7);
  pending.markGone(1, 7);
  pending.compact();
  expect(pending.records().map(({ generation }) => generation)).toEqual([5, 9]);
});

describe("a record that does not belong", () => {
  const history: DeliveryHistory = { ...NEVER_SENT, counted: 1 };

  test.each([
    ["of an earlier generation", placed({ acceptedAt: 10, generation: -1 }), NEVER_SENT],
    ["with another history", placed({ acceptedAt: 10 }), history],
    ["accepted before the last one", placed({ acceptedAt: 9 }), NEVER_SENT],
    ["for which there is no room", placed({ acceptedAt: 10, data: "x".repeat(51_200) }), NEVER_SENT],
  ])("%s is refused, and changes nothing", (_, record, itsHistory) => {
    const pending = pendingOf({ acceptedAt: 10 });
    const before = pending.wireBytes;

    expect(pending.tryAdd(record, itsHistory)).toBe(false);
    expect(pending.count).toBe(1);
    expect(pending.liveBytes).toBe(7);
    expect(pending.wireBytes).toBe(before);
  });

  test("the last byte of room is used, and not one more", () => {
    const first = { key: "k", data: "x" };
    const room = 51_200 - (20 + 3 + (1 + 1 + 2 + 2 + 1));
    // Tag, two bytes of length, index, tag and three bytes of length of the data.
    const largest = room - (1 + 3 + 2 + 1 + 3);

    const added = [-1, 0, 1].map((more) =>
      pendingOf(first).tryAdd(placed({ key: "k", data: "x".repeat(largest + more) }), NEVER_SENT),
    );

    expect(added).toEqual([true, true, false]);
  });
});

describe("one key", () => {
  test.each([
    ["a lone record", [{ key: "a" }], true],
    ["equal partition keys", [{ key: "a" }, { key: "a" }, { key: "a" }], true],
    ["different partition keys", [{ key: "a" }, { key: "b" }], false],
    ["a different one at the end", [{ key: "a" }, { key: "a" }, { key: "b" }, { key: "a" }], false],
    [
      "equal explicit hash keys over different partition keys",
      [
        { key: "a", explicitHashKey: "5" },
        { key: "b", explicitHashKey: "5" },
      ],
      true,
    ],
    [
      "different explicit hash keys over one partition key",
      [
        { key: "a", explicitHashKey: "5" },
        { key: "a", explicitHashKey: "6" },
      ],
      false,
    ],
    ["an explicit hash key, then none", [{ key: "a", explicitHashKey: "5" }, { key: "a" }], false],
    ["none, then an explicit hash key", [{ key: "a" }, { key: "a", explicitHashKey: "5" }], false],
    [
      "none, then one that is the hash of the first's partition key",
      [{ key: "abcd" }, { key: "b", explicitHashKey: HASH_OF_ABCD }],
      true,
    ],
  ])("%s", (_, records, hasOneKey) => {
    expect(pendingOf(...records).hasOneKey).toBe(hasOneKey);
  });
});

describe("records that are gone", () => {
  function threeOf(): PendingKinesisRecord {
    return pendingOf(
      { key: "a", explicitHashKey: "7", data: "1", settler: "s1", acceptedAt: 1 },
      { key: "b", data: "22", settler: "s2", acceptedAt: 2 },
      { key: "b", data: "333", settler: "s3", acceptedAt: 3 },
    );
  }

  test("count no more, and have no settler, while their bytes are still there", () => {
    const pending = threeOf();
    const before = pending.wireBytes;

    pending.markGone(0, 2);

    expect(pending.liveCount).toBe(2);
    expect(pending.liveBytes).toBe(3 + 4);
    expect(pending.settlerAt(0)).toBe(GONE);
    expect(pending.count).toBe(3);
    expect(pending.wireBytes).toBe(before);
  });

  test("leave with their bytes; the others keep settler, age and order", () => {
    const pending = threeOf();
    pending.markGone(0, 2);

    pending.compact();

    expect(contents(pending)).toEqual(["b=22", "b=333"]);
    expect([pending.count, pending.liveCount, pending.liveBytes, pending.oldestAt]).toEqual([2, 2, 7, 2]);
    expect([pending.settlerAt(0), pending.settlerAt(1)]).toEqual(["s2", "s3"]);
    expect(pending.hasOneKey).toBe(true);
    expect(entryBytes(pending.seal(true))).toBe(pending.wireBytes);
  });

  test("and left only one make it a raw record under its own key", () => {
    const pending = threeOf();
    pending.seal(true);
    pending.markGone(0, 2);
    pending.markGone(2, 4);

    pending.compact();

    expect(pending.wireBytes).toBe(3);
    expect(pending.seal(true)).toEqual({ partitionKey: "b", data: Buffer.from("22") });
    expect(pending.isAggregate).toBe(false);
  });

  test("nothing gone: the sealed bytes stay the same", () => {
    const pending = threeOf();
    const sealed = pending.seal(true);

    pending.compact();

    expect(pending.seal(true)).toBe(sealed);
  });

  test("all gone: nothing is left to pack, and nothing is", () => {
    const pending = threeOf();
    for (const [i, record] of pending.records().entries()) pending.markGone(i, bufferedBytes(record));

    pending.compact();

    expect([pending.liveCount, pending.liveBytes]).toEqual([0, 0]);
  });

  test("in a record above any aggregate's size, the rest of nothing", () => {
    const pending = PendingKinesisRecord.begin(placed({ data: "x".repeat(60_000) }), 51_200, NEVER_SENT);

    pending.markGone(0, 60_003);
    pending.compact();

    expect([pending.liveCount, pending.liveBytes]).toEqual([0, 0]);
  });
});

test("what was sealed raw is no aggregate by that after another joined and left", () => {
  const pending = pendingOf({ data: "1" });
  pending.seal(true);
  pending.tryAdd(placed({ data: "2" }), NEVER_SENT);
  pending.markGone(0, 4);

  pending.compact();

  expect(pending.isAggregate).toBe(false);
});

describe("records read back", () => {
  test("are those that went in, to every part", () => {
    const parts = [
      { key: "10", explicitHashKey: "5", data: "zürich", settler: "s1", acceptedAt: 1, generation: 4 },
      { key: "8", data: "tagged", tags: { a: "1", "": "" }, settler: "s2", acceptedAt: 1, generation: 4 },
      { key: "9", data: Buffer.from([0, 255]), settler: undefined, acceptedAt: 1, generation: 4 },
      { key: "__proto__", data: "", settler: "s3", acceptedAt: 2, generation: 4 },
    ];

    const records = pendingOf(...parts).records();

    const comparable = (record: PlacedRecord): object => ({
      ...record,
      data: Buffer.from(record.data as Uint8Array),
      tags: record.tags && Buffer.from(record.tags),
    });
    expect(records.map(comparable)).toEqual(parts.map((part) => comparable(placed(part))));
  });

  test("include those that are gone, at their places", () => {
    const pending = pendingOf({ data: "1" }, { data: "2" });
    pending.markGone(0, 4);

    expect(pending.records().map((record) => record.settler)).toEqual([GONE, undefined]);
  });

  test("do not change when the caller's bytes do: they were copied", () => {
    const data = Buffer.from("before");
    const pending = pendingOf({ key: "k", data });

    data.fill(0);

    expect(contents(pending)).toEqual(["k=before"]);
  });
});

test("a text with a lone surrogate is stored with U+FFFD, in as many bytes as were counted", () => {
  const entry = pendingOf({ data: "a\uD800b" }, { data: "c" }).seal(true);

  expect(isAggregated(entry.data)).toBe(true);
  expect(readEntry(entry)).toEqual(["key=a\uFFFDb", "key=c"]);
});
