import { beforeEach, describe, expect, test } from "vitest";
import { copyChecked, type PlacedRecord } from "../../../../src/core/record/placed-record.js";
import {
  KEY_MISSING,
  RecordChecker,
  type RecordProblem,
  sizeProblem,
} from "../../../../src/core/record/record-check.js";
import { RecordIds } from "../../../../src/core/record/record-ids.js";
import { MAX_HASH_KEY } from "../../../../src/quotas.js";
import type { UserRecord } from "../../../../src/record.js";
import { encodeTags, readTags } from "../../../../src/wire/record-tags.js";

const MIB = 1024 * 1024;

let checker: RecordChecker;
let into: PlacedRecord;

beforeEach(() => {
  checker = new RecordChecker();
  into = checker.checked;
});

function check(record: object | null | undefined | string | number, maxRecordBytes = MIB): RecordProblem | undefined {
  return checker.check(record as UserRecord) ?? sizeProblem(into, maxRecordBytes);
}

function messageOf(record: object | null | undefined | string | number, maxRecordBytes?: number): string {
  const problem = check(record, maxRecordBytes);
  return `${problem?.code}: ${problem?.message}`;
}

describe("a good record", () => {
  test("leaves its parts and their sizes", () => {
    const data = new Uint8Array([1, 2, 3]);

    const problem = check({ partitionKey: "user-17", explicitHashKey: "5", data });

    expect(problem).toBeUndefined();
    expect(into).toMatchObject({ key: { text: "user-17", bytes: 7 }, explicitHashKey: "5", dataBytes: 3 });
    expect(into.data).toBe(data);
  });

  test("sizes of text are in UTF-8 bytes", () => {
    check({ partitionKey: "東京", data: "zürich 𝒳" });

    expect(into.key.bytes).toBe(6);
    expect(into.dataBytes).toBe(12);
  });

  test("leaves nothing of the record before it", () => {
    check({ partitionKey: "first", explicitHashKey: 7n, data: "first" });

    check({ data: "" });

    expect(into).toMatchObject({ key: { text: "", bytes: 0 }, explicitHashKey: undefined, data: "", dataBytes: 0 });
  });

  test("may have no data, no key, and bytes in a Buffer", () => {
    expect(check({ partitionKey: "k", data: new Uint8Array(0) })).toBeUndefined();
    expect(check({ data: "x" })).toBeUndefined();
    expect(check({ partitionKey: "k", data: Buffer.from("xy") })).toBeUndefined();
  });

  test("is a view of its buffer: only the bytes of the view count", () => {
    check({ partitionKey: "k", data: new Uint8Array(new ArrayBuffer(100), 10, 20) });

    expect(into.dataBytes).toBe(20);
  });
});

describe("the partition key", () => {
  test.each(["x", "x".repeat(255), "x".repeat(256), "東".repeat(256), "𝒳".repeat(128)])(
    "may have 1 to 256 UTF-16 code units: %j",
    (partitionKey) => {
      expect(check({ partitionKey, data: "" })).toBeUndefined();
    },
  );

  test.each([
    ["", 0],
    ["x".repeat(257), 257],
    [`${"𝒳".repeat(128)}x`, 257],
  ])("of another length is refused: %j", (partitionKey, length) => {
    expect(messageOf({ partitionKey, data: "" })).toBe(
      `KP_INVALID_RECORD: partitionKey must have 1 to 256 UTF-16 code units, got ${length}`,
    );
  });

  test.each([
    ["\uD800", "\uFFFD"],
    ["a\uDFFFb", "a\uFFFDb"],
    ["\uDC00\uD800", "\uFFFD\uFFFD"],
  ])("has U+FFFD for a lone surrogate: %j", (partitionKey, wellFormed) => {
    const problem = check({ partitionKey, data: "" });

    expect(problem).toBeUndefined();
    expect(into.key.text).toBe(wellFormed);
    expect(into.key.bytes).toBe(Buffer.byteLength(wellFormed));
  });

  test.each([
    [null, "null"],
    [5, "5"],
    [true, "true"],
    [{}, "an object"],
    [Buffer.from("k"), "an object"],
    [Symbol("k"), "Symbol(k)"],
  ])("must be a string, not %o", (partitionKey, shown) => {
    expect(messageOf({ partitionKey, data: "" })).toBe(
      `KP_INVALID_RECORD: partitionKey must be a string, got ${shown}`,
    );
  });
});

describe("the explicit hash key", () => {
  test.each(["0", "1", "9", "10", String(MAX_HASH_KEY - 1n), String(MAX_HASH_KEY)])("may be %j", (explicitHashKey) => {
    const problems = [
      check({ partitionKey: "k", explicitHashKey, data: "" }),
      check({ partitionKey: "k", explicitHashKey: BigInt(explicitHashKey), data: "" }),
    ];

    expect(problems).toEqual([undefined, undefined]);
    expect(into.explicitHashKey).toBe(explicitHashKey);
  });

  test.each([
    [String(MAX_HASH_KEY + 1n)],
    [MAX_HASH_KEY + 1n],
    [-1n],
    ["-1"],
    ["007"],
    ["00"],
    ["+1"],
    ["1e3"],
    ["1.0"],
    ["0x1"],
    [" 1"],
    ["1\n"],
    [""],
    ["٣"],
    ["१"],
    ["1".repeat(40)],
    [5],
    [null],
    [true],
    [{}],
  ])("may not be %o", (explicitHashKey) => {
    expect(messageOf({ partitionKey: "k", explicitHashKey, data: "" })).toMatch(
      /^KP_INVALID_RECORD: explicitHashKey must be a decimal number from 0 to 2\^128-1 without leading zeros, got /,
    );
  });

  test("that is refused is shown as it is, cut short when it is long", () => {
    expect(messageOf({ partitionKey: "k", explicitHashKey: "007", data: "" })).toMatch(/got "007"$/);
    expect(messageOf({ partitionKey: "k", explicitHashKey: -1n, data: "" })).toMatch(/got -1$/);
    expect(messageOf({ partitionKey: "k", explicitHashKey: "x".repeat(1e6), data: "" }).length).toBeLessThan(300);
  });
});

describe("the data", () => {
  test.each([
    [undefined, "undefined"],
    [null, "null"],
    [5, "5"],
    [[1, 2], "an array"],
    [new ArrayBuffer(2), "an object"],
    [new Uint16Array(2), "an object"],
    [new DataView(new ArrayBuffer(2)), "an object"],
    [{ type: "Buffer", data: [] }, "an object"],
  ])("must be a Uint8Array or a string, not %o", (data, shown) => {
    expect(messageOf({ partitionKey: "k", data })).toBe(
      `KP_INVALID_RECORD: data must be a Uint8Array or a string, got ${shown}`,
    );
  });
});

describe("the size", () => {
  test.each([
    [-1, undefined],
    [0, undefined],
    [1, "KP_RECORD_TOO_LARGE"],
  ])("of key and data together may be the limit: %d more is %j", (more, code) => {
    const data = new Uint8Array(MIB - 6 + more);

    expect(check({ partitionKey: "東京", data })?.code).toBe(code);
  });

  test.each([
    [-1, undefined],
    [0, undefined],
    [1, "KP_RECORD_TOO_LARGE"],
  ])("of text counts in UTF-8 bytes: %d more than the limit is %j", (more, code) => {
    const data = `${"é".repeat(400)}${"x".repeat(200 - 1 + more)}`;

    expect(check({ partitionKey: "k", data }, 1_000)?.code).toBe(code);
  });

  test("is named with the limit and its parts", () => {
    const problem = {
      code: "KP_RECORD_TOO_LARGE",
      message: "the record has 7 bytes (partition key 2, data 5); the stream takes at most 6",
    };

    expect(check({ partitionKey: "ab", data: "12345" }, 6)).toEqual(problem);
    expect(sizeProblem(into, 6)).toEqual(problem);
    expect(sizeProblem(into, 7)).toBeUndefined();
  });
});

describe("tags", () => {
  test("are left as the bytes that go into the aggregate", () => {
    expect(check({ partitionKey: "k", data: "x", tags: { a: "1", b: "" } })).toBeUndefined();

    expect(into.tags).toEqual(encodeTags({ a: "1", b: "" }));
  });

  test.each([
    ["absent", {}],
    ["none", { tags: {} }],
  ])("that are %s leave nothing, and nothing of the record before", (_, tags) => {
    check({ partitionKey: "k", data: "x", tags: { a: "1" } });

    expect(check({ partitionKey: "k", data: "x", ...tags })).toBeUndefined();
    expect(into.tags).toBeUndefined();
  });

  test("are refused with name and value", () => {
    expect(check({ partitionKey: "k", data: "x", tags: { a: 1 } })).toEqual({
      code: "KP_INVALID_RECORD",
      message: 'tags["a"] must be a string, got 1',
    });
  });

  test("hold the id of a record, its own or one that is made", () => {
    const checker = new RecordChecker(new RecordIds(() => 0));
    const made = (record: object): unknown => {
      checker.check({ partitionKey: "k", data: "x", ...record });
      return readTags(checker.checked.tags as Uint8Array);
    };

    expect(made({})).toEqual({ recordId: "AAAAAAAAAAAAA" });
    expect(made({ recordId: "mine" })).toEqual({ recordId: "mine" });
    expect(made({ tags: { a: "1" } })).toEqual({ tags: { a: "1" }, recordId: "AAAAAAAAAAAAB" });
  });

  test("of a copy do not change with the next record's id", () => {
    const checker = new RecordChecker(new RecordIds(() => 0));
    checker.check({ partitionKey: "k", data: "x" });
    const copy = copyChecked(checker.checked);

    checker.check({ partitionKey: "k", data: "x" });

    expect(readTags(copy.tags as Uint8Array)).toEqual({ recordId: "AAAAAAAAAAAAA" });
  });

  test("count with the envelope they need: up to the limit, and not a byte more", () => {
    const record = { partitionKey: "ab", data: "12345", tags: { a: "1" } };
    // Magic, digest and key `a`; the table entry; the record's header, index, data and tag.
    const bytes = 20 + 1 + 4 + (2 + 2 + 7 + 8);

    expect(check(record, bytes + 1)).toBeUndefined();
    expect(check(record, bytes)).toBeUndefined();
    expect(check(record, bytes - 1)).toEqual({
      code: "KP_RECORD_TOO_LARGE",
      message: `the record has ${bytes} bytes (partition key 2, data 5, tags 8, and the envelope that tags need); the stream takes at most ${bytes - 1}`,
    });
  });

  test("stay with a copy of the record", () => {
    check({ partitionKey: "k", data: "x", tags: { a: "1" } });

    expect(readTags(copyChecked(into).tags as Uint8Array)).toEqual({ tags: { a: "1" } });
  });
});

test.each([
  [null, "null"],
  [undefined, "undefined"],
  ["text", '"text"'],
  [5, "5"],
])("%o is no record", (record, shown) => {
  expect(messageOf(record)).toBe(
    `KP_INVALID_RECORD: a record must be an object with partitionKey and data, got ${shown}`,
  );
});

test("a copy outlives the next check", () => {
  check({ partitionKey: "first", explicitHashKey: 7n, data: "data" });

  const copy = copyChecked(into);
  check({ partitionKey: "second", data: "" });

  expect(copy).toMatchObject({ key: { text: "first", bytes: 5 }, explicitHashKey: "7", data: "data", dataBytes: 4 });
});

test("a missing key is reported with the streams where it may be missing", () => {
  expect(KEY_MISSING.code).toBe("KP_INVALID_RECORD");
  expect(KEY_MISSING.message).toContain("AUTO");
});

describe("a field that no record has", () => {
  const STRAY = { partitionKey: "k", data: "x", explicitHashkey: "1" } as UserRecord;
  const GOOD: UserRecord = { partitionKey: "k", data: "x" };
  const messageBy = (checker: RecordChecker, record: UserRecord): string | undefined => checker.check(record)?.message;

  test("is the record's problem, before it counts for anything else", () => {
    const problem = new RecordChecker().check(STRAY);

    expect(problem).toEqual({
      code: "KP_INVALID_RECORD",
      message: "a record has no field explicitHashkey; did you mean explicitHashKey?",
    });
  });

  test("is looked for in the first 1,000 records", () => {
    const checker = new RecordChecker();
    for (let i = 0; i < 999; i++) checker.check(GOOD);

    expect(messageBy(checker, STRAY)).toContain("explicitHashkey");
    expect(messageBy(checker, STRAY)).toBeUndefined();
  });

  test("is looked for, however late, in a record without key, and in one that is refused anyway", () => {
    const checker = new RecordChecker();
    for (let i = 0; i < 1_000; i++) checker.check(GOOD);

    expect(messageBy(checker, { PartitionKey: "k", data: "x" } as UserRecord)).toBe(
      "a record has no field PartitionKey; did you mean partitionKey?",
    );
    expect(messageBy(checker, { partitionKey: "k", Data: "x" } as never)).toBe(
      "data must be a Uint8Array or a string, got undefined; a record has no field Data; did you mean data?",
    );
  });

  test("of a Proxy that throws when it is asked for its names is no way out of the check", () => {
    const record = new Proxy(GOOD, {
      ownKeys: () => {
        throw new Error("no names");
      },
    });

    expect(messageBy(new RecordChecker(), record)).toContain("the record cannot be read");
  });
});

test("a Proxy that has another record checked while a hint is looked for does not lose its own stream", () => {
  const checker = new RecordChecker();
  for (let i = 0; i < 1_000; i++) checker.check({ partitionKey: "k", data: "x" });
  const record = new Proxy({ partitionKey: "k", data: 5, streamName: "orders" } as unknown as UserRecord, {
    ownKeys: (target) => {
      checker.check({ partitionKey: "k", data: "x", streamName: "clicks" });
      return Reflect.ownKeys(target);
    },
  });

  expect(checker.check(record)?.code).toBe("KP_INVALID_RECORD");
  expect(checker.streamName).toBe("orders");
});
