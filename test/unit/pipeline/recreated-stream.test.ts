import { describe, expect, test } from "vitest";

import type { PutRecordsAnswer, ShardDescription, ShardsAnswer } from "../../../src/core/ports.js";
import { deaggregate } from "../../../src/deaggregate/index.js";
import type { ProducerOptions } from "../../../src/options.js";
import { KinesisProducer } from "../../../src/producer.js";
import type { PutResult } from "../../../src/record.js";
import { evenShards, shardIdOf } from "../../../src/testing/even-shards.js";
import { ShardNumbering } from "../../../src/testing/kinesis-model/sequence-number.js";
import { ManualClock } from "../../../src/testing/manual-clock.js";
import { acceptByRange } from "../../../src/testing/scripted-answers.js";
import { SimulatedKinesis } from "../../../src/testing/simulated-kinesis.js";
import { STREAM, textsOf, virtualProducer, type Watched, watch } from "../../support/virtual-producer.js";

type Options = Partial<ProducerOptions>;

/** A producer and the model of the service, in virtual time; lists of shards, and answers, as the test has them. */
class Recreated {
  readonly clock = new ManualClock();
  readonly warnings: string[] = [];
  readonly kinesis: SimulatedKinesis;
  readonly producer: KinesisProducer;
  /** Lists of open shards answered until now, the latest last. */
  readonly lists: ShardsAnswer[] = [];
  /** A stale list, answered in place of the true one. */
  stale: ShardsAnswer | undefined;
  /** Whether answers wait for {@link letGo}: what was answered is stored. */
  holdsAnswers = false;
  #held: (() => void)[] = [];

  constructor(shards: number, options: Options = {}) {
    this.kinesis = new SimulatedKinesis({ clock: this.clock, streams: { [STREAM]: { shards } } });
    this.producer = new KinesisProducer({
      streamName: STREAM,
      clock: this.clock,
      transport: { putRecords: (request) => this.#delay(this.kinesis.putRecords(request)) },
      directory: {
        listShards: async (stream, selection) => {
          const list = this.stale ?? (await this.kinesis.listShards(stream, selection));
          if (selection === "open") this.lists.push(list);
          return list;
        },
        describeStream: (stream) => this.kinesis.describeStream(stream),
      },
      random: () => 0.5,
      logger: { warn: (_, message) => void this.warnings.push(message), error: () => undefined },
      ...options,
    });
  }

  async #delay(answer: Promise<PutRecordsAnswer>): Promise<PutRecordsAnswer> {
    const known = await answer;
    if (this.holdsAnswers) await new Promise<void>((resolve) => this.#held.push(resolve));
    return known;
  }

  /** Lets the answers come that were held. */
  async letGo(): Promise<void> {
    this.holdsAnswers = false;
    for (const resolve of this.#held.splice(0)) resolve();
    await this.clock.settle();
  }

  recreate(shards: number): void {
    this.kinesis.deleteStream(STREAM);
    this.kinesis.createStream(STREAM, { shards });
  }

  /** Hands over `count` records, each with its own key. */
  put(name: string, count: number): Watched<PutResult>[] {
    return Array.from({ length: count }, (_, i) =>
      watch(this.producer.put({ partitionKey: `k${i}`, data: `${name}${i}` }), this.clock),
    );
  }

  /** Everything that a KCL finds which reads the stream of today from its beginning. */
  readable(): Set<string> {
    const ranges = new Map(this.kinesis.shards(STREAM).map((shard) => [shard.shardId, shard]));
    return new Set(
      this.kinesis.records(STREAM).flatMap(({ data, partitionKey = "", shardId }) => {
        const shardRange = ranges.get(shardId) as ShardDescription;
        const users = deaggregate({ data, partitionKey }, { shardRange, onDropped: () => undefined });
        return Array.from(users, (user) => Buffer.from(user.data).toString());
      }),
    );
  }

  /** Those of the records that are called delivered, and that nobody can read. */
  unreadable(name: string, records: readonly Watched<PutResult>[]): number {
    const readable = this.readable();
    return records.filter(({ state }, i) => state === "resolved" && !readable.has(`${name}${i}`)).length;
  }
}

const COUNT = 200;

describe("a stream that is deleted and created again between two puts, under the same shard ids", () => {
  const shapes = [1, 2, 4, 8].flatMap((was) => [1, 2, 3, 4, 64].map((becomes) => ({ was, becomes })));
  const ways: Options["aggregation"][] = [true, "reshard-safe", false];

  test.each(shapes.flatMap((shape) => ways.map((aggregation) => ({ ...shape, aggregation }))))(
    "$was shards, then $becomes, aggregation $aggregation: all that is acknowledged after it can be read",
    async ({ was, becomes, aggregation }) => {
      const run = new Recreated(was, { ...(aggregation === undefined ? {} : { aggregation }) });
      run.put("before", COUNT);
      await run.clock.advanceAsync(1_000);
      run.recreate(becomes);

      const records = run.put("after", COUNT);
      await run.clock.advanceAsync(10_000);
      const later = run.put("later", COUNT);
      await run.clock.advanceAsync(10_000);

      expect(new Set([...records, ...later].map(({ state }) => state))).toEqual(new Set(["resolved"]));
      expect([run.unreadable("after", records), run.unreadable("later", later)]).toEqual([0, 0]);
      // Records that the new stream took for its own ranges are not sent again.
      expect(later.filter(({ value }) => value?.mayBeDuplicate)).toEqual([]);
      expect(run.warnings).toEqual([]);
    },
  );

  test.each([
    [2, 1],
    [2, 3],
    [4, 2],
  ])("that had been scaled from %d shards before the producer came, and has %d now", async (was, becomes) => {
    const run = new Recreated(was);
    run.kinesis.updateShardCount(STREAM, was * 2);
    await run.clock.advanceAsync(60_000);
    run.put("before", COUNT);
    await run.clock.advanceAsync(1_000);
    run.recreate(becomes);

    const records = run.put("after", COUNT);
    await run.clock.advanceAsync(10_000);
    const later = run.put("later", COUNT);
    await run.clock.advanceAsync(10_000);

    expect([run.unreadable("after", records), run.unreadable("later", later)]).toEqual([0, 0]);
    expect(later.filter(({ value }) => value?.mayBeDuplicate)).toEqual([]);
    expect(run.kinesis.records(STREAM).length).toBeLessThan(COUNT);
  });

  test("with the same ranges: nothing is sent again, and packing stays as it was", async () => {
    const run = new Recreated(2);
    run.put("before", COUNT);
    await run.clock.advanceAsync(1_000);
    run.recreate(2);

    const records = run.put("after", COUNT);
    await run.clock.advanceAsync(1_000);
    const later = run.put("later", COUNT);
    await run.clock.advanceAsync(1_000);

    expect(run.unreadable("after", records)).toBe(0);
    expect([...records, ...later].filter(({ value }) => value?.mayBeDuplicate)).toEqual([]);
    expect(run.kinesis.records(STREAM)).toHaveLength(4);
    expect(run.producer.stats().streams[STREAM]).toMatchObject({ wrongShard: 2, shardMapRefreshes: 2 });
  });

  test("order is kept, and no step back of sequence numbers is reported", async () => {
    const run = new Recreated(4, { ordering: "shard" });
    run.put("before", COUNT);
    await run.clock.advanceAsync(1_000);
    run.recreate(3);

    const records = run.put("after", COUNT);
    await run.clock.advanceAsync(10_000);

    expect(run.unreadable("after", records)).toBe(0);
    expect(run.warnings).toEqual([]);
  });

  test("told by a raw record alone: it is delivered, and the map is asked for", async () => {
    const run = new Recreated(1);
    run.put("before", 1);
    await run.clock.advanceAsync(1_000);
    run.recreate(2);

    const [record] = run.put("after", 1);
    await run.clock.advanceAsync(1_000);

    expect(record?.value?.mayBeDuplicate).toBe(false);
    expect(run.lists).toHaveLength(2);
  });
});

describe("an answer of a stream that is gone", () => {
  test.each([1, 100])("comes after the new map: %d records are sent again, never called delivered", async (count) => {
    const run = new Recreated(1, { lingerMs: 0 });
    run.put("before", 1);
    await run.clock.advanceAsync(1_000);
    run.holdsAnswers = true;
    const records = run.put("old", count);
    await run.clock.advanceAsync(1_000);
    run.recreate(2);
    run.holdsAnswers = false;
    run.put("new", 50);
    await run.clock.advanceAsync(1_000);
    expect(run.lists).toHaveLength(2);

    await run.letGo();
    await run.clock.advanceAsync(1_000);

    expect(records.map(({ value }) => value?.mayBeDuplicate)).toEqual(records.map(() => true));
    expect(records[0]?.value?.attempts[0]).toMatchObject({ errorCode: "WrongShard" });
    expect(run.unreadable("old", records)).toBe(0);
    expect(run.lists).toHaveLength(2);
  });

  test("by a shard that the stream of today was resharded out of is judged the same", async () => {
    const run = new Recreated(1, { lingerMs: 0 });
    run.put("before", 1);
    await run.clock.advanceAsync(1_000);
    run.holdsAnswers = true;
    const records = run.put("old", 100);
    await run.clock.advanceAsync(1_000);
    run.recreate(1);
    run.holdsAnswers = false;
    run.put("new", 50);
    await run.clock.advanceAsync(1_000);
    run.kinesis.updateShardCount(STREAM, 2);
    run.put("newer", 50);
    await run.clock.advanceAsync(1_000);

    await run.letGo();
    await run.clock.advanceAsync(10_000);

    expect(run.unreadable("old", records)).toBe(0);
    expect(records.map(({ state }) => state)).toEqual(records.map(() => "resolved"));
  });
});

describe("a list that goes on to show the stream that is gone", () => {
  test("for half a minute: all that is acknowledged meanwhile can be read", async () => {
    const run = new Recreated(1);
    run.put("before", COUNT);
    await run.clock.advanceAsync(1_000);
    run.stale = run.lists[0];
    run.recreate(2);

    const rounds: Watched<PutResult>[][] = [];
    for (let i = 0; i < 30; i++) {
      rounds.push(run.put(`round${i}-`, 20));
      await run.clock.advanceAsync(1_000);
    }
    run.stale = undefined;
    await run.clock.advanceAsync(60_000);
    const later = run.put("later", COUNT);
    await run.clock.advanceAsync(10_000);

    expect(rounds.map((records, i) => run.unreadable(`round${i}-`, records))).toEqual(rounds.map(() => 0));
    expect(rounds.flat().filter(({ state }) => state !== "resolved")).toEqual([]);
    expect(run.unreadable("later", later)).toBe(0);
    // With growing pauses: not one for every answer.
    expect(run.lists.length).toBeLessThan(16);
    expect(run.warnings).toEqual([]);
  });

  test("after a list of the new one is no map", async () => {
    const run = new Recreated(2);
    run.put("before", COUNT);
    await run.clock.advanceAsync(1_000);
    const [old] = run.lists;
    run.recreate(3);
    run.put("after", COUNT);
    await run.clock.advanceAsync(1_000);
    run.kinesis.updateShardCount(STREAM, 6);
    run.stale = old;

    const records = run.put("later", COUNT);
    await run.clock.advanceAsync(2_000);
    run.stale = undefined;
    await run.clock.advanceAsync(20_000);

    expect(run.unreadable("later", records)).toBe(0);
  });
});

describe("a service whose numbers do not agree with each other", () => {
  const created = (second: number, index: number): ShardNumbering => new ShardNumbering(second, index);
  const told = (second: number): ShardDescription[] =>
    evenShards(2).map((shard, i) => ({ ...shard, startingSequenceNumber: created(second, i).starting() }));

  /** Every record is in its shard, whose numbers are as `numberOf` says. */
  async function flood(shards: readonly ShardDescription[], numberOf: (index: number, call: number) => string) {
    const virtual = virtualProducer({}, shards);
    const { clock, transport, put, start } = virtual;
    await start();
    transport.always(({ entries, index: call }) => ({
      kind: "answered",
      entries: entries.map(({ explicitHashKey = "0" }) => {
        const index = BigInt(explicitHashKey) >> 127n === 0n ? 0 : 1;
        return { shardId: shardIdOf(index), sequenceNumber: numberOf(index, call) };
      }),
    }));
    const records: Watched<PutResult>[] = [];
    for (let i = 0; i < 600; i++) {
      for (const explicitHashKey of ["0", "1", "2", String(2n ** 127n), String(2n ** 128n - 1n)])
        records.push(put({ explicitHashKey, data: "x" }));
      await clock.advanceAsync(1_000);
    }
    return { ...virtual, records };
  }

  test.each([
    ["a later second", 2_000, 3_000],
    ["an earlier second", 3_000, 2_000],
  ])(
    "answers always with %s than its list: a dozen lists are asked for, and the map is believed again",
    async (_, listed, answered) => {
      const { directory, transport, records, warnings, clock } = await flood(told(listed), (index, call) =>
        created(answered, index).at(call + 1, 0),
      );

      expect(records.filter(({ state }) => state !== "resolved")).toEqual([]);
      // Two shards: at most the two Kinesis records that were in flight.
      expect(records.filter(({ value }) => value?.mayBeDuplicate).length).toBeLessThanOrEqual(5);
      expect(directory.listings.calls.filter(({ selection }) => selection === "open")).toHaveLength(13);
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toContain("these sequence numbers are ignored from now on");
      expect(transport.requests.at(-1)?.entries.map(textsOf)).toEqual([
        ["x", "x", "x"],
        ["x", "x"],
      ]);
      expect(clock.isRefed).toBe(false);
    },
  );

  test.each([
    ["numbers that cannot be read", told(2_000), () => `4957${"0".repeat(52)}`],
    ["small numbers", told(2_000), (_: number, call: number) => String(call + 1)],
    ["numbers of another shard", told(2_000), (index: number, call: number) => created(3_000, index + 1).at(call, 0)],
    ["readable numbers, and a list without any", evenShards(2), (i: number, call: number) => created(9, i).at(call, 0)],
    [
      "readable numbers, and a list of others",
      evenShards(2).map((shard) => ({ ...shard, startingSequenceNumber: "1" })),
      (i: number, call: number) => created(call, i).at(call, 0),
    ],
  ])("%s are no evidence of anything", async (_, shards, numberOf) => {
    const { directory, records, warnings, transport } = await flood(shards, numberOf);

    expect(records.filter(({ state, value }) => state !== "resolved" || value?.mayBeDuplicate)).toEqual([]);
    expect(directory.listings.calls).toHaveLength(1);
    expect(transport.requests).toHaveLength(600);
    expect(warnings).toEqual([]);
  });

  test("without readable numbers, other ranges under the same ids are noticed by the next list", async () => {
    const { clock, directory, transport, put, start } = virtualProducer({}, evenShards(2));
    await start();
    const uneven = evenShards(2).map((shard, i) =>
      i === 0 ? { ...shard, endingHashKey: "99" } : { ...shard, startingHashKey: "100" },
    );
    directory.setShards(uneven);
    transport.always(acceptByRange(uneven));
    await clock.advanceAsync(3_700_000);
    put({ explicitHashKey: "0", data: "by age, at the next put" });
    await clock.advanceAsync(1_000);

    put({ explicitHashKey: "1", data: "low" });
    put({ explicitHashKey: "100", data: "high" });
    await clock.advanceAsync(1_000);

    expect(directory.listings.calls).toHaveLength(2);
    expect(transport.requests.at(-1)?.entries.map(textsOf)).toEqual([["low"], ["high"]]);
  });
});
