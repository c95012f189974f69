import { describe, expect, test, vi } from "vitest";
import { firehoseTransform, type Transform } from "../../../src/lambda/index.js";
import { eventRecord, type ShortRecord, textOf } from "./lambda-event.js";

const metadata = { partitionKey: "k", sequenceNumber: "7", approximateArrivalTimestamp: 1_700_000_000_500 };

function incoming(recordId: string, ...users: readonly ShortRecord[]) {
  const { data } = eventRecord("1", ...users).kinesis;
  return { recordId, data, approximateArrivalTimestamp: 1, kinesisRecordMetadata: metadata };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

const shout: Transform = (record) => {
  const text = textOf(record);
  if (text === "bad") throw new Error("no");
  return text === "skip" ? undefined : text.toUpperCase();
};

describe("a Firehose transformation", () => {
  test("gives one result for each record id: Ok, Dropped or ProcessingFailed", async () => {
    const onError = vi.fn();
    const records = [
      incoming("1", ["k", "a"]),
      incoming("2", ["k", "skip"]),
      incoming("3", ["k", "bad"]),
      incoming("4", ["k", "b"]),
    ];

    const response = await firehoseTransform(shout, { onError })({ records });

    expect(response).toEqual({
      records: [
        { recordId: "1", result: "Ok", data: base64("A") },
        { recordId: "2", result: "Dropped", data: base64("skip") },
        { recordId: "3", result: "ProcessingFailed", data: base64("bad") },
        { recordId: "4", result: "Ok", data: base64("B") },
      ],
    });
    expect(onError).toHaveBeenCalledExactlyOnceWith(new Error("no"), expect.objectContaining({ partitionKey: "k" }));
  });

  test("tells the transform where a record comes from", async () => {
    const seen = vi.fn((_: unknown) => new Uint8Array([1]));

    await firehoseTransform(seen)({ records: [incoming("1", ["k", "a"])] });

    expect(seen.mock.calls[0]?.[0]).toMatchObject({
      sequenceNumber: "7",
      approximateArrivalTimestamp: new Date(1_700_000_000_500),
    });
  });
});

describe("an aggregate that does arrive", () => {
  test.each([
    [["a", "b"], "Ok", "A,B"],
    [["a", "skip", "b"], "Ok", "A,B"],
    [["skip", "skip"], "Dropped", undefined],
    [["a", "bad", "b"], "ProcessingFailed", undefined],
  ])("of %j is %s", async (texts, result, data) => {
    const record = incoming("1", ...texts.map((text): ShortRecord => ["k", text]));

    const response = await firehoseTransform(shout, { delimiter: ",", onError: () => undefined })({
      records: [record],
    });

    expect(response.records).toEqual([
      { recordId: "1", result, data: data === undefined ? record.data : base64(data) },
    ]);
  });
});

test("a record of Kinesis Data Analytics is one like any other", async () => {
  const record = { recordId: "1", data: base64("a"), kinesisStreamRecordMetadata: metadata };

  expect(await firehoseTransform(shout)({ records: [record] })).toEqual({
    records: [{ recordId: "1", result: "Ok", data: base64("A") }],
  });
});

test("a failure is logged when nobody else hears of it", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => undefined);

  await firehoseTransform(shout)({ records: [incoming("17", ["k", "bad"])] });

  expect(log).toHaveBeenCalledExactlyOnceWith("record 17 failed:", new Error("no"));
  log.mockRestore();
});
