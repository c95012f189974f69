import { describe, expect, it } from "vitest";
import type { KinesisProducer } from "../../../src/index.js";
import { ProducerOutlet } from "../../../src/spool/producer-outlet.js";

const RECORD = { partitionKey: "a", data: "x" };

/** A buffer of 1,000 bytes and 10 records. */
function underTest() {
  const buffer = {
    bufferedBytes: 0,
    bufferedRecords: 0,
    maxBufferedBytes: 1_000,
    maxBufferedRecords: 10,
    isShut: false,
  };
  let looks = 0;
  const producer = {
    enqueue: () => !buffer.isShut,
    stats: () => {
      looks++;
      return buffer;
    },
  } as unknown as KinesisProducer<number>;
  return { outlet: new ProducerOutlet(producer), buffer, looks: () => looks };
}

describe("whether the buffer of the producer is full", () => {
  it("is known without a snapshot of the statistics for each record of a shard that has no room", () => {
    const { outlet, buffer, looks } = underTest();
    buffer.isShut = true;
    for (let i = 0; i < 1_000; i++) {
      expect(outlet.enqueue(RECORD, i, 100)).toBe(false);
      expect(outlet.isFull(100)).toBe(false);
    }

    expect(looks()).toBe(1);
  });

  it("is looked at again when the records since then may have filled it", () => {
    const { outlet, buffer } = underTest();
    expect(outlet.isFull(100)).toBe(false);
    for (let i = 0; i < 6; i++) outlet.enqueue(RECORD, i, 100);
    buffer.bufferedBytes = 950;

    expect(outlet.isFull(100)).toBe(true);
    buffer.bufferedBytes = 0;
    expect(outlet.isFull(100)).toBe(false);
  });

  it("counts the records too", () => {
    const { outlet, buffer } = underTest();
    expect(outlet.isFull(0)).toBe(false);
    for (let i = 0; i < 10; i++) outlet.enqueue(RECORD, i, 0);
    buffer.bufferedRecords = 10;

    expect(outlet.isFull(0)).toBe(true);
  });
});
