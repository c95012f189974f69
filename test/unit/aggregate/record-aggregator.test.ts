import { describe, expect, test } from "vitest";

import {
  type AggregatedKinesisRecord,
  InvalidOptionError,
  RecordAggregator,
  RecordFailedError,
} from "../../../src/aggregate/index.js";
import type { UserRecord } from "../../../src/record.js";
import { referenceEncode } from "../../support/protobufjs-reference.js";
import { VECTORS } from "../../support/vectors.js";
import { readEntry } from "../core/placed-records.js";

const MIB = 1024 * 1024;

function failureOf(act: () => unknown): RecordFailedError {
  try {
    act();
  } catch (error) {
    if (error instanceof RecordFailedError) return error;
    throw error;
  }
  throw new Error("did not throw");
}

test.each(VECTORS)("packs the records of a public aggregate into its very bytes: $name", ({ records, bytes }) => {
  const aggregator = new RecordAggregator();

  const outcomes = records.map((record) => aggregator.tryAdd(record));
  const taken = aggregator.take();

  expect(outcomes).toEqual(records.map(() => "added"));
  expect(taken?.data).toEqual(bytes);
  expect(taken?.partitionKey).toBe("a");
});

test("an aggregate carries the hash key of its first record", () => {
  const [byKey, explicit] = [new RecordAggregator(), new RecordAggregator()];
  byKey.tryAdd({ partitionKey: "abcd", data: "1" });
  byKey.tryAdd({ partitionKey: "b", explicitHashKey: 6n, data: "2" });
  explicit.tryAdd({ partitionKey: "abcd", explicitHashKey: 5n, data: "1" });
  explicit.tryAdd({ partitionKey: "b", data: "2" });

  expect(byKey.take()?.explicitHashKey).toBe(String(0xe2fc714c4727ee9395f324cd2e7f331fn));
  expect(explicit.take()?.explicitHashKey).toBe("5");
});

test("a lone record comes out raw, under its own keys", () => {
  const aggregator = new RecordAggregator();

  aggregator.tryAdd({ partitionKey: "k", data: "1" });
  const withoutHashKey = aggregator.take();
  aggregator.tryAdd({ partitionKey: "k", explicitHashKey: "5", data: "1" });

  expect(withoutHashKey).toEqual({ partitionKey: "k", data: Buffer.from("1") });
  expect(aggregator.take()).toEqual({ partitionKey: "k", explicitHashKey: "5", data: Buffer.from("1") });
});

test("a lone record that is an aggregate itself is wrapped, so that readers give it back whole", () => {
  const inner = VECTORS[0]?.bytes as Buffer;
  const aggregator = new RecordAggregator();

  aggregator.tryAdd({ partitionKey: "k", data: inner });
  const taken = aggregator.take();

  expect(taken?.partitionKey).toBe("a");
  expect(readEntry(taken as NonNullable<typeof taken>)).toEqual([`k=${inner}`]);
});

test("tags are in the bytes that the reference writes, and make a lone record an aggregate of one", () => {
  const records = [
    { partitionKey: "k", data: Buffer.from("1"), tags: { trace: "00-ab", "": "東京" } },
    { partitionKey: "other", data: Buffer.from("2") },
  ] as const;
  const aggregator = new RecordAggregator();

  for (const record of records) aggregator.tryAdd(record);
  const both = aggregator.take();
  aggregator.tryAdd(records[0]);
  const alone = aggregator.take();

  expect(both?.data).toEqual(referenceEncode(records));
  expect(alone?.data).toEqual(referenceEncode([records[0]]));
  expect(alone?.partitionKey).toBe("a");
});

test("nothing to take is undefined, before the first record and after the last", () => {
  const aggregator = new RecordAggregator();

  const before = aggregator.take();
  aggregator.tryAdd({ partitionKey: "k", data: "1" });
  aggregator.take();

  expect([before, aggregator.take()]).toEqual([undefined, undefined]);
});

test("a record that does not fit is full until the others are taken", () => {
  const aggregator = new RecordAggregator({ maxBytes: 100 });
  const record = { partitionKey: "k", data: "x".repeat(50) };

  const outcomes = [aggregator.tryAdd(record), aggregator.tryAdd(record)];
  aggregator.take();

  expect([...outcomes, aggregator.tryAdd(record)]).toEqual(["added", "full", "added"]);
});

test.each([
  [70, "added"],
  [71, "added"],
  [72, "too-large"],
])("with room for 100 bytes, data of %d bytes are %s", (bytes, outcome) => {
  const aggregator = new RecordAggregator({ maxBytes: 100 });

  expect(aggregator.tryAdd({ partitionKey: "k", data: new Uint8Array(bytes) })).toBe(outcome);
});

test("bytes are copied: the caller may change its own at once", () => {
  const aggregator = new RecordAggregator();
  const data = Buffer.from("before");

  aggregator.tryAdd({ partitionKey: "k", data });
  data.fill(0);

  expect(aggregator.take()?.data.toString()).toBe("before");
});

describe("a record that breaks a rule", () => {
  test.each([
    ["without key", { data: "x" }, "KP_INVALID_RECORD"],
    ["with an empty key", { partitionKey: "", data: "x" }, "KP_INVALID_RECORD"],
    ["with a hash key that is none", { partitionKey: "k", explicitHashKey: "007", data: "x" }, "KP_INVALID_RECORD"],
    ["without data", { partitionKey: "k" }, "KP_INVALID_RECORD"],
    ["above 10 MiB", { partitionKey: "k", data: new Uint8Array(10 * MIB) }, "KP_RECORD_TOO_LARGE"],
  ])("%s is thrown back, and the others stay", (_, record, code) => {
    const aggregator = new RecordAggregator();
    aggregator.tryAdd({ partitionKey: "good", data: "1" });

    const error = failureOf(() => aggregator.tryAdd(record as UserRecord));

    expect(error.code).toBe(code);
    expect(error.record).toBe(record);
    expect(error.attempts).toEqual([]);
    expect(error.delivery).toBe("none");
    expect(aggregator.take()?.data.toString()).toBe("1");
  });
});

describe("maxBytes", () => {
  test.each([64, 65, 51_200, 10 * MIB - 2, 10 * MIB - 1])("may be %d", (maxBytes) => {
    expect(() => new RecordAggregator({ maxBytes })).not.toThrow();
  });

  test.each([63, 0, -1, 10 * MIB, 100.5, Number.NaN, Number.POSITIVE_INFINITY, "100", null])(
    "may not be %j: with its key an aggregate is at most 10 MiB",
    (maxBytes) => {
      const act = (): unknown => new RecordAggregator({ maxBytes: maxBytes as number });

      expect(act).toThrow(InvalidOptionError);
      expect(act).toThrow(
        `maxBytes must be a whole number from 64 to 10485759, got ${typeof maxBytes === "string" ? `"${maxBytes}"` : maxBytes}`,
      );
    },
  );
});

describe("pack", () => {
  /** Sizes from 1 to 150 bytes under 7 keys, with explicit hash keys and tags among them. */
  const MIXED: UserRecord[] = Array.from({ length: 400 }, (_, i) => ({
    partitionKey: `k${i % 7}`,
    data: Buffer.alloc(1 + ((i * 37) % 150), i),
    ...(i % 11 === 0 ? { explicitHashKey: BigInt(i) } : {}),
    ...(i % 13 === 0 ? { tags: { n: String(i) } } : {}),
  }));

  function oneByOne(records: readonly UserRecord[], maxBytes: number): AggregatedKinesisRecord[] {
    const aggregator = new RecordAggregator({ maxBytes });
    const packed: (AggregatedKinesisRecord | undefined)[] = [];
    for (const record of records) {
      if (aggregator.tryAdd(record) === "added") continue;
      packed.push(aggregator.take());
      expect(aggregator.tryAdd(record)).toBe("added");
    }
    packed.push(aggregator.take());
    return packed.filter((each) => each !== undefined);
  }

  /** Everything that take() still has. */
  function rest(aggregator: RecordAggregator): AggregatedKinesisRecord[] {
    const taken: AggregatedKinesisRecord[] = [];
    for (let next = aggregator.take(); next !== undefined; next = aggregator.take()) taken.push(next);
    return taken;
  }

  test.each([300, 1_000, 51_200])("gives the bytes of tryAdd and take, in aggregates of %i bytes", (maxBytes) => {
    const aggregator = new RecordAggregator({ maxBytes });

    const packed = [...aggregator.pack(MIXED)];

    expect([...packed, ...rest(aggregator)]).toEqual(oneByOne(MIXED, maxBytes));
  });

  test("the last aggregate stays open for the next call", () => {
    const aggregator = new RecordAggregator({ maxBytes: 1_000 });

    const packed = [...aggregator.pack(MIXED.slice(0, 123)), ...aggregator.pack(MIXED.slice(123))];

    expect([...packed, ...rest(aggregator)]).toEqual(oneByOne(MIXED, 1_000));
  });

  test("an iteration that ends early loses nothing, and tryAdd goes on behind it", () => {
    const aggregator = new RecordAggregator({ maxBytes: 300 });
    const source = MIXED[Symbol.iterator]();
    const packed: AggregatedKinesisRecord[] = [];
    for (const each of aggregator.pack({ [Symbol.iterator]: () => ({ next: () => source.next() }) })) {
      packed.push(each);
      if (packed.length === 3) break;
    }

    for (const record of source) expect(aggregator.tryAdd(record)).toBe("added");

    expect([...packed, ...rest(aggregator)]).toEqual(oneByOne(MIXED, 300));
  });

  test("a record that breaks a rule ends the iteration; take() has all records before it", () => {
    const aggregator = new RecordAggregator({ maxBytes: 300 });
    const good = MIXED.slice(0, 50);
    const packed: AggregatedKinesisRecord[] = [];

    const error = failureOf(() => {
      for (const each of aggregator.pack([...good, { partitionKey: "", data: "x" }])) packed.push(each);
    });

    expect(error.code).toBe("KP_INVALID_RECORD");
    expect([...packed, ...rest(aggregator)]).toEqual(oneByOne(good, 300));
  });

  test("a record that no aggregate can hold goes alone, in its place", () => {
    const aggregator = new RecordAggregator({ maxBytes: 100 });
    const records = ["1", "2", "x".repeat(200), "3"].map((data) => ({ partitionKey: "k", data }));

    const packed = [...aggregator.pack(records), ...rest(aggregator)];

    expect(packed.map(readEntry)).toEqual([["k=1", "k=2"], [`k=${"x".repeat(200)}`], ["k=3"]]);
  });
});
