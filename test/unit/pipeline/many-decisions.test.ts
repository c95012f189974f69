import { describe, expect, onTestFinished, test, vi } from "vitest";

import { PendingKinesisRecord } from "../../../src/core/record/pending-kinesis-record.js";
import { Ring } from "../../../src/core/record/ring.js";
import { evenShards } from "../../../src/testing/even-shards.js";
import type { ManualClock } from "../../../src/testing/manual-clock.js";
import { acceptByRange } from "../../../src/testing/scripted-answers.js";
import { countTurns } from "../../support/count-turns.js";
import { type CountingProducer, counting, MANY } from "../../support/counting-producer.js";
import { STREAM, textsOf, virtualProducer } from "../../support/virtual-producer.js";

const HALF = MANY / 2;
/** The most records decided in one turn of the event loop. The same figures as for reports: see many-outcomes. */
const MOST_FAILURES = 4_000;
const MOST_KEYS = 64_000;

/** Adds up by turn of the event loop how many user records a method has to do with, from its first call on until something is over. */
function workByTurn(
  clock: ManualClock,
  method: "records" | "keyNames",
  isOver: () => boolean,
  onTurn: () => void = () => undefined,
): { readonly most: number } {
  const work = { now: 0, all: 0, most: 0 };
  const original = PendingKinesisRecord.prototype[method] as () => never;
  const spy = vi.spyOn(PendingKinesisRecord.prototype, method);
  onTestFinished(() => spy.mockRestore());
  const endTurn = (): void => {
    work.most = Math.max(work.most, work.now);
    work.now = 0;
    onTurn();
  };
  spy.mockImplementation(function (this: PendingKinesisRecord) {
    if (work.all === 0) countTurns(clock, isOver, endTurn);
    work.now += this.count;
    work.all += this.count;
    return original.call(this);
  });
  return work;
}

describe("what is decided of 100,000 records", () => {
  /** A producer with as many old records as young ones in each of its aggregates, a moment before the old ones expire. */
  async function halfExpiring(): Promise<CountingProducer> {
    const shardLimits = { bytesPerSecond: 1e9, recordsPerSecond: 1e9 };
    const made = counting({ aggregation: "reshard-safe", shardLimits }, HALF);
    made.directory.listings.always("hold");
    for (const data of ["old", "young"]) {
      for (let i = 0; i < HALF; i++) made.producer.enqueue({ partitionKey: `k${i % 500}`, data });
      await made.clock.advanceAsync(data === "old" ? 5_000 : 4_999);
    }
    return made;
  }

  test("is decided in slices where part of each aggregate expires", async () => {
    const { clock, count } = await halfExpiring();
    const read = workByTurn(clock, "records", () => count.all >= HALF);

    await clock.advanceAsync(1);

    expect(count.all).toBe(HALF);
    expect(read.most).toBeGreaterThan(0);
    // Once to find those that have expired, once to leave them out.
    expect(read.most).toBeLessThanOrEqual(2 * (MOST_FAILURES + 200));
  }, 30_000);

  test("does not go, where it has expired and its slice is to come", async () => {
    const { clock, count, directory, transport } = await halfExpiring();
    const isOver = (): boolean => count.all >= HALF;
    workByTurn(clock, "records", isOver, () => {
      for (const held of [...directory.listings.held]) held.answer();
    });

    await clock.advanceAsync(1);
    await clock.advanceAsync(1_000);

    const sent = transport.requests.flatMap(({ entries }) => entries.flatMap(textsOf));
    expect(sent).toHaveLength(HALF);
    expect(new Set(sent)).toEqual(new Set(["young"]));
    expect(count.all).toBe(MANY);
  }, 30_000);

  test("is decided in slices where the keys of what expires are looked at", async () => {
    const { producer, clock, directory, count } = counting({ ordering: "shard", onOrderedFailure: "failKey" });
    directory.listings.always("hold");
    for (let i = 0; i < MANY; i++) producer.enqueue({ partitionKey: `k${i}`, data: "x" });
    await clock.advanceAsync(9_999);
    const looked = workByTurn(clock, "keyNames", () => count.all >= MANY);

    await clock.advanceAsync(1);

    expect(count.all).toBe(MANY);
    expect(looked.most).toBeGreaterThan(0);
    expect(looked.most).toBeLessThanOrEqual(MOST_KEYS + 2_000);
  }, 30_000);

  test("is decided in slices where it follows what has failed", async () => {
    const { clock, producer, directory, count } = counting(
      { ordering: "shard", onOrderedFailure: "failKey" },
      MANY - 100,
    );
    directory.listings.always("hold");
    for (let i = 0; i < 10_000; i++) producer.enqueue({ partitionKey: `k${i}`, data: "x" });
    await clock.advanceAsync(5_000);
    for (let i = 0; i < MANY - 10_100; i++) producer.enqueue({ partitionKey: `k${i % 10_000}`, data: "x" });
    for (let i = 0; i < 100; i++) producer.enqueue({ partitionKey: `other ${i}`, data: "x" });
    await clock.advanceAsync(4_999);
    const looked = workByTurn(clock, "keyNames", () => count.all >= MANY - 100);

    await clock.advanceAsync(1);

    expect(count.all).toBe(MANY - 100);
    expect(producer.stats().outstandingRecords).toBe(100);
    // Once to find those that follow, once to see that all in an aggregate do.
    expect(looked.most).toBeLessThanOrEqual(2 * (MOST_KEYS + 2_000));
  }, 30_000);

  test.each([
    ["by themselves", { aggregation: false }],
    ["of keys that fail with each other", { ordering: "shard", onOrderedFailure: "failKey" }],
  ] as const)(
    "%s is decided by close without a look at each",
    async (_, options) => {
      let atFirst: number | undefined;
      const { producer, clock, directory, count, add, fill } = counting({
        ...options,
        onDelivery: ({ length }) => {
          atFirst ??= shift.mock.calls.length;
          add(length);
        },
      });
      directory.listings.always("hold");
      fill();
      const shift = vi.spyOn(Ring.prototype, "shift");
      onTestFinished(() => shift.mockRestore());
      const read = workByTurn(clock, "records", () => count.all >= MANY);

      void producer.close({ timeoutMs: 0 });
      await clock.advanceAsync(0);

      expect(count.all).toBe(MANY);
      expect(atFirst).toBeLessThanOrEqual(100);
      expect(read.most).toBe(0);
    },
    30_000,
  );
});

test("150,000 records by themselves find new shards when the map is replaced", async () => {
  const before = evenShards(1);
  const { producer, clock, directory, transport, start } = virtualProducer(
    { aggregation: false, maxBufferedRecords: 150_000, recordTtlMs: Number.POSITIVE_INFINITY },
    before,
  );
  await start();
  transport.next("hold");
  for (let i = 0; i < 150_000; i++) producer.enqueue({ partitionKey: "k", data: "x" });
  await clock.advanceAsync(100);
  const after = evenShards(2, 1);
  directory.setShards(after);
  transport.always(acceptByRange(after));

  transport.held[0]?.answer();
  await clock.advanceAsync(500);

  const shards = producer.stats().streams[STREAM]?.shards;
  expect(shards?.["shardId-000000000002"]?.userRecordsDelivered).toBeGreaterThan(500);
}, 30_000);
