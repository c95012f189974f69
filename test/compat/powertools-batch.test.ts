import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { Context, KinesisStreamEvent, KinesisStreamRecord } from "aws-lambda";
import { describe, expect, test } from "vitest";
import { deaggregate } from "../../src/deaggregate/index.js";
import { kinesisHandler } from "../../src/lambda/index.js";
import { DOCUMENTED_EVENT } from "../support/documented-event.js";
import { aggregateOf, keys, record } from "../support/proto-bytes.js";

/** Three Kinesis records of two user records each, `1` to `3`, and a malformed one between them. */
const EVENT: KinesisStreamEvent = {
  Records: [
    kinesisRecord("1", aggregateOf(keys("k"), record(0, "1a"), record(0, "1b"))),
    kinesisRecord("2", aggregateOf(keys("k"), record(0, "2a"), record(0, "2b"))),
    kinesisRecord("malformed", aggregateOf(keys("k"), record(9, "?"))),
    kinesisRecord("3", aggregateOf(keys("k"), record(0, "3a"), record(0, "3b"))),
  ],
};

function kinesisRecord(sequenceNumber: string, data: Uint8Array): KinesisStreamRecord {
  const [documented] = DOCUMENTED_EVENT.Records as [KinesisStreamRecord];
  const kinesis = { ...documented.kinesis, sequenceNumber, data: Buffer.from(data).toString("base64") };
  return { ...documented, kinesis };
}

/** A handler of user records that fails for some data, and records the rest. */
function handlerThatFails(failing: readonly string[]) {
  const handled: string[] = [];
  const handle = async ({ data }: { readonly data: Uint8Array }): Promise<void> => {
    const text = Buffer.from(data).toString();
    if (failing.includes(text)) throw new Error(`no ${text}`);
    handled.push(text);
  };
  return { handled, handle };
}

const QUIET = { onDropped: () => {}, onError: () => {} };

describe("Powertools' BatchProcessor, with deaggregate in its record handler", () => {
  test.each([
    [[], [], ["1a", "1b", "2a", "2b", "3a", "3b"]],
    [["2b"], ["2"], ["1a", "1b", "2a", "3a", "3b"]],
    [
      ["1a", "3b"],
      ["1", "3"],
      ["2a", "2b", "3a"],
    ],
  ])("failing for %j reports %j", async (failing, reported, rest) => {
    const { handled, handle } = handlerThatFails(failing);
    const processor = new BatchProcessor(EventType.KinesisDataStreams);

    const response = await processPartialResponse(
      EVENT,
      async (each: KinesisStreamRecord) => {
        for (const userRecord of deaggregate(each, QUIET)) await handle(userRecord);
      },
      processor,
      { context: {} as Context, processInParallel: false },
    );

    expect(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(reported);
    expect(handled).toEqual(rest);
  });
});

test.each([[[]], [["1a"]], [["2b"]], [["1b", "3a"]], [["3b"]]])(
  "failing for %j, kinesisHandler in its place makes Lambda go on from the same record",
  async (failing) => {
    const processor = new BatchProcessor(EventType.KinesisDataStreams);
    const theirs = await processPartialResponse(
      EVENT,
      async (each: KinesisStreamRecord) => {
        for (const userRecord of deaggregate(each, QUIET)) await handlerThatFails(failing).handle(userRecord);
      },
      processor,
      { context: {} as Context, processInParallel: false },
    );

    const ours = await kinesisHandler(handlerThatFails(failing).handle, QUIET)(EVENT, {});

    // Lambda takes the lowest reported sequence number.
    expect(ours.batchItemFailures).toEqual(theirs.batchItemFailures.slice(0, 1));
  },
);
