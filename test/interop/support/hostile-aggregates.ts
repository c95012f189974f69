/**
 * Valid and invalid aggregates, for readers that must agree about their user records: good ones of random user records,
 * messages of random fields, and both with bytes changed, removed or inserted. The same in every run.
 *
 * @module
 */
import fc from "fast-check";
import { MAGIC } from "../../../src/wire/aggregated-record.js";
import { type ArbitraryUserRecord, userRecords } from "../../support/arbitraries.js";
import {
  aggregateOf,
  bytesField,
  group,
  hashKeys,
  keys,
  md5,
  nestedGroups,
  record,
  recordOf,
  tag,
  varint,
  varintField,
} from "../../support/proto-bytes.js";

/** The message of an aggregate in the form of encoders. */
function goodBody(records: readonly ArbitraryUserRecord[]): Buffer {
  const names = [...new Set(records.map(({ partitionKey }) => partitionKey))];
  const hashes = [...new Set(records.flatMap(({ explicitHashKey }) => explicitHashKey ?? []))];
  return Buffer.concat([
    keys(...names),
    hashKeys(...hashes),
    ...records.map(({ partitionKey, explicitHashKey, data }) =>
      record(
        names.indexOf(partitionKey),
        data,
        explicitHashKey === undefined ? undefined : hashes.indexOf(explicitHashKey),
      ),
    ),
  ]);
}

const goodBodies = fc.array(userRecords, { minLength: 0, maxLength: 8, size: "max" }).map(goodBody);

/** Valid explicit hash keys, and texts that Java's BigInteger may accept or refuse. */
const oddHashKeys = fc.oneof(
  fc.constantFrom("", "+", "-", "-0", "+5", "-5", "007", " 1", "1 ", "1.0", "1e3", "0x1", "٣", "１２", "𝟙", "१", "+-1"),
  fc.constantFrom(2n ** 128n - 1n, 2n ** 128n, 2n ** 129n, -(2n ** 128n)).map(String),
  fc.nat({ max: 60 }).map((length) => "0".repeat(length) + "9".repeat(60 - length)),
  fc.string({ maxLength: 4, unit: "binary" }),
);

const bytes = fc.uint8Array({ maxLength: 6 });
/** Indexes in the table, next to it, far outside, and beyond 32 bits. */
const indexes = fc.oneof(
  { weight: 6, arbitrary: fc.bigInt({ min: 0n, max: 2n }) },
  { weight: 1, arbitrary: fc.constantFrom(3n, 4n, 255n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n, 2n ** 32n + 1n) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) },
);

const unknown = fc.oneof(
  fc
    .tuple(fc.integer({ min: 0, max: 2 ** 29 - 1 }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
    .map(([field, value]) => varintField(field, value)),
  fc.tuple(fc.integer({ min: 4, max: 40 }), bytes).map(([field, content]) => bytesField(field, content)),
  fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 7 })).map(([field, type]) => tag(field, type)),
  fc.constantFrom(1, 5, 99, 100, 101).map(nestedGroups),
  fc.tuple(fc.integer({ min: 1, max: 9 }), bytes).map(([field, content]) => group(field, bytesField(1, content))),
  fc.uint8Array({ minLength: 8, maxLength: 8 }).map((fixed) => Buffer.concat([tag(7, 1), fixed])),
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map((fixed) => Buffer.concat([tag(7, 5), fixed])),
);

const tagFields = fc.oneof(
  fc.tuple(bytes, bytes).map(([key, value]) => bytesField(4, bytesField(1, key), bytesField(2, value))),
  fc.constant(bytesField(4, bytesField(2, "no key"))),
);

const recordParts = fc.oneof(
  { weight: 4, arbitrary: indexes.map((index) => varintField(1, index)) },
  { weight: 2, arbitrary: indexes.map((index) => varintField(2, index)) },
  { weight: 4, arbitrary: bytes.map((content) => bytesField(3, content)) },
  { weight: 1, arbitrary: tagFields },
  { weight: 1, arbitrary: unknown },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 11 }).map((length) => varintField(1, 1, length)) },
  { weight: 1, arbitrary: fc.constantFrom(bytesField(1, "x"), varintField(3, 1), group(1, varintField(1, 1))) },
);

const wholeRecords = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(indexes, bytes, fc.option(indexes, { nil: undefined, freq: 3 }))
      .map(([key, data, hashKey]) => record(key, data, hashKey)),
  },
  { weight: 1, arbitrary: fc.array(recordParts, { maxLength: 5 }).map((parts) => recordOf(...parts)) },
  {
    weight: 2,
    arbitrary: fc
      .array(recordParts, { maxLength: 3 })
      .map((parts) => recordOf(varintField(1, 0), bytesField(3, "x"), ...parts)),
  },
);

const tables = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 4 }).map((key) => keys(key)) },
  { weight: 1, arbitrary: bytes.map((key) => keys(key)) },
  { weight: 2, arbitrary: fc.nat({ max: 9 }).map((key) => hashKeys(String(key))) },
  { weight: 2, arbitrary: oddHashKeys.map((key) => hashKeys(key)) },
);

/** Mostly valid tables and records, in any order, with some unusual fields. */
const oddBodies = fc
  .tuple(
    fc.array(fc.oneof({ weight: 3, arbitrary: tables }, { weight: 6, arbitrary: wholeRecords }), { maxLength: 8 }),
    fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(unknown, { maxLength: 1 }) }),
    fc.nat({ max: 3 }),
  )
  .map(([fields, odd, place]) =>
    Buffer.concat([keys("a", "b"), hashKeys("1", "2"), ...fields.toSpliced(place, 0, ...odd)]),
  );

/** Changes of bytes. */
const changes = fc.oneof(
  fc.record({ kind: fc.constant("flip" as const), at: fc.nat(), bit: fc.nat({ max: 7 }) }),
  fc.record({ kind: fc.constant("set" as const), at: fc.nat(), bytes: fc.uint8Array({ minLength: 1, maxLength: 2 }) }),
  fc.record({
    kind: fc.constant("insert" as const),
    at: fc.nat(),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant("remove" as const), at: fc.nat(), length: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ kind: fc.constant("cut" as const), at: fc.nat() }),
  fc.record({ kind: fc.constant("double" as const) }),
  fc.record({ kind: fc.constant("long" as const), at: fc.nat(), value: fc.integer({ min: 0, max: 300 }) }),
);

type Change = typeof changes extends fc.Arbitrary<infer Kind> ? Kind : never;

function changed(body: Buffer, change: Change): Buffer {
  if (change.kind === "double") return Buffer.concat([body, body]);
  const at = change.at % (body.length + 1);
  const [before, after] = [body.subarray(0, at), body.subarray(at)];
  switch (change.kind) {
    case "flip":
      return Buffer.concat([before, after.map((byte, i) => (i === 0 ? byte ^ (1 << change.bit) : byte))]);
    case "set":
      return Buffer.concat([before, change.bytes, after.subarray(change.bytes.length)]);
    case "insert":
      return Buffer.concat([before, change.bytes, after]);
    case "remove":
      return Buffer.concat([before, after.subarray(change.length)]);
    case "cut":
      return before;
    case "long":
      return Buffer.concat([before, varint(change.value, 1 + (change.value % 10)), after]);
  }
}

const bodies = fc.oneof({ weight: 1, arbitrary: goodBodies }, { weight: 2, arbitrary: oddBodies });

const changedBodies = fc
  .tuple(bodies, fc.array(changes, { minLength: 1, maxLength: 2 }))
  .map(([body, list]) => list.reduce(changed, body));

/** The frame of the message: correct, or with changed bytes too. */
const records = fc.oneof(
  { weight: 8, arbitrary: bodies.map((body) => aggregateOf(body)) },
  { weight: 6, arbitrary: changedBodies.map((body) => aggregateOf(body)) },
  { weight: 1, arbitrary: fc.tuple(bodies, changes).map(([body, change]) => changed(aggregateOf(body), change)) },
  {
    weight: 1,
    arbitrary: bodies.map((body) =>
      Buffer.concat([Buffer.from(MAGIC), body, md5(Buffer.from(md5(body).toString("hex")))]),
    ),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((rest) => Buffer.concat([Buffer.from(MAGIC), rest])) },
);

/** The data of `count` Kinesis records. */
export function hostileAggregates(count: number, seed: number): Buffer[] {
  return fc.sample(records, { numRuns: count, seed });
}
