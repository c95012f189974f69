import { describe, expect, test } from "vitest";

import { ShardLayout } from "../../../../src/core/condition/shard-layout.js";
import { EPOCH, moment, Told } from "./entries.js";

function watched(isDistributionSet = false) {
  const told = new Told();
  return { told, layout: new ShardLayout(told.tell, isDistributionSet) };
}

describe("the shard map", () => {
  test("has no line when it is the first one", () => {
    const { told, layout } = watched();

    layout.onMap(2, false, 0);
    layout.onMode("mapped", moment(0));

    expect(told.messages).toEqual([]);
    expect([layout.cause, layout.endedAt]).toEqual([undefined, 0]);
  });

  test("that replaces another one has a line with both numbers of shards", () => {
    const { told, layout } = watched();

    layout.onMap(2, false, 0);
    layout.onMap(4, false, 1);
    layout.onMap(1, false, 2);

    expect(told.messages).toEqual([
      "the stream resharded from 2 to 4 shards",
      "the stream resharded from 4 to 1 shard",
    ]);
    expect(told.entries[0]).toMatchObject({
      level: "info",
      fields: { event: "resharded", shardsBefore: 2, shards: 4 },
    });
  });

  test("of a stream that was created again has its own line", () => {
    const { told, layout } = watched();

    layout.onMap(2, false, 0);
    layout.onMap(4, true, 1);

    expect(told.messages).toEqual(["the stream was created again, with 4 shards"]);
  });

  test("after the stream was missing is not compared with the old one", () => {
    const { told, layout } = watched();

    layout.onMap(2, false, 0);
    layout.onMode("waiting", moment(1));
    layout.onMap(4, false, 2);

    expect(told.messages).toEqual([]);
  });
});

describe("without a shard map", () => {
  test("the stream is degraded until there is one, and there is a line", () => {
    const { told, layout } = watched();

    layout.onMode("unmapped", moment(1_000));
    layout.onMode("unmapped", moment(2_000));
    const cause = layout.cause;
    layout.onMap(2, false, 3_000);
    layout.onMode("mapped", moment(3_000));

    expect(cause).toEqual({ status: "degraded", since: EPOCH + 1_000, reason: "there is no shard map" });
    expect([layout.cause, layout.endedAt]).toEqual([undefined, EPOCH + 3_000]);
    expect(told.messages).toEqual(["there is a shard map now, with 2 shards"]);
  });
});

describe("record distribution AUTO", () => {
  test("that the service reports has a line once", () => {
    const { told, layout } = watched();

    layout.onMode("auto", moment(0));
    layout.onMode("auto", moment(1));

    expect(told.messages).toEqual(["record distribution AUTO found: keys are ignored, records are not aggregated"]);
    expect(told.entries[0]?.level).toBe("info");
  });

  test("that the caller set has no line", () => {
    const { told, layout } = watched(true);

    layout.onMode("auto", moment(0));

    expect(told.messages).toEqual([]);
  });
});
