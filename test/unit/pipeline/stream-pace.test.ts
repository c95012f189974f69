import { describe, expect, test } from "vitest";

import { shardIdOf } from "../../../src/testing/even-shards.js";
import { acceptAll, refuseEntries, requestFailure, THROTTLED } from "../../../src/testing/scripted-answers.js";
import { virtualProducer } from "../../support/virtual-producer.js";

const RECORDS = 200;
const SHARDS = 3;
const A_SECOND = 10;

function sentBy({ transport }: ReturnType<typeof virtualProducer>): number {
  return transport.requests.reduce((sent, { entries }) => sent + entries.length, 0);
}

describe("a stream without predicted shards", () => {
  test.each([
    ["AUTO", "AUTO" as const, false],
    ["without a map", "USER_PARTITION_KEY" as const, true],
  ])("%s: all records share one pace, that of as many shards as the stream has", async (_, distribution, isDenied) => {
    const virtual = virtualProducer({ aggregation: false, shardLimits: { recordsPerSecond: A_SECOND } });
    const { clock, directory, transport, put, start } = virtual;
    transport.always(acceptAll(shardIdOf(0), shardIdOf(1), shardIdOf(2)));
    directory.setSummary({ recordDistribution: distribution, openShardCount: SHARDS });
    if (isDenied) directory.listings.always(requestFailure("AccessDeniedException"));
    await start();

    for (let i = 0; i < RECORDS; i++) put({ partitionKey: `key-${i}` });
    await clock.advanceAsync(100);
    const atOnce = sentBy(virtual);
    await clock.advanceAsync(2_000);

    expect(atOnce).toBeGreaterThanOrEqual(SHARDS * A_SECOND);
    expect(atOnce).toBeLessThanOrEqual(SHARDS * A_SECOND + 4);
    expect(sentBy(virtual) - atOnce).toBeGreaterThanOrEqual(2 * SHARDS * A_SECOND - 2);
    expect(sentBy(virtual) - atOnce).toBeLessThanOrEqual(2 * SHARDS * A_SECOND + 1);
  });

  test("is sent less by the share that is refused", async () => {
    // Where records expire, the first minute of trouble lowers nothing.
    const virtual = virtualProducer({
      aggregation: false,
      recordTtlMs: Number.POSITIVE_INFINITY,
      shardLimits: { recordsPerSecond: 100 },
    });
    const { clock, directory, transport, put, start } = virtual;
    const accept = acceptAll(shardIdOf(0));
    let entries = 0;
    directory.setSummary({ recordDistribution: "AUTO", openShardCount: 1 });
    transport.always(refuseEntries(() => entries++ % 2 === 0, THROTTLED, accept));
    await start();

    for (let i = 0; i < 1_000; i++) put({ partitionKey: `key-${i}` });
    await clock.advanceAsync(3_000);
    const before = sentBy(virtual);
    await clock.advanceAsync(1_000);

    expect(sentBy(virtual) - before).toBeGreaterThan(5);
    expect(sentBy(virtual) - before).toBeLessThan(50);
  });
});
