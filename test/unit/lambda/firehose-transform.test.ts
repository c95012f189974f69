import { describe, expect, test, vi } from "vitest";
import { type FirehoseTransformOptions, firehoseTransform, type Transform } from "../../../src/lambda/index.js";
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

describe("a transform that returns what it must not", () => {
  test.each([[7], [null], [{}], [[1, 2]], [new ArrayBuffer(1)], [true]])(
    "%j fails its own record, and no other",
    async (result) => {
      const onError = vi.fn();
      const transform = ({ data }: { readonly data: Uint8Array }): never =>
        (Buffer.from(data).toString() === "bad" ? result : data) as never;

      const response = await firehoseTransform(transform, { onError })({
        records: ["good", "bad", "fine"].map((text, i) => ({
          recordId: `${i}`,
          data: Buffer.from(text).toString("base64"),
        })),
      });

      expect(response.records.map((record) => record.result)).toEqual(["Ok", "ProcessingFailed", "Ok"]);
      expect(onError.mock.calls.map(([error]) => String(error))).toEqual([
        expect.stringMatching(/^TypeError: the transform must return a Uint8Array, a string or undefined, got /),
      ]);
    },
  );
});

test("data that is no base64 fails its own record, and no other", async () => {
  const records = [
    { recordId: "0", data: "bm8=" },
    { recordId: "1", data: "no base64!" },
    { recordId: "2", data: undefined as unknown as string },
  ];
  const onError = vi.fn();

  const response = await firehoseTransform(({ data }) => data, { onError })({ records });

  expect(response.records.map(({ result }) => result)).toEqual(["Ok", "ProcessingFailed", "ProcessingFailed"]);
  expect(String(onError.mock.calls[0]?.[0])).toBe("TypeError: the data of 1 must be a text in base64");
});

test("onError that throws fails no batch; both failures are logged", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  const options = {
    onError: () => {
      throw new Error("of onError");
    },
  };
  const transform = (): never => {
    throw new Error("of transform");
  };

  const response = await firehoseTransform(transform, options)({ records: [{ recordId: "1", data: "eA==" }] });

  expect(response.records).toEqual([{ recordId: "1", result: "ProcessingFailed", data: "eA==" }]);
  expect(log.mock.calls.map(([what, error]) => [what, (error as Error).message])).toEqual([
    ["record 1 failed:", "of transform"],
    ["onError failed:", "of onError"],
  ]);
  log.mockRestore();
});

test("a transform may use one buffer for all user records of an aggregate", async () => {
  const buffer = Buffer.alloc(1);
  const packed = eventRecord("1", ["a", "1"], ["b", "2"], ["c", "3"]);

  const response = await firehoseTransform(({ data }) => {
    buffer.set(data);
    return buffer;
  })({ records: [{ recordId: "1", data: packed.kinesis.data }] });

  expect(Buffer.from(response.records[0]?.data ?? "", "base64").toString()).toBe("123");
});

describe("around", () => {
  test("runs the transform of each record, with the record and that of the event; the data are the transform's", async () => {
    const seen: unknown[] = [];

    const response = await firehoseTransform(shout, {
      delimiter: ",",
      around: async (run, record, parent) => {
        seen.push([textOf(record), parent.recordId, String(await run())]);
        return "not this";
      },
    })({ records: [incoming("1", ["k", "a"], ["k", "b"]), incoming("2", ["k", "c"])] });

    expect(seen).toEqual([
      ["a", "1", "A"],
      ["b", "1", "B"],
      ["c", "2", "C"],
    ]);
    expect(response.records.map(({ data }) => data)).toEqual([base64("A,B"), base64("C")]);
  });

  test.each<[string, NonNullable<FirehoseTransformOptions["around"]>, string]>([
    ["does not call run", () => undefined, "around() did not call run(), so the record was not handled"],
    ["hides the failure", (run) => run().catch(() => undefined), "no"],
  ])("that %s fails the record", async (_, around, message) => {
    const onError = vi.fn();
    const bad = incoming("1", ["k", "bad"]);

    const response = await firehoseTransform(shout, { around, onError })({ records: [bad] });

    expect(response).toEqual({ records: [{ recordId: "1", result: "ProcessingFailed", data: bad.data }] });
    expect(onError.mock.calls[0]?.[0]).toMatchObject({ message });
  });

  test("must be a function", () => {
    expect(() => firehoseTransform(shout, { around: 7 as never })).toThrow("around must be a function, got 7");
  });
});
