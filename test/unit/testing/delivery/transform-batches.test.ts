import { describe, expect, test } from "vitest";
import { TransformBatches } from "../../../../src/testing/delivery/transform-batches.js";
import { eventText, type HeldRecord, MAX_PAYLOAD_BYTES } from "../../../../src/testing/delivery/transform-event.js";
import { FACTS, kinesisRecord } from "./pipeline-under-test.js";

function record(bytes: number, index = 0): HeldRecord {
  const source = { ...kinesisRecord(new Uint8Array(bytes), index), subSequenceNumber: 0 };
  return { source, generation: 0, recordId: String(index) };
}

function sizes(batches: readonly { readonly records: readonly HeldRecord[] }[]): number[] {
  return batches.map(({ records }) => records.length);
}

describe("the batches of a transform", () => {
  test("are full at their size, and a record that does not fit begins the next one", () => {
    const batches = new TransformBatches({ bytes: 100, intervalMs: 60_000 });

    expect(sizes(batches.add(record(60), 0))).toEqual([]);
    expect(sizes(batches.add(record(41), 0))).toEqual([1]);
    expect(sizes(batches.add(record(59), 0))).toEqual([2]);
    expect(sizes(batches.add(record(99), 0))).toEqual([]);
    expect(sizes(batches.add(record(100), 0))).toEqual([1, 1]);
    expect(batches.dueAt).toBeUndefined();
  });

  test("are due an interval after their first record", () => {
    const batches = new TransformBatches({ bytes: 100, intervalMs: 60_000 });
    expect(batches.dueAt).toBeUndefined();

    batches.add(record(1), 5);
    batches.add(record(1), 50_000);

    expect(batches.dueAt).toBe(60_005);
    expect(sizes(batches.cut())).toEqual([2]);
    expect(sizes(batches.cut())).toEqual([]);
    batches.add(record(1), 70_000);
    expect(batches.dueAt).toBe(130_000);
  });

  test("never make an event that is larger than a payload: small records weigh more than their data", () => {
    const batches = new TransformBatches({ bytes: 3 * 1024 * 1024, intervalMs: 60_000 });
    const full = Array.from({ length: 60_000 }, (_, index) => batches.add(record(10, index), 0)).flat();

    expect(full.length).toBeGreaterThan(1);
    for (const { texts } of full) {
      const bytes = Buffer.byteLength(eventText(FACTS, "i".repeat(36), texts));
      expect(bytes).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
      expect(bytes).toBeGreaterThan(MAX_PAYLOAD_BYTES - 4_096);
    }
  });
});
