import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PutResult, RecordFailedError } from "../../src/index.js";
import { type ControlHook, type ControlledCall, LocalKinesis } from "../../src/testing/index.js";
import { manyRecords, newProducer, readAll, STREAM } from "./local-stream.js";
import { IS_DEFAULT_TRANSPORT } from "./of-one-transport.js";

let kinesis: LocalKinesis;

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 3 } } });
});

afterEach(() => kinesis.close());

/** Random numbers in [0, 1), the same in every run: a linear congruential generator. */
function newRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/** The answer that refuses every entry. */
function refuseEntries({ input }: ControlledCall): ReturnType<ControlHook> {
  const entries = input.Records as readonly unknown[];
  const refusal = { ErrorCode: "ProvisionedThroughputExceededException", ErrorMessage: "Rate exceeded" };
  const body = { FailedRecordCount: entries.length, Records: entries.map(() => refusal) };
  return { kind: "answer", statusCode: 200, body };
}

/** Faults of a request, before or after it was stored. */
const FAULTS: readonly ControlHook[] = [
  refuseEntries,
  () => ({ kind: "error", code: "ThrottlingException" }),
  () => ({ kind: "error", code: "InternalFailure", statusCode: 500 }),
  () => ({ kind: "destroy" }),
  (call) => {
    call.run();
    return { kind: "error", code: "InternalFailure", statusCode: 500 };
  },
  (call) => {
    call.run();
    return { kind: "destroy" };
  },
  (call) => {
    call.run();
    return { kind: "answer", statusCode: 200, body: '{"Records":[{' };
  },
];

describe("under faults of every kind", () => {
  // Half of all requests meet a fault. Sometimes this happens several times in a row, and the doubling pauses add up to
  // half a minute.
  const timeout = 120_000;

  // Odd numbers aggregate. A transport does not influence the packing.
  it.each(IS_DEFAULT_TRANSPORT ? [1, 2, 3, 4] : [1, 3])(
    "the reported outcome of each record is what the reader sees (seed %i)",
    { timeout },
    async (seed) => {
      const random = newRandom(seed);
      kinesis.control("PutRecords", (call) => {
        if (call.index === 15) kinesis.splitShard(STREAM, "shardId-000000000001");
        if (call.index === 30) kinesis.mergeShards(STREAM, "shardId-000000000003", "shardId-000000000004");
        return random() < 0.5 ? FAULTS[Math.floor(random() * FAULTS.length)]?.(call) : undefined;
      });
      const producer = newProducer(kinesis, {
        aggregation: seed % 2 === 0 ? false : { maxBytes: 1_000 },
        maxRequestRecords: 20,
        maxInFlightRequests: 4,
        maxAttempts: 6,
        random,
      });
      const records = manyRecords(1_500, 300);

      const outcomes = await Promise.allSettled(records.map((record) => producer.put(record)));
      const report = await producer.close();

      const { texts } = readAll(kinesis);
      const times = new Map<string, number>();
      for (const text of texts) times.set(text, (times.get(text) ?? 0) + 1);
      const wrong = outcomes.flatMap((outcome, i) => {
        const seen = times.get(records[i]?.data ?? "") ?? 0;
        const isRight =
          outcome.status === "fulfilled" ? suits(outcome.value, seen) : suitsFailure(outcome.reason, seen);
        return isRight ? [] : [{ record: records[i], seen, outcome }];
      });
      expect(wrong).toEqual([]);
      expect(times.size).toBeLessThanOrEqual(records.length);
      expect(report.delivered + report.failed).toBe(records.length);
      expect(report.delivered).toBeGreaterThan(records.length / 2);
    },
  );

  it("an outage of the whole service costs time, and no record", async () => {
    let calls = 0;
    kinesis.control("PutRecords", () => (calls++ < 12 ? { kind: "destroy" } : undefined));
    const producer = newProducer(kinesis, { random: () => 0.05 });
    const records = manyRecords(2_000);

    const { delivered } = await producer.putMany(records);
    await producer.close();

    expect(delivered).toBe(2_000);
    expect(readAll(kinesis).texts).toEqual(records.map(({ data }) => data));
  });
});

function suits({ mayBeDuplicate, sequenceNumber, attempts }: PutResult, seen: number): boolean {
  const isLastAttempt = attempts.at(-1)?.sequenceNumber === sequenceNumber;
  return isLastAttempt && (mayBeDuplicate ? seen >= 1 : seen === 1);
}

function suitsFailure({ delivery, attempts }: RecordFailedError, seen: number): boolean {
  return attempts.length > 0 && (delivery === "unknown" || seen === 0);
}
