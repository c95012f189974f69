import { describe, expect, test, vi } from "vitest";
import { deaggregateEvent, firehoseTransform, kinesisHandler } from "../../../src/lambda/index.js";
import { SPECIFICATION } from "../../support/kcl-specification/specification.js";
import type { SpecifiedCase } from "../../support/kcl-specification/specification-row.js";
import { eventRecord, type ShortRecord, textOf } from "./lambda-event.js";

/** Every class of record that a deaggregator may get. A Lambda function does not know the range of the shard. */
const CLASSES = SPECIFICATION.map(({ name, cases }) => ({
  name,
  cases: cases.filter(({ shardRange }) => shardRange === undefined),
})).filter(({ cases }) => cases.length > 0);

const BEFORE: readonly ShortRecord[] = [
  ["a", "a1"],
  ["b", "b1"],
];
const BEHIND: ShortRecord = ["c", "c1"];

function latin1({ data }: { readonly data: Uint8Array }): string {
  return Buffer.from(data).toString("latin1");
}

/** The data of the case's user records, one character per byte. */
function textsOf({ data, answer }: SpecifiedCase): string[] {
  return answer === "plain" ? [latin1({ data })] : answer.out.map(([, text]) => text);
}

function hostileRecord({ data }: SpecifiedCase) {
  const record = eventRecord("2", ["x", "x"]);
  return { ...record, kinesis: { ...record.kinesis, data: Buffer.from(data).toString("base64") } };
}

/** Three Kinesis records: `1` an aggregate, `2` the case, `3` a plain one. */
function eventAround(specified: SpecifiedCase) {
  return { Records: [eventRecord("1", ...BEFORE), hostileRecord(specified), eventRecord("3", BEHIND)] };
}

describe.each(CLASSES)("in the middle of a batch, $name", ({ cases }) => {
  test.each(cases)("$name: everything around it is handled, and what comes out of it", async (specified) => {
    const handled: string[] = [];
    const onDropped = vi.fn();
    const handler = kinesisHandler(async (record) => void handled.push(latin1(record)), { onDropped });

    const response = await handler(eventAround(specified), {});

    expect(response).toEqual({ batchItemFailures: [] });
    expect(handled).toEqual(["a1", "b1", ...textsOf(specified), "c1"]);
    const isDropping = specified.answer !== "plain" && specified.answer.dropped !== undefined;
    expect(onDropped).toHaveBeenCalledTimes(isDropping ? 1 : 0);
  });

  test.each(cases)(
    "$name: a handler that cannot read it stops there, and its number is reported",
    async (specified) => {
      const isEmpty = textsOf(specified).length === 0;
      const handled: string[] = [];
      const handler = kinesisHandler(
        (record) => {
          if (record.sequenceNumber === "2") throw new Error("unreadable");
          handled.push(textOf(record));
        },
        { onDropped: () => {}, onError: () => {} },
      );

      const response = await handler(eventAround(specified), {});

      // Dropped records reach no handler, so none can fail.
      expect(response.batchItemFailures).toEqual(isEmpty ? [] : [{ itemIdentifier: "2" }]);
      expect(handled).toEqual(isEmpty ? ["a1", "b1", "c1"] : ["a1", "b1"]);
    },
  );

  test.each(cases)("$name: deaggregateEvent goes on behind it", (specified) => {
    const records = [...deaggregateEvent(eventAround(specified), { onDropped: () => {} })];

    expect(records.map(latin1)).toEqual(["a1", "b1", ...textsOf(specified), "c1"]);
  });

  test.each(cases)(
    "$name: a transformation has a result for each record id, and those around it are good",
    async (specified) => {
      const records = eventAround(specified).Records.map(({ kinesis }) => ({
        recordId: kinesis.sequenceNumber,
        data: kinesis.data,
      }));

      const response = await firehoseTransform(({ data }) => data, { onDropped: () => {} })({ records });

      expect(response.records.map(({ recordId, result }) => [recordId, result])).toEqual([
        ["1", "Ok"],
        ["2", textsOf(specified).length === 0 ? "Dropped" : "Ok"],
        ["3", "Ok"],
      ]);
      const datas = response.records.map(({ data }) => Buffer.from(data, "base64").toString("latin1"));
      const dropped = latin1(specified);
      expect(datas).toEqual(["a1b1", textsOf(specified).length === 0 ? dropped : textsOf(specified).join(""), "c1"]);
    },
  );
});
