import { describe, expect, it } from "vitest";
import { BatchQueue, type BatchRules } from "../../../../src/testing/lambda-trigger/batch-queue.js";

const NEVER = Number.NEGATIVE_INFINITY;

function queueOf(rules: Partial<BatchRules>, ...records: readonly { bytes?: number; arrivedAt?: number }[]) {
  const queue = new BatchQueue({ batchSize: 3, batchingWindowMs: 1_000, tumblingWindowMs: 0, ...rules });
  for (const { bytes = 10, arrivedAt = 0 } of records) queue.add({ bytes, arrivedAt }, 5_000);
  return queue;
}

describe("a batch", () => {
  it("is ready when the window of its first record is over", () => {
    expect(queueOf({}).readyAt(100)).toBeUndefined();
    expect(queueOf({}, {}).readyAt(100)).toBe(6_000);
  });

  it.each([
    [2, 6_000],
    [3, NEVER],
    [4, NEVER],
  ])("of %i records, of three at most, is ready at %d", (count, readyAt) => {
    expect(queueOf({}, ...Array.from({ length: count }, () => ({}))).readyAt(100)).toBe(readyAt);
  });

  it.each([
    [29, 2],
    [30, 3],
    [31, 3],
  ])("with room for %i bytes has %i records of 10", (room, count) => {
    const queue = queueOf({ batchSize: 100 }, {}, {}, {});

    expect(queue.readyAt(room)).toBe(count < 3 ? NEVER : 6_000);
    expect(queue.take(room)).toHaveLength(count);
    expect([queue.length, queue.bytes]).toEqual([3 - count, 10 * (3 - count)]);
  });

  it("has one record at least, of any size", () => {
    expect(queueOf({}, { bytes: 1_000 }, {}).take(100)).toEqual([{ bytes: 1_000, arrivedAt: 0 }]);
  });

  it("has records of one tumbling window, and is complete at its end", () => {
    const queue = queueOf({ tumblingWindowMs: 100 }, { arrivedAt: 199 }, { arrivedAt: 200 });

    expect([queue.firstWindowAt, queue.readyAt(100)]).toEqual([100, NEVER]);
    expect(queue.take(100)).toEqual([{ bytes: 10, arrivedAt: 199 }]);
    expect([queue.firstWindowAt, queue.readyAt(100)]).toEqual([200, 6_000]);
  });

  it("keeps the order over many of them", () => {
    const queue = queueOf({ batchSize: 7 });
    const seen: number[] = [];
    for (let i = 0; i < 1_000; i++) {
      queue.add({ bytes: 1, arrivedAt: i }, i);
      if (i % 5 === 0) seen.push(...queue.take(100).map(({ arrivedAt }) => arrivedAt));
    }
    while (queue.length > 0) seen.push(...queue.take(100).map(({ arrivedAt }) => arrivedAt));

    expect(seen).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
    expect(queue.bytes).toBe(0);
  });
});
