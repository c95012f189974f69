import { describe, expect, it } from "vitest";
import { RecordAggregator } from "../../../src/aggregate/record-aggregator.js";
import { deaggregate, deaggregateAll } from "../../../src/deaggregate/deaggregate.js";
import type { KinesisRecordLike } from "../../../src/deaggregate/record-envelope.js";

/** A Kinesis record of `count` user records. */
function aggregateOf(count: number, seed: number, bytes = 100): { data: Buffer; partitionKey: string } {
  const aggregator = new RecordAggregator({ maxBytes: 1_000_000 });
  for (let i = 0; i < count; i++) aggregator.tryAdd({ partitionKey: `k${i % 7}`, data: Buffer.alloc(bytes, seed + i) });
  const { data, partitionKey } = aggregator.take() as { data: Uint8Array; partitionKey: string };
  return { data: Buffer.from(data), partitionKey };
}

/** Twenty Kinesis records of all kinds, one after the other. */
function mixed(): KinesisRecordLike[] {
  return Array.from({ length: 20 }, (_, i) => {
    const record = aggregateOf(2 + ((i * 5) % 9), i, 50 + i * 31);
    if (i % 4 === 1) record.data[record.data.length - 1 - (i % 16)] = (record.data.at(-1 - (i % 16)) as number) ^ 1;
    if (i % 5 === 2) return { data: Buffer.from(`plain ${i}`), partitionKey: "p", sequenceNumber: String(i) };
    return { ...record, sequenceNumber: String(i) };
  });
}

describe("deaggregateAll of an array", () => {
  it("gives what deaggregate gives for each, in order", () => {
    const records = mixed();

    expect([...deaggregateAll(records)]).toEqual(records.flatMap((record) => [...deaggregate(record)]));
  });

  it("gives the same for an iterable that is no array", () => {
    const records = mixed();

    expect([...deaggregateAll(new Set(records))]).toEqual([...deaggregateAll(records)]);
  });

  it("gives the same without checksums", () => {
    const records = mixed();
    const options = { verifyChecksum: false };

    expect([...deaggregateAll(records, options)]).toEqual(
      records.flatMap((record) => [...deaggregate(record, options)]),
    );
  });

  it("can be iterated again, each time from the start", () => {
    const all = deaggregateAll(mixed());

    expect([...all]).toEqual([...all]);
  });

  it("tells of what is dropped once per iteration, before the next record comes out", () => {
    const range = { startingHashKey: "0", endingHashKey: "1" };
    const records = [aggregateOf(3, 1), { data: Buffer.from("plain"), partitionKey: "p" }, aggregateOf(2, 2)];
    const told: string[] = [];

    for (const { data } of deaggregateAll(records, {
      shardRange: range,
      onDropped: ({ reason, userRecords, record }) =>
        told.push(`${records.indexOf(record as never)} ${reason} ${userRecords}`),
    }))
      told.push(Buffer.from(data).toString());

    expect(told).toEqual(["0 outside-shard-range 3", "plain", "2 outside-shard-range 2"]);
  });

  it("throws for what is no record at its turn: those before it come out, and after it nothing is lost in silence", () => {
    const records = [aggregateOf(2, 1), { nonsense: true } as never, aggregateOf(2, 2)];
    const iterator = deaggregateAll(records)[Symbol.iterator]();

    expect([iterator.next().done, iterator.next().done]).toEqual([false, false]);
    expect(() => iterator.next()).toThrow();
    expect(() => iterator.next()).toThrow();
  });

  it("gives nothing for no records, and goes on giving nothing", () => {
    const iterator = deaggregateAll([])[Symbol.iterator]();

    expect([iterator.next(), iterator.next()]).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
  });
});
