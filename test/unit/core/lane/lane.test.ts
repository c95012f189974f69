import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { NO_SHARD } from "../../../../src/core/buffer-budget.js";
import { newAggregator, type Packing } from "../../../../src/core/lane/aggregator.js";
import { Lane, type RequestRoom } from "../../../../src/core/lane/lane.js";
import { Press } from "../../../../src/core/lane/press.js";
import { Pause } from "../../../../src/core/pacing/retry-policy.js";
import { ShardLimiter, type ShardLimits } from "../../../../src/core/pacing/shard-limiter.js";
import type { Compressor } from "../../../../src/core/ports.js";
import type { PendingKinesisRecord } from "../../../../src/core/record/pending-kinesis-record.js";

import { contents, pendingOf, placed } from "../placed-records.js";

const LINGER_MS = 100;
const ROOM: RequestRoom = { bytes: 5_000_000, isolationGroup: undefined };
const LIMITS: ShardLimits = { recordsPerSecond: 1_000, bytesPerSecond: 1_048_576, adaptive: true };

const UNLIMITED: ShardLimits = { recordsPerSecond: 1e9, bytesPerSecond: 1e12, adaptive: true };

function newLane(limits: ShardLimits = LIMITS): Lane {
  return new Lane({
    aggregator: newAggregator("shard", { maxBytes: 200, maxCount: 1_000 }),
    limiter: new ShardLimiter(limits, 0),
    pause: new Pause({ baseMs: 50, maxMs: 5_000 }, () => 0.5),
    budget: NO_SHARD,
  });
}

/** A lane with one complete record of 100 bytes for each of these moments. */
function laneOf(acceptedAt: readonly number[], limits?: ShardLimits): Lane {
  const lane = newLane(limits);
  lane.queue.requeue(acceptedAt.map((at) => pendingOf({ key: "k", data: "x".repeat(99), acceptedAt: at })));
  return lane;
}

test("an empty lane has nothing to do, however it is blocked", () => {
  const lane = newLane();
  lane.heldUntil = 500;

  expect(lane.nextAt(LINGER_MS)).toBe(Number.POSITIVE_INFINITY);
  lane.heldUntil = 0;
  expect(lane.tryTake(1_000, 1_000, LINGER_MS, ROOM)).toBe("empty");
});

test("what grows is taken when it is due, not before", () => {
  const lane = newLane();
  lane.queue.add(placed({ data: "1", acceptedAt: 10 }));

  const early = lane.tryTake(109, 109, LINGER_MS, ROOM);
  const taken = lane.tryTake(110, 110, LINGER_MS, ROOM);

  expect(early).toBe("empty");
  expect(lane.nextAt(LINGER_MS)).toBe(Number.POSITIVE_INFINITY);
  expect(typeof taken === "string" ? taken : contents(taken)).toEqual(["key=1"]);
});

test("the horizon takes along what is due a little later", () => {
  const lane = newLane();
  lane.queue.add(placed({ acceptedAt: 10 }));

  expect(lane.tryTake(60, 110, LINGER_MS, ROOM)).not.toBeTypeOf("string");
});

test.each([
  [99, "does-not-fit"],
  [100, "taken"],
  [101, "taken"],
])("a record of 100 bytes with room for %d: %s", (room, outcome) => {
  const lane = laneOf([0]);

  const taken = lane.tryTake(0, 0, LINGER_MS, { bytes: room, isolationGroup: undefined });

  expect(typeof taken === "string" ? taken : "taken").toBe(outcome);
  expect(lane.queue.isEmpty).toBe(outcome === "taken");
});

test("what does not fit costs no tokens", () => {
  const lane = laneOf([0], { ...LIMITS, bytesPerSecond: 100 });

  const first = lane.tryTake(0, 0, LINGER_MS, { ...ROOM, bytes: 50 });
  const second = lane.tryTake(0, 0, LINGER_MS, ROOM);

  expect(first).toBe("does-not-fit");
  expect(second).not.toBeTypeOf("string");
});

describe("nothing goes", () => {
  test("while the lane is paused, until the moment the pause ends", () => {
    const lane = laneOf([0]);
    lane.pause.onFailure(0, 10);

    expect(lane.blockedUntil).toBe(35);
    expect(lane.nextAt(LINGER_MS)).toBe(35);
    expect(lane.tryTake(34, 34, LINGER_MS, ROOM)).toBe("blocked");
    expect(lane.tryTake(35, 35, LINGER_MS, ROOM)).not.toBeTypeOf("string");
  });

  test("while the lane is held", () => {
    const lane = laneOf([0]);
    lane.heldUntil = 500;

    expect(lane.nextAt(LINGER_MS)).toBe(500);
    expect(lane.tryTake(499, 499, LINGER_MS, ROOM)).toBe("blocked");
    expect(lane.tryTake(500, 500, LINGER_MS, ROOM)).not.toBeTypeOf("string");
  });

  test("without tokens, until there are some for all that waits or for 20 ms of the rate", () => {
    const lane = laneOf([0, 0, 0, 0], { ...LIMITS, recordsPerSecond: 1 });

    const outcomes = [lane.tryTake(0, 0, LINGER_MS, ROOM), lane.tryTake(0, 0, LINGER_MS, ROOM)];

    expect(outcomes[1]).toBe("blocked");
    expect(lane.queue.kinesisRecords).toBe(3);
    expect(lane.nextAt(LINGER_MS)).toBeCloseTo(1_000, 2);
    expect(lane.tryTake(999, 999, LINGER_MS, ROOM)).toBe("blocked");
    expect(lane.tryTake(lane.blockedUntil, lane.blockedUntil, LINGER_MS, ROOM)).not.toBeTypeOf("string");
  });
});

test("a lane without tokens is due again no sooner than it has some", () => {
  const lane = laneOf([0, 0], { ...LIMITS, recordsPerSecond: 1 });
  lane.tryTake(0, 0, LINGER_MS, ROOM);
  lane.tryTake(0, 0, LINGER_MS, ROOM);

  lane.queue.add(placed({ acceptedAt: 0 }));

  expect(lane.nextAt(LINGER_MS)).toBeCloseTo(1_000, 2);
});

describe("with compression", () => {
  /** gzip whose results come when the test wants them. */
  function newPressing(packing: Packing = "shard", isOrdered = false, limits: ShardLimits = UNLIMITED) {
    const results: (() => void)[] = [];
    const compressor: Compressor = {
      codec: "gzip",
      compress: (bytes, done) => results.push(() => done(gzipSync(bytes))),
      decompress: (bytes) => gunzipSync(bytes),
    };
    const press = new Press(compressor, { maxBytes: 300, maxCount: 1_000 });
    const lane = new Lane({
      aggregator: newAggregator(packing, press),
      limiter: new ShardLimiter(limits, 0),
      pause: new Pause({ baseMs: 50, maxMs: 5_000 }, () => 0.5),
      budget: NO_SHARD,
      isOrdered,
      press,
    });
    return { lane, release: () => results.shift()?.(), working: () => results.length };
  }

  function fill(lane: Lane, keys: string): void {
    for (const key of keys) lane.queue.add(placed({ key, data: key.repeat(250) }));
    lane.queue.complete();
  }

  function take(lane: Lane): string {
    const taken = lane.tryTake(0, 0, LINGER_MS, ROOM);
    return typeof taken === "string" ? taken : (contents(taken)[0]?.[0] ?? "");
  }

  test("records are compressed one after the other, in their order, and taken when they are", () => {
    const { lane, release, working } = newPressing();
    fill(lane, "abc");

    expect(take(lane)).toBe("blocked");
    lane.maybePress(0, LINGER_MS, 1e6);
    lane.maybePress(0, LINGER_MS, 1e6);
    expect([working(), lane.nextAt(LINGER_MS), lane.ready.kinesisRecords]).toEqual([1, Number.POSITIVE_INFINITY, 0]);
    release();
    lane.maybePress(0, LINGER_MS, 1e6);

    expect(lane.ready).toEqual({ kinesisRecords: 1, bytes: expect.any(Number) });
    expect(lane.nextAt(LINGER_MS)).toBe(0);
    expect([working(), take(lane), take(lane)]).toEqual([1, "a", "blocked"]);
    release();
    expect([take(lane), lane.ready.kinesisRecords]).toEqual(["b", 0]);
  });

  test("no more than the given bytes are compressed ahead", () => {
    const { lane, release, working } = newPressing();
    fill(lane, "abcdefgh");

    for (let i = 0; i < 8; i++) {
      lane.maybePress(0, LINGER_MS, 150);
      release();
    }

    const { kinesisRecords, bytes } = lane.ready;
    expect(working()).toBe(0);
    expect(kinesisRecords).toBeLessThan(8);
    expect(bytes).toBeGreaterThanOrEqual(150);
    expect(bytes - bytes / kinesisRecords).toBeLessThan(150);
  });

  test("without tokens for what is compressed already, the next one is not compressed", () => {
    const { lane, release, working } = newPressing("shard", false, { ...UNLIMITED, bytesPerSecond: 400 });
    fill(lane, "abcdefgh");
    lane.maybePress(0, LINGER_MS, 1e6);
    release();
    expect(take(lane)).toBe("a");

    for (let i = 0; i < 8; i++) {
      lane.maybePress(0, LINGER_MS, 1e6);
      release();
    }

    expect(working()).toBe(0);
    expect(lane.ready.kinesisRecords).toBeGreaterThan(1);
    expect(lane.ready.bytes).toBeLessThanOrEqual(400);
  });

  test("while a record is in flight in order, the next complete one is compressed, and a growing one grows", () => {
    const { lane, release, working } = newPressing("shard", true);
    fill(lane, "ab");
    lane.queue.add(placed({ key: "c", data: "c" }));
    lane.maybePress(0, LINGER_MS, 1e6);
    release();

    expect(take(lane)).toBe("a");
    lane.maybePress(1_000, LINGER_MS, 1e6);
    expect(working()).toBe(1);
    release();
    lane.maybePress(1_000, LINGER_MS, 1e6);

    expect([working(), take(lane)]).toEqual([0, "blocked"]);
  });

  test("a record keeps its place while it is compressed, though its key closes meanwhile", () => {
    const { lane, release } = newPressing("key", true);
    for (const key of "aaa") fill(lane, key);
    lane.maybePress(0, LINGER_MS, 1e6);
    release();
    lane.maybePress(0, LINGER_MS, 1e6);
    const first = lane.tryTake(0, 0, LINGER_MS, ROOM) as PendingKinesisRecord;
    release();
    lane.maybePress(0, LINGER_MS, 1e6);
    const { bytes } = lane.ready;
    // The second waits behind the first; the third is being compressed.
    expect(take(lane)).toBe("blocked");
    release();
    expect([take(lane), lane.queue.kinesisRecords, lane.queue.bytes]).toEqual(["empty", 2, 2 * bytes]);

    lane.release(first);
    const second = lane.tryTake(0, 0, LINGER_MS, ROOM) as PendingKinesisRecord;
    expect([second.wireBytes, lane.queue.bytes]).toEqual([bytes, bytes]);
  });
});

test("the parts of a record that is divided after compression stay in its isolation group", () => {
  const bounds = { maxBytes: 200, maxCount: 1_000 };
  const codec: Compressor = { codec: "none", compress: (_, done) => done(undefined), decompress: undefined };
  const press = new Press(codec, bounds);
  const lane = new Lane({
    aggregator: newAggregator("shard", press),
    limiter: new ShardLimiter(LIMITS, 0),
    pause: new Pause({ baseMs: 50, maxMs: 5_000 }, () => 0.5),
    budget: NO_SHARD,
    press,
  });
  const refused = pendingOf(...Array.from({ length: 6 }, (_, i) => ({ key: "k", data: `${i}`.repeat(60) })));
  refused.isolationGroup = 7;
  lane.queue.requeue([refused]);

  lane.maybePress(0, LINGER_MS, 1e6);

  const parts = lane.queue.takeAll();
  expect(parts.length).toBeGreaterThan(1);
  expect(parts.flatMap(contents)).toHaveLength(6);
  expect(new Set(parts.map(({ isolationGroup }) => isolationGroup))).toEqual(new Set([7]));
});
