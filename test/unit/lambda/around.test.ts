import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { dedupe } from "../../../src/deaggregate/index.js";
import { type KinesisHandlerOptions, kinesisHandler, type RecordWrapper } from "../../../src/lambda/index.js";
import { EVENT, eventRecord, textOf } from "./lambda-event.js";

const ONE = { Records: [eventRecord("1", ["a", "a1"])] };

/** Handles the event; the log has the records, and the failures. */
async function runWith(around: RecordWrapper, options: KinesisHandlerOptions = {}, event = EVENT, failing = "") {
  const log: string[] = [];
  const handler = kinesisHandler(
    async (record) => {
      await turn();
      log.push(textOf(record));
      if (textOf(record) === failing) throw new Error("handler");
    },
    { around, onError: (error) => void log.push((error as Error).message), ...options },
  );
  const response = await handler(event, {});
  return { log, failed: response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) };
}

describe("around", () => {
  test("runs the handler of each record, with the record and the Kinesis record of the event", async () => {
    const seen: unknown[] = [];

    const { log, failed } = await runWith(async (run, record, parent) => {
      seen.push([textOf(record), parent.kinesis.sequenceNumber]);
      await run();
    });

    expect(seen).toEqual([
      ["a1", "1"],
      ["b1", "1"],
      ["a2", "1"],
      ["a3", "2"],
      ["b2", "3"],
      ["c1", "3"],
    ]);
    expect(log).toEqual(["a1", "b1", "a2", "a3", "b2", "c1"]);
    expect(failed).toEqual([]);
  });

  test.each<[string, RecordWrapper, string[]]>([
    ["does not call run", () => undefined, ["around() did not call run(), so the record was not handled"]],
    [
      "throws before",
      () => {
        throw new Error("wrapper");
      },
      ["wrapper"],
    ],
    [
      "throws while the handler runs",
      (run) => {
        void run();
        throw new Error("wrapper");
      },
      ["a1", "wrapper"],
    ],
    [
      "rejects after the handler",
      async (run) => {
        await run();
        throw new Error("no commit");
      },
      ["a1", "no commit"],
    ],
  ])("that %s fails the record", async (_, around, log) => {
    expect(await runWith(around, {}, ONE)).toEqual({ log, failed: ["1"] });
  });

  test.each<[string, RecordWrapper]>([
    ["does not wait for run", (run) => void run()],
    ["hides the failure", (run) => run().catch(() => undefined)],
    [
      "hides the failure, and does not wait",
      (run) => {
        run().catch(() => undefined);
      },
    ],
  ])("that %s: the failure of the handler counts", async (_, around) => {
    expect(await runWith(around, {}, ONE, "a1")).toEqual({ log: ["a1", "handler"], failed: ["1"] });
  });

  test("that calls run twice has the record handled once", async () => {
    const { log, failed } = await runWith(
      async (run) => {
        await Promise.all([run(), run()]);
      },
      {},
      ONE,
    );

    expect(log).toEqual(["a1"]);
    expect(failed).toEqual([]);
  });

  test("is not called for a record that dedupe skips", async () => {
    let calls = 0;
    const event = { Records: [eventRecord("1", ["a", "a1", "id"], ["a", "a1", "id"])] };

    const { log } = await runWith(
      (run) => {
        calls++;
        return run();
      },
      { dedupe: dedupe({ window: 10 }) },
      event,
    );

    expect([log, calls]).toEqual([["a1"], 1]);
  });

  test("must be a function", () => {
    expect(() => kinesisHandler(() => undefined, { around: {} as never })).toThrow("around must be a function");
  });
});
