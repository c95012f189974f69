import { describe, expect, test } from "vitest";

import type { ShardDescription } from "../../../src/core/ports.js";
import { evenShards, shardIdOf } from "../../../src/testing/even-shards.js";
import {
  acceptAll,
  acceptByRange,
  INTERNAL_FAILURE,
  refuseEntries,
  requestFailure,
  THROTTLED,
} from "../../../src/testing/scripted-answers.js";
import { textsByRequest, virtualProducer } from "../../support/virtual-producer.js";

const PARENT = evenShards(1);
const CHILDREN = evenShards(2, 1).map((shard) => ({ ...shard, parentShardId: shardIdOf(0) }));
const CLOSED_PARENT = { ...(PARENT[0] as ShardDescription), endingSequenceNumber: "1" };
const LOW = "0";
const HIGH = String(2n ** 128n - 1n);

const ORDERED = { ordering: "shard", lingerMs: 10 } as const;

describe("ordering: shard, with aggregates", () => {
  test("one aggregate of a shard is in flight at a time; records that come meanwhile go together", async () => {
    const { clock, transport, put, start } = virtualProducer(ORDERED);
    await start();
    transport.next("hold");
    put({ data: "1" });
    await clock.advanceAsync(10);
    for (const data of ["2", "3"]) {
      put({ data });
      await clock.advanceAsync(50);
    }

    expect(textsByRequest(transport)).toEqual([["1"]]);
    transport.held[0]?.answer();
    await clock.settle();
    expect(textsByRequest(transport)).toEqual([["1"], ["2", "3"]]);
  });

  test("other shards do not wait", async () => {
    const { clock, transport, put, start } = virtualProducer(ORDERED, evenShards(2));
    await start();
    transport.next("hold");
    put({ explicitHashKey: LOW, data: "low" });
    await clock.advanceAsync(10);
    put({ explicitHashKey: HIGH, data: "high" });
    await clock.advanceAsync(10);

    expect(textsByRequest(transport)).toEqual([["low"], ["high"]]);
  });

  test("a refused aggregate goes again before everything that came later", async () => {
    const { clock, transport, put, start } = virtualProducer({ ...ORDERED, random: () => 0 });
    await start();
    transport.next("hold");
    put({ data: "1" });
    await clock.advanceAsync(10);
    put({ data: "2" });
    transport.held[0]?.answer(requestFailure("InternalFailure", { statusCode: 500 }));
    await clock.advanceAsync(20);

    expect(textsByRequest(transport)).toEqual([["1"], ["1"], ["2"]]);
  });
});

describe("ordering: shard, one key a Kinesis record", () => {
  test.each([[false], ["reshard-safe"]] as const)(
    "aggregation %s: other keys go beside a key in flight",
    async (aggregation) => {
      const { clock, transport, put, start } = virtualProducer({ ...ORDERED, aggregation });
      await start();
      transport.next("hold");
      put({ partitionKey: "a", data: "a1" });
      await clock.advanceAsync(10);
      put({ partitionKey: "a", data: "a2" });
      put({ partitionKey: "b", data: "b1" });
      await clock.advanceAsync(10);

      expect(textsByRequest(transport)).toEqual([["a1"], ["b1"]]);
      transport.held[0]?.answer();
      await clock.settle();
      expect(textsByRequest(transport)).toEqual([["a1"], ["b1"], ["a2"]]);
    },
  );

  test("of one request no two entries share a key, however it is written", async () => {
    const { clock, transport, put, start } = virtualProducer({ ...ORDERED, aggregation: false });
    await start();
    const asHash = BigInt("0x900150983cd24fb0d6963f7d28e17f72").toString();
    put({ partitionKey: "abc", data: "1" });
    put({ partitionKey: "x", explicitHashKey: asHash, data: "2" });
    put({ partitionKey: "abd", data: "3" });

    await clock.advanceAsync(10);

    expect(textsByRequest(transport)).toEqual([["1", "3"], ["2"]]);
  });

  test("a refused record goes before the next of its key", async () => {
    const { clock, transport, put, start } = virtualProducer({ ...ORDERED, aggregation: false, random: () => 0 });
    await start();
    transport.next(refuseEntries([0], INTERNAL_FAILURE, acceptAll(shardIdOf(0))));
    put({ partitionKey: "a", data: "a1" });
    put({ partitionKey: "b", data: "b1" });
    put({ partitionKey: "a", data: "a2" });

    await clock.advanceAsync(20);

    expect(textsByRequest(transport)).toEqual([["a1", "b1"], ["a1"], ["a2"]]);
  });
});

describe("ordering: shard, while the shards change", () => {
  test("the children wait for the parent's records in flight, and those go first when they come back", async () => {
    const { clock, transport, directory, put, start } = virtualProducer({ ...ORDERED, random: () => 0 }, evenShards(2));
    await start();
    const merged = {
      ...(evenShards(1, 2)[0] as ShardDescription),
      parentShardId: shardIdOf(0),
      adjacentParentShardId: shardIdOf(1),
    };
    transport.next("hold");
    put({ explicitHashKey: LOW, data: "low 1" });
    put({ explicitHashKey: HIGH, data: "high 1" });
    await clock.advanceAsync(10);
    directory.setShards([...evenShards(2).map((shard) => ({ ...shard, endingSequenceNumber: "1" })), merged]);
    transport.always(acceptByRange([merged]));
    put({ explicitHashKey: LOW, data: "low 2" });
    put({ explicitHashKey: HIGH, data: "high 2" });
    // One request holds both aggregates: the merged shard took the first and refused the second.
    transport.held[0]?.answer({
      kind: "answered",
      entries: [{ shardId: shardIdOf(2), sequenceNumber: "100" }, THROTTLED],
    });
    await clock.advanceAsync(200);

    expect(textsByRequest(transport)).toEqual([["low 1", "high 1"], ["high 1"], ["low 2", "high 2"]]);
  });

  test("a child that takes none of the records in flight does not wait for them", async () => {
    const { clock, transport, directory, put, start } = virtualProducer(ORDERED, [...CHILDREN]);
    await start();
    transport.next("hold");
    put({ explicitHashKey: LOW, data: "low" });
    await clock.advanceAsync(10);
    const grandchildren = evenShards(4, 3).map((shard, i) => ({ ...shard, parentShardId: shardIdOf(i < 2 ? 1 : 2) }));
    directory.setShards([
      CLOSED_PARENT,
      ...CHILDREN.map((shard) => ({ ...shard, endingSequenceNumber: "1" })),
      ...grandchildren,
    ]);
    transport.always(acceptByRange(grandchildren));
    put({ explicitHashKey: HIGH, data: "high" });
    await clock.advanceAsync(10);
    put({ explicitHashKey: HIGH, data: "high too" });
    put({ explicitHashKey: LOW, data: "low too" });
    await clock.advanceAsync(100);

    expect(textsByRequest(transport)).toEqual([["low"], ["high"], ["high too"]]);
  });
});

describe("a record that failed for good", () => {
  const RULES = { ...ORDERED, aggregation: false } as const;
  const fatal = refuseEntries([0], { errorCode: "KMSDisabledException", errorMessage: "off" }, acceptAll(shardIdOf(0)));

  test("is stepped over by default", async () => {
    const { clock, transport, put, start } = virtualProducer(RULES);
    await start();
    transport.next(fatal);
    const [first, second] = [put({ data: "1" }), put({ data: "2" })];

    await clock.advanceAsync(20);

    expect([first?.state, second?.state]).toEqual(["rejected", "resolved"]);
  });

  test("takes with it what waits for its key, with failKey; other keys, and what comes later, go on", async () => {
    const { clock, transport, put, start, producer } = virtualProducer({
      ...RULES,
      onOrderedFailure: "failKey",
      onFailed: ({ record }) => {
        const data = Buffer.from(record.data as Uint8Array).toString();
        if (data === "1") void producer.put({ partitionKey: "k", data: "again" });
      },
    });
    await start();
    transport.next(fatal);
    const records = [put({ data: "1" }), put({ data: "2" }), put({ partitionKey: "other", data: "3" })];

    await clock.advanceAsync(20);

    expect(records.map(({ state }) => state)).toEqual(["rejected", "rejected", "resolved"]);
    expect(records[1]?.error).toMatchObject({ code: "KP_RECORD_FAILED", delivery: "none", attempts: [] });
    expect(textsByRequest(transport)).toEqual([["1", "3"], ["again"]]);
  });

  test("is not one that its caller aborted", async () => {
    const { clock, transport, put, start } = virtualProducer({ ...RULES, onOrderedFailure: "failKey" });
    await start();
    transport.next("hold");
    const controller = new AbortController();
    const records = [put({ data: "1" }), put({ data: "2" }, { signal: controller.signal }), put({ data: "3" })];
    await clock.advanceAsync(10);
    controller.abort();
    await clock.settle();
    transport.held[0]?.answer();
    await clock.advanceAsync(10);

    expect(records.map(({ state }) => state)).toEqual(["resolved", "rejected", "resolved"]);
  });
});

describe("a stream that distributes records itself", () => {
  test("takes none: each fails alone, with the reason", async () => {
    const { clock, directory, put, transport } = virtualProducer(ORDERED);
    directory.setSummary({ recordDistribution: "AUTO" });
    const early = put({ data: "before it is known" });
    await clock.advanceAsync(10);
    const late = put({ data: "afterwards" });
    await clock.settle();

    for (const { error } of [early, late]) {
      expect(error).toMatchObject({ code: "KP_INVALID_RECORD", message: expect.stringContaining("AUTO") });
    }
    expect(transport.requests).toEqual([]);
  });
});

test("sequence numbers that step back are warned of, once", async () => {
  const { clock, transport, put, start, warnings } = virtualProducer(ORDERED);
  await start();
  for (const sequenceNumber of ["300", "301", "29", "28"]) {
    transport.next({ kind: "answered", entries: [{ shardId: shardIdOf(0), sequenceNumber }] });
    put({ data: sequenceNumber });
    await clock.advanceAsync(20);
  }

  expect(warnings).toEqual([expect.stringContaining("from 301 to 29")]);
});
