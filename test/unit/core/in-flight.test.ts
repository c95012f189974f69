import { expect, test } from "vitest";
import { NO_SHARD } from "../../../src/core/buffer-budget.js";
import { InFlight } from "../../../src/core/in-flight.js";
import { newAggregator } from "../../../src/core/lane/aggregator.js";
import { Lane } from "../../../src/core/lane/lane.js";
import { Pause, RETRY_BACKOFF } from "../../../src/core/pacing/retry-policy.js";
import { ShardLimiter } from "../../../src/core/pacing/shard-limiter.js";
import { pendingOf } from "./placed-records.js";

function newLane(): Lane {
  return new Lane({
    aggregator: newAggregator("shard", { maxBytes: 200, maxCount: 1_000 }),
    limiter: new ShardLimiter({ recordsPerSecond: 1_000, bytesPerSecond: 1_048_576, adaptive: true }, 0),
    pause: new Pause(RETRY_BACKOFF, () => 0.5),
    budget: NO_SHARD,
  });
}

test("user records in flight are counted in all and by lane, and not at all when the answers are in", () => {
  const inFlight = new InFlight();
  const [left, right] = [newLane(), newLane()];
  const first = [
    { record: pendingOf({}, {}), lane: left, pacedMs: 0 },
    { record: pendingOf({}), lane: right, pacedMs: 0 },
  ];
  const second = [{ record: pendingOf({}), lane: left, pacedMs: 0 }];

  inFlight.begin(first, 10);
  inFlight.begin(second, 20);
  expect([inFlight.requests, inFlight.records, inFlight.lastAt]).toEqual([2, 4, 20]);
  expect([left.recordsInFlight, right.recordsInFlight]).toEqual([3, 1]);
  inFlight.end(first);
  inFlight.end(second);

  expect([inFlight.requests, inFlight.records, inFlight.lastAt]).toEqual([0, 0, 20]);
  expect([left.recordsInFlight, right.recordsInFlight]).toEqual([0, 0]);
});

test("a request that is answered a second time is a bug, and says so", () => {
  const inFlight = new InFlight();
  const [once, other] = [
    [{ record: pendingOf({}), lane: newLane(), pacedMs: 0 }],
    [{ record: pendingOf({}), lane: newLane(), pacedMs: 0 }],
  ];
  inFlight.begin(once, 0);
  inFlight.begin(other, 0);
  inFlight.end(once);

  expect(() => inFlight.end(once)).toThrow(
    /^a request that is in flight is answered once, but found requests 0, records 0, least -1\. This is a bug/,
  );
});

test("the oldest record in flight is found among all requests, without the records that have failed already", () => {
  const inFlight = new InFlight();
  const lane = newLane();
  const failed = pendingOf({ acceptedAt: 1 });
  const items = [failed, pendingOf({ acceptedAt: 7 }, { acceptedAt: 9 })].map((record) => ({
    record,
    lane,
    pacedMs: 0,
  }));
  const younger = [{ record: pendingOf({ acceptedAt: 8 }), lane, pacedMs: 0 }];
  failed.end();

  expect(inFlight.oldestAt()).toBe(Number.POSITIVE_INFINITY);
  inFlight.begin(younger, 10);
  inFlight.begin(items, 20);
  expect(inFlight.oldestAt()).toBe(7);
  inFlight.end(items);
  expect(inFlight.oldestAt()).toBe(8);
});
