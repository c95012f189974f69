import { describe, expect, test } from "vitest";

import { KinesisProducer } from "../../../src/producer.js";
import type { UserRecord } from "../../../src/record.js";
import type { StreamStats } from "../../../src/stats.js";
import type { Milliseconds } from "../../../src/testing/faults/fault-rule.js";
import { ManualClock } from "../../../src/testing/manual-clock.js";
import { SimulatedKinesis } from "../../../src/testing/simulated-kinesis.js";

const ROUND_TRIP_MS = 20;
const CALLERS = 100;
const RUN_MS = 2_000;

/** Offers a record until it is in, or settled. */
type Way = (producer: KinesisProducer, record: UserRecord) => Promise<unknown>;

const WAYS: Readonly<Record<string, Way>> = {
  put: (producer, record) => producer.put(record),
  ready: async (producer, record) => {
    while (!producer.enqueue(record)) await producer.ready();
  },
};

interface Case {
  readonly way: string;
  readonly places: number;
  readonly shards: number;
  readonly latencyMs: Milliseconds;
  /** All callers write to the last shard, and the others hold the buffer when they begin. */
  readonly isOneSided?: boolean;
}

/** Callers without end, a hundred at a time, for a buffer with few places. */
async function rush({ way, places, shards, latencyMs, isOneSided }: Case): Promise<StreamStats | undefined> {
  const clock = new ManualClock();
  const kinesis = new SimulatedKinesis({ clock, streams: { clicks: { shards } }, latencyMs, seed: 1 });
  const options = { streamName: "clicks", maxBufferedRecords: places, lingerMs: 1_000, onFailed: () => {} };
  const producer = new KinesisProducer({ ...options, clock, transport: kinesis, directory: kinesis });
  const ready = producer.ready();
  await clock.advanceAsync(1_000);
  await ready;
  const to = (shard: number) => ({ explicitHashKey: (BigInt(shard) << 128n) / BigInt(shards) });
  if (isOneSided) for (let i = 0; producer.enqueue({ partitionKey: "k", data: "", ...to(i % (shards - 1)) }); i++);
  let isOver = false;
  const caller = async (number: number): Promise<void> => {
    const aim = isOneSided ? to(shards - 1) : {};
    for (let i = 0; !isOver; i++)
      await WAYS[way]?.(producer, { partitionKey: `${number}-${i}`, data: "x".repeat(50), ...aim });
  };
  for (let number = 0; number < CALLERS; number++) void caller(number);
  await clock.advanceAsync(RUN_MS);
  isOver = true;
  return producer.stats().streams.clicks;
}

const CASES: readonly Case[] = Object.keys(WAYS).flatMap((way) =>
  [1, 4, 16].flatMap((shards) =>
    [10, 20, 50].flatMap((places): Case[] => [
      { way, shards, places, latencyMs: ROUND_TRIP_MS },
      { way, shards, places, latencyMs: { from: ROUND_TRIP_MS / 2, to: (ROUND_TRIP_MS * 3) / 2 } },
    ]),
  ),
);

async function expectNearlyIdeal(of: Case): Promise<void> {
  const { userRecordsDelivered: delivered = 0, requests = 0 } = (await rush(of)) ?? {};

  expect(delivered).toBeGreaterThan(((RUN_MS / ROUND_TRIP_MS) * of.places) / 1.5);
  // None of one record.
  expect(delivered / requests).toBeGreaterThan(of.places / 3);
}

describe("a buffer with few places, for a hundred callers", () => {
  test.each(CASES)("is emptied at every answer: $way, $places places, $shards shards, $latencyMs", expectNearlyIdeal);

  test.each(
    Object.keys(WAYS).flatMap((way) => [10, 20, 50, 100].map((places) => ({ way, places, shards: 4, latencyMs: 20 }))),
  )("is not kept for the linger by shards that nobody writes to: $way, $places places", async (of) => {
    await expectNearlyIdeal({ ...of, isOneSided: true });
  });
});
