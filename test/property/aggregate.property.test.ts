import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { aggregate, type ShardHashKeyRange } from "../../src/aggregate/index.js";
import { NO_SHARD } from "../../src/core/buffer-budget.js";
import { newAggregator } from "../../src/core/lane/aggregator.js";
import { LaneQueue } from "../../src/core/lane/lane-queue.js";
import type { KinesisRecord } from "../../src/core/ports.js";
import { NEVER_SENT } from "../../src/core/record/delivery-history.js";
import { PendingKinesisRecord } from "../../src/core/record/pending-kinesis-record.js";
import { bufferedBytes, type PlacedRecord } from "../../src/core/record/placed-record.js";
import { MAX_HASH_KEY } from "../../src/quotas.js";
import { MAGIC } from "../../src/wire/aggregated-record.js";
import { openAggregate } from "../../src/wire/decode/aggregate-decoder.js";
import { hashKey } from "../../src/wire/md5/key-hasher.js";
import { encodeTags } from "../../src/wire/record-tags.js";
import { type ArbitraryUserRecord, taggedRecords, userRecords } from "../support/arbitraries.js";
import { md5 } from "../support/proto-bytes.js";
import { referenceEncode } from "../support/protobufjs-reference.js";
import { contents, inWords, readEntry } from "../unit/core/placed-records.js";

/** Data that readers would unpack, and data that only looks like it. */
const aggregateLike = fc.oneof(
  fc.array(userRecords, { minLength: 1, maxLength: 2 }).map((records) => new Uint8Array(referenceEncode(records))),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Uint8Array.of(...MAGIC, ...bytes)),
  fc.constant(Uint8Array.of(...MAGIC)),
);

const anyRecords: fc.Arbitrary<ArbitraryUserRecord> = fc.oneof(
  { weight: 5, arbitrary: taggedRecords },
  { weight: 1, arbitrary: fc.tuple(taggedRecords, aggregateLike).map(([record, data]) => ({ ...record, data })) },
);

function placed(record: ArbitraryUserRecord, settler: unknown = undefined, acceptedAt = 0): PlacedRecord {
  const { partitionKey, explicitHashKey, data, tags } = record;
  const sized = {
    key: hashKey(partitionKey),
    data,
    dataBytes: data.length,
    tags: tags === undefined ? undefined : encodeTags(tags),
  };
  const told = { settler, acceptedAt, generation: 0, budget: NO_SHARD };
  return { ...sized, ...told, explicitHashKey, bufferedBytes: bufferedBytes(sized) };
}

function hashOf({ partitionKey, explicitHashKey }: ArbitraryUserRecord): bigint {
  return explicitHashKey === undefined
    ? BigInt(`0x${md5(Buffer.from(partitionKey)).toString("hex")}`)
    : BigInt(explicitHashKey);
}

function inOneWord(record: ArbitraryUserRecord): string {
  return inWords(placed(record));
}

/** An entry with its data as text, one character per byte: `toEqual` walks typed arrays element by element. */
function comparable(entry: KinesisRecord): object {
  return { ...entry, data: Buffer.from(entry.data).toString("latin1") };
}

/** Bytes of an entry that Kinesis counts. */
function entryBytes(entry: KinesisRecord): number {
  return entry.data.length + Buffer.byteLength(entry.partitionKey ?? "");
}

/** Ranges that begin at these hash keys. */
function rangesAt(starts: readonly bigint[]): ShardHashKeyRange[] {
  const sorted = [0n, ...starts].sort((a, b) => (a < b ? -1 : 1));
  return sorted.map((start, i) => ({
    startingHashKey: String(start),
    endingHashKey: String((sorted[i + 1] ?? MAX_HASH_KEY + 1n) - 1n),
  }));
}

const shardRanges = fc
  .uniqueArray(fc.bigInt({ min: 1n, max: MAX_HASH_KEY }), { maxLength: 8 })
  .map((starts) => rangesAt(starts));

describe("a pending Kinesis record", () => {
  test("has the bytes of the entry it is sealed into, before and after, with any record alone or among others", () => {
    fc.assert(
      fc.property(fc.array(anyRecords, { minLength: 1, maxLength: 6 }), (records) => {
        const [first, ...rest] = records.map((record) => placed(record)) as [PlacedRecord, ...PlacedRecord[]];
        const pending = PendingKinesisRecord.begin(first, 51_200, NEVER_SENT);
        for (const next of [undefined, ...rest]) {
          if (next !== undefined) pending.tryAdd(next, NEVER_SENT);
          const before = pending.wireBytes;
          const entry = pending.seal(true);

          expect(entryBytes(entry)).toBe(before);
          expect(pending.wireBytes).toBe(before);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test("is opened by readers into its records, be it one that is an aggregate itself", () => {
    fc.assert(
      fc.property(fc.array(anyRecords, { minLength: 1, maxLength: 4 }), (records) => {
        const [first, ...rest] = records.map((record) => placed(record)) as [PlacedRecord, ...PlacedRecord[]];
        const pending = PendingKinesisRecord.begin(first, 1_000_000, NEVER_SENT);
        for (const next of rest) pending.tryAdd(next, NEVER_SENT);

        expect(readEntry(pending.seal(true))).toEqual(records.map(inOneWord));
        expect(contents(pending)).toEqual(records.map(inOneWord));
      }),
      { numRuns: 500 },
    );
  });

  test("without some of its records is what the rest alone would make", () => {
    const cases = fc.array(fc.tuple(anyRecords, fc.boolean()), { minLength: 1, maxLength: 10 });

    fc.assert(
      fc.property(cases, (members) => {
        fc.pre(members.some(([, stays]) => stays));
        const make = (records: readonly ArbitraryUserRecord[]): PendingKinesisRecord => {
          const [first, ...rest] = records.map((record, i) => placed(record, `s${i}`)) as [
            PlacedRecord,
            ...PlacedRecord[],
          ];
          const pending = PendingKinesisRecord.begin(first, 1_000_000, NEVER_SENT);
          for (const next of rest) pending.tryAdd(next, NEVER_SENT);
          return pending;
        };
        const pending = make(members.map(([record]) => record));
        const rest = make(members.flatMap(([record, stays]) => (stays ? [record] : [])));

        for (const [i, [record, stays]] of members.entries()) {
          if (!stays) pending.markGone(i, bufferedBytes(placed(record)));
        }
        pending.compact();

        expect([pending.count, pending.liveCount, pending.liveBytes]).toEqual([rest.count, rest.count, rest.liveBytes]);
        expect(pending.hasOneKey).toBe(rest.hasOneKey);
        expect(comparable(pending.seal(true))).toEqual(comparable(rest.seal(true)));
        const settlers = members.flatMap(([, stays], i) => (stays ? [`s${i}`] : []));
        expect(settlers.map((_, i) => pending.settlerAt(i))).toEqual(settlers);
      }),
      { numRuns: 500 },
    );
  });
});

describe("a lane's queue", () => {
  test("neither loses nor duplicates a record, keeps the order, and knows its bytes, however it packs", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("shard", "none"),
        fc.integer({ min: 64, max: 2_000 }),
        fc.integer({ min: 1, max: 10 }),
        fc.array(fc.tuple(anyRecords, fc.nat({ max: 9 })), { maxLength: 40 }),
        (packing, maxBytes, maxCount, steps) => {
          const queue = new LaneQueue(newAggregator(packing as "shard" | "none", { maxBytes, maxCount }));
          const out: PendingKinesisRecord[] = [];
          for (const [i, [record, choice]] of steps.entries()) {
            queue.add(placed(record, i, i));
            if (choice === 0) queue.complete();
            if (choice === 1) queue.requeue(queue.takeAll());
            if (choice === 2) {
              const front = queue.front(0, Number.POSITIVE_INFINITY, 0);
              if (front !== undefined) out.push(front);
              queue.takeFront();
            }
          }
          const bytes = queue.bytes;
          const left = queue.takeAll();
          out.push(...left);

          expect(bytes).toBe(left.reduce((sum, each) => sum + each.wireBytes, 0));
          const order = out.flatMap((pending) => Array.from({ length: pending.count }, (_, i) => pending.settlerAt(i)));
          expect(order).toEqual(steps.map((_, i) => i));
          expect(out.flatMap(contents)).toEqual(steps.map(([record]) => inOneWord(record)));
          for (const pending of out) {
            expect(pending.count).toBeLessThanOrEqual(packing === "none" ? 1 : maxCount);
            if (pending.count > 1) expect(pending.seal(true).data.length).toBeLessThanOrEqual(maxBytes);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("aggregate()", () => {
  const options = fc.record({
    maxBytes: fc.integer({ min: 64, max: 3_000 }),
    shards: fc.option(shardRanges, { nil: undefined }),
  });

  /** The shard, or the key, of a record. */
  function groupOf(record: ArbitraryUserRecord, shards: readonly ShardHashKeyRange[] | undefined): string {
    if (shards === undefined) return String(hashOf(record));
    const hash = hashOf(record);
    return String(shards.findIndex((shard) => hash <= BigInt(shard.endingHashKey)));
  }

  test("never mixes shards, or keys where no shards are given, and keeps the order within them", () => {
    fc.assert(
      fc.property(fc.array(anyRecords, { maxLength: 30 }), options, (records, { maxBytes, shards }) => {
        const packed = [...aggregate(records, shards === undefined ? { maxBytes } : { maxBytes, shards })];

        const groups = new Map<string, string[]>();
        for (const record of records) {
          const group = groupOf(record, shards);
          groups.set(group, [...(groups.get(group) ?? []), inOneWord(record)]);
        }
        const wordGroups = new Map(records.map((record) => [inOneWord(record), groupOf(record, shards)]));
        const out = new Map<string, string[]>();
        for (const entry of packed) {
          const words = readEntry(entry);
          const groupsInside = new Set(words.map((word) => wordGroups.get(word)));
          expect(groupsInside.size).toBe(1);
          const [group] = groupsInside as Set<string>;
          out.set(group as string, [...(out.get(group as string) ?? []), ...words]);
        }
        expect(Object.fromEntries(out)).toEqual(Object.fromEntries(groups));
      }),
      { numRuns: 500 },
    );
  });

  test("sends every entry to the shard of all its records", () => {
    fc.assert(
      fc.property(fc.array(anyRecords, { maxLength: 20 }), shardRanges, (records, shards) => {
        for (const entry of aggregate(records, { shards })) {
          const sentTo = groupOf({ ...entry, data: entry.data }, shards);
          const aggregated = openAggregate(entry.data, true);
          for (let i = 0; i < (aggregated?.recordCount ?? 0); i++) {
            const explicitHashKey = aggregated?.explicitHashKeyOf(i);
            const member = {
              partitionKey: aggregated?.keyOf(i) as string,
              ...(explicitHashKey === undefined ? {} : { explicitHashKey }),
              data: new Uint8Array(0),
            };
            expect(groupOf(member, shards)).toBe(sentTo);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test("passes its limit only with what is alone", () => {
    fc.assert(
      fc.property(fc.array(anyRecords, { maxLength: 30 }), options, (records, { maxBytes, shards }) => {
        for (const entry of aggregate(records, shards === undefined ? { maxBytes } : { maxBytes, shards })) {
          if (entry.data.length > maxBytes) expect(readEntry(entry).length).toBe(1);
        }
      }),
      { numRuns: 300 },
    );
  });
});
