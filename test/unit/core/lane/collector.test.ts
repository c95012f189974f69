import { describe, expect, test } from "vitest";
import { NO_SHARD } from "../../../../src/core/buffer-budget.js";
import { newAggregator, type Packing } from "../../../../src/core/lane/aggregator.js";
import {
  collectRequest,
  type RequestLimits,
  reschedule,
  type TakenRecord,
} from "../../../../src/core/lane/collector.js";
import { DeadlineHeap } from "../../../../src/core/lane/deadline-heap.js";
import { Lane } from "../../../../src/core/lane/lane.js";
import { Pause } from "../../../../src/core/pacing/retry-policy.js";
import { ShardLimiter, type ShardLimits } from "../../../../src/core/pacing/shard-limiter.js";
import { contents, placed } from "../placed-records.js";

const LINGER_MS = 100;
const LIMITS: RequestLimits = { maxRecords: 500, maxBytes: 5 * 1024 * 1024 };
const UNLIMITED: ShardLimits = { recordsPerSecond: 1e9, bytesPerSecond: 1e12, adaptive: true };

/** Lanes and their schedule. */
class Lanes {
  readonly schedule: DeadlineHeap<Lane> = new DeadlineHeap();

  open(packing: Packing = "shard", shardLimits: ShardLimits = UNLIMITED): Lane {
    return new Lane({
      aggregator: newAggregator(packing, { maxBytes: 51_200, maxCount: 1_000_000 }),
      limiter: new ShardLimiter(shardLimits, 0),
      pause: new Pause({ baseMs: 50, maxMs: 5_000 }, () => 0.5),
      budget: NO_SHARD,
    });
  }

  add(lane: Lane, name: string, acceptedAt: number, bytes = name.length): void {
    lane.queue.add(placed({ key: "k", data: name.padEnd(bytes, "."), acceptedAt }));
    reschedule(this.schedule, lane, LINGER_MS);
  }

  collect(now: number, limits: RequestLimits = LIMITS): TakenRecord[] {
    return collectRequest(this.schedule, now, limits, LINGER_MS);
  }
}

/** The names of the user records of a request, an entry each. */
function names(taken: readonly TakenRecord[]): string[] {
  return taken.map(({ record }) =>
    contents(record)
      .map((each) => each.replace("k=", "").replaceAll(".", ""))
      .join("+"),
  );
}

describe("what a request takes", () => {
  test("nothing while nothing is due", () => {
    const lanes = new Lanes();
    lanes.add(lanes.open(), "a", 0);

    expect(lanes.collect(99)).toEqual([]);
    expect(lanes.schedule.peek()?.deadline).toBe(100);
  });

  test("what is due, with the lane it came from", () => {
    const lanes = new Lanes();
    const lane = lanes.open();
    lanes.add(lane, "a", 0);
    lanes.add(lane, "b", 50);

    const taken = lanes.collect(100);

    expect(names(taken)).toEqual(["a+b"]);
    expect(taken[0]?.lane).toBe(lane);
    expect(lanes.schedule.length).toBe(0);
  });

  test("along with it, what has waited nine tenths of the linger, and nothing younger", () => {
    const lanes = new Lanes();
    for (const [name, acceptedAt] of [
      ["due", 0],
      ["just-nearly", 10],
      ["under-nearly", 11],
      ["over-nearly", 9],
    ] as const) {
      lanes.add(lanes.open(), name, acceptedAt);
    }

    const taken = lanes.collect(100);

    expect(names(taken)).toEqual(["due", "over-nearly", "just-nearly"]);
    expect(lanes.schedule.length).toBe(1);
    expect(lanes.schedule.peek()?.deadline).toBe(111);
  });

  test("the oldest first, over all lanes", () => {
    const lanes = new Lanes();
    const [first, second] = [lanes.open("none"), lanes.open("none")];
    for (const [name, acceptedAt] of [
      ["a", 1],
      ["c", 3],
    ] as const)
      lanes.add(first, name, acceptedAt);
    for (const [name, acceptedAt] of [
      ["b", 2],
      ["d", 4],
    ] as const)
      lanes.add(second, name, acceptedAt);

    expect(names(lanes.collect(10))).toEqual(["a", "b", "c", "d"]);
  });

  test("nothing that was accepted before a completed record of its lane stays behind it", () => {
    const lanes = new Lanes();
    const lane = lanes.open();
    lanes.add(lane, "a", 0, 30_000);
    lanes.add(lane, "b", 1, 30_000);

    expect(names(lanes.collect(1))).toEqual(["a"]);
    expect(names(lanes.collect(101))).toEqual(["b"]);
  });
});

describe("the bounds of a request", () => {
  test.each([499, 500, 501])("of %d records that are due, it takes 500 at most", (count) => {
    const lanes = new Lanes();
    const lane = lanes.open("none");
    for (let i = 0; i < count; i++) lanes.add(lane, `r${i}`, i);

    const taken = lanes.collect(1_000);

    expect(taken.length).toBe(Math.min(500, count));
    expect(names(lanes.collect(1_000))).toEqual(count > 500 ? ["r500"] : []);
  });

  test.each([
    [999, ["a"]],
    [1_000, ["a", "b"]],
    [1_001, ["a", "b"]],
  ])("of two records of 500 bytes, keys counted, %d bytes take %j", (maxBytes, expected) => {
    const lanes = new Lanes();
    const lane = lanes.open("none");
    lanes.add(lane, "a", 0, 499);
    lanes.add(lane, "b", 1, 499);

    expect(names(lanes.collect(100, { ...LIMITS, maxBytes }))).toEqual(expected);
  });

  test("a record larger than a request goes in a separate request", () => {
    const lanes = new Lanes();
    const [large, small] = [lanes.open("none"), lanes.open("none")];
    lanes.add(large, "large", 0, 2_000);
    lanes.add(small, "small", 1);

    const requests = [1, 2, 3].map(() => names(lanes.collect(100, { ...LIMITS, maxBytes: 1_000 })));

    expect(requests).toEqual([["large"], ["small"], []]);
  });

  test("what does not fit blocks those behind it in its lane, and no other lane", () => {
    const lanes = new Lanes();
    const [first, second] = [lanes.open("none"), lanes.open("none")];
    lanes.add(first, "a", 0, 400);
    lanes.add(first, "large", 1, 800);
    lanes.add(first, "b", 2, 10);
    lanes.add(second, "c", 3, 400);

    const requests = [1, 2].map(() => names(lanes.collect(100, { ...LIMITS, maxBytes: 1_000 })));

    expect(requests).toEqual([
      ["a", "c"],
      ["large", "b"],
    ]);
  });
});

describe("a lane that is blocked", () => {
  test("does not block others, and is asked again when it is free", () => {
    const lanes = new Lanes();
    const [paused, free] = [lanes.open("none"), lanes.open("none")];
    paused.pause.onFailure(0, 50);
    lanes.add(paused, "paused", 0);
    lanes.add(free, "free", 60);

    const taken = names(lanes.collect(60));

    expect(taken).toEqual(["free"]);
    expect(lanes.schedule.peek()?.deadline).toBe(75);
    expect(names(lanes.collect(75))).toEqual(["paused"]);
  });

  test("within a tenth of a linger is not due by that", () => {
    const lanes = new Lanes();
    const [paused, free] = [lanes.open("none"), lanes.open("none")];
    paused.pause.onFailure(0, 50);
    lanes.add(paused, "paused", 0);
    lanes.add(free, "free", 0);

    // The pause ends at 75, within the horizon of 60 + 50.
    expect(names(lanes.collect(60))).toEqual(["free"]);
    expect(lanes.schedule.length).toBe(1);
  });

  test("without tokens keeps its place in the schedule until it has some", () => {
    const lanes = new Lanes();
    const lane = lanes.open("none", { ...UNLIMITED, recordsPerSecond: 2 });
    for (let i = 0; i < 5; i++) lanes.add(lane, `r${i}`, 0);

    const taken = names(lanes.collect(0));

    expect(taken).toEqual(["r0", "r1"]);
    expect(lanes.schedule.peek()?.deadline).toBeCloseTo(500, 2);
    expect(names(lanes.collect(499))).toEqual([]);
  });
});

test("under overload requests carry 20 ms of the rate each, not one record", () => {
  const lanes = new Lanes();
  const lane = lanes.open("none", { ...UNLIMITED, recordsPerSecond: 1_000 });
  for (let i = 0; i < 5_000; i++) lanes.add(lane, "r", 0);

  const sizes: number[] = [];
  for (let now = 0; now < 2_000; ) {
    const taken = lanes.collect(now);
    if (taken.length > 0) sizes.push(taken.length);
    now = Math.max(now, lanes.schedule.peek()?.deadline ?? Number.POSITIVE_INFINITY);
  }

  // The bucket is full at first: two requests of 500.
  expect(sizes.slice(0, 2)).toEqual([500, 500]);
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(20);
  expect(sizes.length).toBeLessThanOrEqual(2 + 2_000 / 20);
  expect(sizes.reduce((sum, size) => sum + size)).toBeGreaterThanOrEqual(2_900);
});

describe("reschedule", () => {
  test("takes an empty lane out, and puts one with records at its moment", () => {
    const lanes = new Lanes();
    const lane = lanes.open();

    reschedule(lanes.schedule, lane, LINGER_MS);
    const before = lanes.schedule.length;
    lanes.add(lane, "a", 10);
    const at = lanes.schedule.peek()?.deadline;
    lane.queue.takeAll();
    reschedule(lanes.schedule, lane, LINGER_MS);

    expect([before, at, lanes.schedule.length]).toEqual([0, 110, 0]);
  });
});
