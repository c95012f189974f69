import { describe, expect, test } from "vitest";

import { ThrottledShards } from "../../../../src/core/condition/throttled-shards.js";
import { EPOCH, moment, Told } from "./entries.js";

function watched() {
  const told = new Told();
  return { told, shards: new ThrottledShards(told.tell) };
}

describe("a throttled shard", () => {
  test("has a line when refusals have lasted a second, once", () => {
    const { told, shards } = watched();

    shards.onThrottled("a", 5, 1, moment(0));
    shards.onThrottled("a", 5, 1, moment(999));
    expect(told.messages).toEqual([]);
    shards.onThrottled("a", 2, 0.984, moment(1_000));
    shards.onThrottled("a", 2, 0.5, moment(2_000));

    expect(told.messages).toEqual(["a is throttled, at 98 % of its limit (12 Kinesis records refused)"]);
    expect(told.entries[0]).toMatchObject({
      level: "warn",
      fields: { event: "shard-throttled", shardId: "a", kinesisRecordsRefused: 12, rateFactor: 0.984 },
    });
  });

  test("has no share of its limit in the line while only pauses hold it back", () => {
    const { told, shards } = watched();

    shards.onThrottled("a", 1, 1, moment(0));
    shards.onThrottled("a", 1, 1, moment(1_000));

    expect(told.messages).toEqual(["a is throttled, paused after each refusal (2 Kinesis records refused)"]);
    expect(told.entries[0]?.fields).toMatchObject({ rateFactor: 1 });
  });

  test("has recovered when it took a record and refused none for ten seconds", () => {
    const { told, shards } = watched();
    shards.onThrottled("a", 1, 1, moment(0));
    shards.onThrottled("a", 1, 1, moment(4_000));
    shards.onAccepted("a", 5_000);

    shards.onTime(13_999);
    expect(told.events).toEqual(["shard-throttled"]);
    expect(shards.nextAt).toBe(14_000);
    shards.onTime(14_000);

    expect(told.messages[1]).toBe("a has recovered after 4 s (2 Kinesis records refused)");
    expect(told.entries[1]).toMatchObject({ level: "info", fields: { event: "shard-recovered", durationMs: 4_000 } });
    expect(shards.endedAt(14_000)).toBe(EPOCH + 14_000);
    expect(shards.nextAt).toBe(Number.POSITIVE_INFINITY);
  });

  test("to which nothing was sent since has not recovered; the next record shows it", () => {
    const { told, shards } = watched();
    shards.onThrottled("a", 1, 1, moment(0));
    shards.onThrottled("a", 1, 1, moment(1_000));

    shards.onTime(60_000);
    expect([told.events, shards.nextAt]).toEqual([["shard-throttled"], Number.POSITIVE_INFINITY]);
    shards.onAccepted("a", 60_000);
    shards.onTime(60_000);

    expect(told.events).toEqual(["shard-throttled", "shard-recovered"]);
  });

  test("that refuses once now and then has no line", () => {
    const { told, shards } = watched();

    for (let now = 0; now < 600_000; now += 10_000) {
      shards.onThrottled("a", 3, 1, moment(now));
      shards.onAccepted("a", now + 100);
    }

    expect(told.events).toEqual([]);
  });

  test("that is closed by a new map is forgotten", () => {
    const { told, shards } = watched();
    for (const id of ["a", "b"]) for (const now of [0, 1_000]) shards.onThrottled(id, 1, 1, moment(now));

    shards.keep((id) => id === "b", moment(2_000));
    for (const id of ["a", "b"]) shards.onAccepted(id, 2_000);
    shards.onTime(20_000);

    expect(told.entries.map(({ fields }) => [fields.event, fields.shardId])).toEqual([
      ["shard-throttled", "a"],
      ["shard-throttled", "b"],
      ["shard-recovered", "b"],
    ]);
  });

  test("without a name is the stream: its records have no predicted shard", () => {
    const { told, shards } = watched();

    for (const now of [0, 1_000]) shards.onThrottled(undefined, 1, 0.5, moment(now));

    expect(told.messages).toEqual(["the stream is throttled, at 50 % of its limit (2 Kinesis records refused)"]);
    expect(told.entries[0]?.fields).not.toHaveProperty("shardId");
  });
});

describe("the stream is degraded", () => {
  test("from the first refusal that a line has reported to ten seconds after the last", () => {
    const { shards } = watched();
    shards.onThrottled("a", 1, 1, moment(1_000));
    const untold = shards.cause(1_000);
    shards.onThrottled("a", 1, 1, moment(2_000));

    expect(untold).toBeUndefined();
    expect(shards.cause(11_999)).toEqual({ status: "degraded", since: EPOCH + 1_000, reason: "a is throttled" });
    expect(shards.cause(12_000)).toBeUndefined();
    expect(shards.endedAt(12_000)).toBe(EPOCH + 12_000);
  });

  test("by several shards, which are counted", () => {
    const { shards } = watched();
    for (const id of ["a", "b", "c"]) for (const now of [0, 1_000]) shards.onThrottled(id, 1, 1, moment(now));

    expect(shards.cause(1_000)?.reason).toBe("3 shards are throttled");
  });
});
