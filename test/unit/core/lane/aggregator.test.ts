import { describe, expect, test } from "vitest";

import { type Aggregator, aloneAs, newAggregator, type Packing } from "../../../../src/core/lane/aggregator.js";
import { type DeliveryHistory, NEVER_SENT } from "../../../../src/core/record/delivery-history.js";
import type { PlacedRecord } from "../../../../src/core/record/placed-record.js";
import { contents, type PlacedParts, placed } from "../placed-records.js";

const LIMITS = { maxBytes: 200, maxCount: 1_000 };

function add(aggregator: Aggregator, parts: PlacedParts, history: DeliveryHistory = NEVER_SENT): string {
  return aggregator.tryAdd(placed(parts), history);
}

/** An aggregator to which all of these were added. */
function withRecords(packing: Packing, ...records: readonly PlacedParts[]): Aggregator {
  const aggregator = newAggregator(packing, LIMITS);
  for (const parts of records) {
    const outcome = add(aggregator, parts);
    if (outcome !== "added" && outcome !== "begun") throw new Error("no room");
  }
  return aggregator;
}

/** The largest data with which a lone aggregate under a key of one character has this many bytes. */
function dataOf(aggregateBytes: number): string {
  return "x".repeat(aggregateBytes - (20 + 3 + 1 + 2 + 2 + 1 + 2));
}

describe.each(["shard", "key"] as const)("packing by %s", (packing) => {
  test("an empty aggregator has nothing to take", () => {
    const aggregator = newAggregator(packing, LIMITS);

    expect(aggregator.packing).toBe(packing);
    expect(aggregator.peekOldest()).toBeUndefined();
    expect(aggregator.takeOldest()).toBeUndefined();
    expect(aggregator.takeFor(placed())).toBeUndefined();
    expect([...aggregator.all()]).toEqual([]);
  });

  test("a record with another history does not join: both records would report the same history", () => {
    const aggregator = withRecords(packing, { key: "k", data: "never sent" });

    const outcome = add(
      aggregator,
      { key: "k", data: "sent before" },
      { ...NEVER_SENT, counted: 1, mayBeStored: true },
    );

    expect(outcome).toBe("full");
    expect(contents(aggregator.takeOldest())).toEqual(["k=never sent"]);
  });

  test("records of one key share an aggregate, in order", () => {
    const aggregator = withRecords(packing, { key: "k", data: "1" }, { key: "k", data: "2" });

    expect(contents(aggregator.takeOldest())).toEqual(["k=1", "k=2"]);
    expect(aggregator.peekOldest()).toBeUndefined();
  });

  test.each([
    [199, "begun"],
    [200, "begun"],
    [201, "too-large"],
  ])("a record whose aggregate would have %d of 200 bytes is %s", (bytes, outcome) => {
    const data = dataOf(bytes);

    expect(add(newAggregator(packing, LIMITS), { key: "k", data })).toBe(outcome);
    expect(add(withRecords(packing, { key: "k" }), { key: "k", data })).toBe(outcome === "begun" ? "full" : outcome);
  });

  test("a record that does not fit beside the others is refused, and goes in once they are taken", () => {
    const aggregator = withRecords(packing, { key: "k", data: "x".repeat(100) });
    const next = { key: "k", data: "y".repeat(100) };

    const before = add(aggregator, next);
    const taken = aggregator.takeFor(placed(next));
    const after = add(aggregator, next);

    expect([before, after]).toEqual(["full", "begun"]);
    expect(contents(taken)).toEqual([`k=${"x".repeat(100)}`]);
  });

  test.each([
    [2, "added"],
    [3, "full"],
  ])("of at most 2 user records, number %d is %s", (number, outcome) => {
    const aggregator = newAggregator(packing, { ...LIMITS, maxCount: 2 });
    for (let i = 1; i < number; i++) add(aggregator, { key: "k" });

    expect(add(aggregator, { key: "k" })).toBe(outcome);
  });

  test("a record with another history, or of an earlier flush, opens a separate aggregate", () => {
    const aggregator = withRecords(packing, { key: "k", generation: 1 });

    expect(add(aggregator, { key: "k", generation: 1 }, { ...NEVER_SENT, counted: 1 })).toBe("full");
    expect(add(aggregator, { key: "k", generation: 0 })).toBe("full");
  });

  test("a flush makes due what it covers, begun before or after, and nothing that is handed over later", () => {
    const covered = withRecords(packing, { key: "k", generation: 1 });
    const later = withRecords(packing, { key: "k", generation: 2 });
    const empty = newAggregator(packing, LIMITS);

    expect([covered.cover(1), covered.cover(1), later.cover(1), empty.cover(1)]).toEqual([true, false, false, false]);
    add(empty, { key: "k", generation: 1 });
    expect([covered, later, empty].map((each) => each.peekOldest()?.isDue)).toEqual([true, false, true]);
  });
});

describe("packing by shard", () => {
  test("all keys share the one aggregate, whichever record asks for it", () => {
    const aggregator = withRecords("shard", { key: "a" }, { key: "b" }, { key: "a", explicitHashKey: "5" });

    expect([...aggregator.all()]).toEqual([aggregator.peekOldest()]);
    expect(contents(aggregator.takeFor(placed({ key: "z" })))).toEqual(["a=data", "b=data", "a#5=data"]);
  });
});

describe("packing by key", () => {
  test("each effective hash key has its own aggregate", () => {
    const aggregator = withRecords(
      "key",
      { key: "a", data: "1" },
      { key: "b", data: "2" },
      { key: "a", data: "3" },
      { key: "a", explicitHashKey: "5", data: "4" },
      { key: "b", explicitHashKey: "5", data: "5" },
    );

    expect([...aggregator.all()].map(contents)).toEqual([["a=1", "a=3"], ["b=2"], ["a#5=4", "b#5=5"]]);
    expect([...aggregator.all()].map((open) => open.hasOneKey)).toEqual([true, true, true]);
  });

  test("a partition key and an explicit hash key that look alike stay apart", () => {
    const aggregator = withRecords("key", { key: "5" }, { key: "x", explicitHashKey: "5" });

    expect([...aggregator.all()]).toHaveLength(2);
  });

  test("a full aggregate of one key is taken without touching the others", () => {
    const aggregator = withRecords("key", { key: "a" }, { key: "b", data: "x".repeat(150) });
    const next = { key: "b", data: "y".repeat(150) };

    const outcome = add(aggregator, next);
    const taken = aggregator.takeFor(placed(next));

    expect(outcome).toBe("full");
    expect(contents(taken)).toEqual([`b=${"x".repeat(150)}`]);
    expect(contents(aggregator.peekOldest())).toEqual(["a=data"]);
  });

  test("the oldest goes first: by first record, not by last", () => {
    const aggregator = withRecords("key", { key: "a" }, { key: "b" }, { key: "a" });

    const order = [aggregator.peekOldest(), aggregator.takeOldest(), aggregator.takeOldest(), aggregator.takeOldest()];

    expect(order.map(contents)).toEqual([["a=data", "a=data"], ["a=data", "a=data"], ["b=data"], []]);
  });

  test("a key that was taken and comes again is the youngest", () => {
    const aggregator = withRecords("key", { key: "a" }, { key: "b" });

    aggregator.takeOldest();
    add(aggregator, { key: "a" });

    expect(contents(aggregator.peekOldest())).toEqual(["b=data"]);
  });
});

describe("no packing", () => {
  test("every record goes alone", () => {
    const aggregator = newAggregator("none", LIMITS);

    expect(aggregator.packing).toBe("none");
    expect(add(aggregator, { data: "" })).toBe("too-large");
    expect(aggregator.takeFor(placed())).toBeUndefined();
    expect(aggregator.takeOldest()).toBeUndefined();
    expect(aggregator.peekOldest()).toBeUndefined();
    expect([...aggregator.all()]).toEqual([]);
  });
});

describe("aloneAs", () => {
  const record: PlacedRecord = placed({ key: "k", data: "x".repeat(1_000) });

  test("holds one record of any size, and takes no other", () => {
    const alone = aloneAs(record);

    expect(alone.tryAdd(placed({ key: "k", data: "" }), NEVER_SENT)).toBe(false);
    expect(alone.seal(true).data.length).toBe(1_000);
    expect(alone.history).toBe(NEVER_SENT);
  });

  test("keeps the history of a record that was sent before", () => {
    const history: DeliveryHistory = { ...NEVER_SENT, counted: 3 };

    expect(aloneAs(record, history).history).toBe(history);
  });
});
