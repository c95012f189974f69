import { describe, expect, test } from "vitest";

import { KinesisProducer } from "../../src/producer.js";
import { virtualProducer, watch } from "../support/virtual-producer.js";

const record = { partitionKey: "k", data: "" };

describe("KinesisProducer", () => {
  test("refuses a bad option in the constructor, by its name", () => {
    expect(() => new KinesisProducer({ streamName: "s", lingerMs: -1 })).toThrow(
      expect.objectContaining({ code: "KP_INVALID_OPTION", option: "lingerMs" }),
    );
  });

  test("opens nothing before the first record", async () => {
    const { producer, clock, directory, transport } = virtualProducer();
    producer.writable();
    producer.stats();
    await clock.advanceAsync(1_000);

    expect(directory.listings.calls).toHaveLength(0);
    expect(transport.requests).toHaveLength(0);
    expect(clock.isRefed).toBe(false);
  });

  test("enqueue without onDelivery and onFailed throws: the outcome would be lost", () => {
    const producer = new KinesisProducer({ streamName: "s" });

    expect(() => producer.enqueue(record)).toThrow(expect.objectContaining({ code: "KP_INVALID_OPTION" }));
  });

  test("enqueue with onFailed alone works", async () => {
    const { producer, clock } = virtualProducer({ onFailed: () => undefined });

    expect(producer.enqueue(record)).toBe(true);
    await clock.advanceAsync(100);

    expect(producer.stats().outstandingRecords).toBe(0);
  });

  test("serves several streams, each with its own map, by the record's streamName", async () => {
    const { producer, clock, transport, directory, put } = virtualProducer();
    const records = [put({}), put({ streamName: "other" }), put({ streamName: "third" })];
    await clock.advanceAsync(100);

    expect(records.map(({ value }) => value?.streamName)).toEqual(["virtual", "other", "third"]);
    expect(transport.requests.map(({ stream }) => stream.streamName).sort()).toEqual(["other", "third", "virtual"]);
    expect(directory.listings.calls).toHaveLength(3);
    expect(Object.keys(producer.stats().streams)).toHaveLength(3);
  });

  test("tryPut gives a promise when there is room, and nothing when there is not", async () => {
    const { producer, clock, start } = virtualProducer({ maxBufferedRecords: 1 });
    await start();

    const taken = watch(producer.tryPut(record));
    expect(producer.tryPut(record)).toBeUndefined();
    await clock.advanceAsync(100);

    expect(taken.state).toBe("resolved");
  });
});
