import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";

import { type Dedupe, dedupe } from "../../../src/deaggregate/index.js";
import { type KinesisHandlerOptions, kinesisHandler } from "../../../src/lambda/index.js";
import { eventRecord, textOf } from "./lambda-event.js";

/** A handler that logs its records, and fails for the data in `failing`. */
function handlerWith(seen: Dedupe, options: KinesisHandlerOptions = {}) {
  const handled: string[] = [];
  const failing = new Set<string>();
  const handler = kinesisHandler(
    async (record) => {
      await turn();
      if (failing.has(textOf(record))) throw new Error(`no ${textOf(record)}`);
      handled.push(textOf(record));
    },
    { dedupe: seen, onError: () => undefined, ...options },
  );
  return { handler, handled, failing };
}

describe("with dedupe", () => {
  test.each([1, 4])("a copy is passed over, in one batch or a later one, with concurrency %d", async (concurrency) => {
    const { handler, handled } = handlerWith(dedupe({ window: 10 }), { concurrency });
    const event = {
      Records: [
        eventRecord("1", ["a", "a1", "id 1"], ["b", "b1", "id 2"]),
        eventRecord("2", ["a", "a1", "id 1"], ["b", "b2", "id 3"]),
      ],
    };

    const responses = [await handler(event, {}), await handler(event, {})];

    expect(responses).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }]);
    expect(handled.sort()).toEqual(["a1", "b1", "b2"]);
  });

  test("records without an id are handled each time", async () => {
    const { handler, handled } = handlerWith(dedupe({ window: 10 }));
    const event = { Records: [eventRecord("1", ["a", "a1"])] };

    await handler(event, {});
    await handler(event, {});

    expect(handled).toEqual(["a1", "a1"]);
  });

  test.each([1, 4])(
    "a retry handles what failed and what lies behind it, and not what was handled; concurrency %d",
    async (concurrency) => {
      const { handler, handled, failing } = handlerWith(dedupe({ window: 10 }), { concurrency });
      const event = {
        Records: [
          eventRecord("1", ["a", "a1", "id 1"], ["a", "a2", "id 2"], ["a", "a3", "id 3"]),
          eventRecord("2", ["a", "a4", "id 4"]),
        ],
      };
      failing.add("a2");

      const first = await handler(event, {});
      failing.clear();
      const second = await handler(event, {});

      expect([first, second]).toEqual([{ batchItemFailures: [{ itemIdentifier: "1" }] }, { batchItemFailures: [] }]);
      expect(handled).toEqual(["a1", "a2", "a3", "a4"]);
    },
  );

  test("two invocations at once: a copy waits for the other, and is handled when that fails", async () => {
    const { handler, handled, failing } = handlerWith(dedupe({ window: 10 }));
    failing.add("copy 1");

    const responses = await Promise.all([
      handler({ Records: [eventRecord("1", ["a", "copy 1", "id"])] }, {}),
      handler({ Records: [eventRecord("2", ["a", "copy 2", "id"])] }, {}),
      handler({ Records: [eventRecord("3", ["a", "copy 3", "id"])] }, {}),
    ]);

    expect(responses.map(({ batchItemFailures }) => batchItemFailures.length)).toEqual([1, 0, 0]);
    expect(handled).toEqual(["copy 2"]);
  });

  test("a store that is down fails the record", async () => {
    const down = (): never => {
      throw new Error("down");
    };
    const { handler, handled } = handlerWith(dedupe({ window: 10, store: { committed: down, commit: down } }));

    const response = await handler({ Records: [eventRecord("1", ["a", "a1", "id"])] }, {});

    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: "1" }] });
    expect(handled).toEqual([]);
  });

  test("a tumbling window is refused: its state is rolled back where a commit is not", async () => {
    const { handler } = handlerWith(dedupe({ window: 10 }));

    const act = handler({ Records: [], window: { start: "", end: "" } }, {});

    await expect(act).rejects.toThrow("dedupe cannot be used with a tumbling window");
  });

  test("the options of dedupe in its place are refused", () => {
    const options = { dedupe: { window: 10 } as unknown as Dedupe };

    expect(() => kinesisHandler(() => undefined, options)).toThrow(
      "dedupe must be what dedupe() of kinesis-producer/deaggregate returns",
    );
  });
});
