import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import type { DeaggregatedRecord } from "../../../src/deaggregate/index.js";
import { deaggregateEvent, type KinesisHandlerOptions, kinesisHandler } from "../../../src/lambda/index.js";
import { EVENT, eventRecord, textOf } from "./lambda-event.js";

const LAMBDA = { awsRequestId: "r" };

/** Runs the event with a handler that fails for these data. */
async function runWith(failing: readonly string[], options: KinesisHandlerOptions = {}, event = EVENT) {
  const handled: string[] = [];
  const onError = vi.fn();
  const handler = kinesisHandler(
    async (record) => {
      await turn();
      if (failing.includes(textOf(record))) throw new Error(`no ${textOf(record)}`);
      handled.push(textOf(record));
    },
    { onError, ...options },
  );
  return { response: await handler(event, LAMBDA), handled, onError };
}

describe("a batch", () => {
  test("is handled record by record, aggregates opened, in order", async () => {
    const { response, handled } = await runWith([]);

    expect(handled).toEqual(["a1", "b1", "a2", "a3", "b2", "c1"]);
    expect(response).toEqual({ batchItemFailures: [] });
  });

  test("tells the handler of each record: where it stands, what it came in, what Lambda said", async () => {
    const seen: unknown[] = [];
    const handler = kinesisHandler<typeof LAMBDA>((record, { parent, lambda }) => {
      seen.push([record.sequenceNumber, record.subSequenceNumber, record.aggregated, parent.eventID, lambda]);
      expect(record.approximateArrivalTimestamp).toEqual(new Date(1_700_000_000_500));
    });

    await handler({ Records: EVENT.Records?.slice(0, 2) }, LAMBDA);

    expect(seen).toEqual([
      ["1", 0, true, "shardId-000000000000:1", LAMBDA],
      ["1", 1, true, "shardId-000000000000:1", LAMBDA],
      ["1", 2, true, "shardId-000000000000:1", LAMBDA],
      ["2", 0, false, "shardId-000000000000:2", LAMBDA],
    ]);
  });

  test("of nothing is handled", async () => {
    expect((await runWith([], {}, {})).response).toEqual({ batchItemFailures: [] });
  });
});

describe("a record that fails", () => {
  test.each([
    ["a1", "1", []],
    ["a2", "1", ["a1", "b1"]],
    ["a3", "2", ["a1", "b1", "a2"]],
    ["c1", "3", ["a1", "b1", "a2", "a3", "b2"]],
  ])("stops the batch there: %s reports %s", async (failing, sequenceNumber, before) => {
    const { response, handled, onError } = await runWith([failing]);

    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumber }] });
    expect(handled).toEqual(before);
    expect(onError).toHaveBeenCalledExactlyOnceWith(
      new Error(`no ${failing}`),
      expect.objectContaining({ sequenceNumber }),
      expect.objectContaining({ eventID: `shardId-000000000000:${sequenceNumber}` }),
    );
  });

  test("lets the others have their turn with onFailure: continue, and the first failure is reported", async () => {
    const { response, handled, onError } = await runWith(["c1", "b1"], { onFailure: "continue" });

    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: "1" }] });
    expect(handled).toEqual(["a1", "a2", "a3", "b2"]);
    expect(onError).toHaveBeenCalledTimes(2);
  });

  test("is logged when nobody else hears of it", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);

    await kinesisHandler(() => {
      throw new Error("no");
    })(EVENT, LAMBDA);

    expect(log).toHaveBeenCalledExactlyOnceWith("record 1/0 failed:", new Error("no"));
    log.mockRestore();
  });
});

describe("with concurrency", () => {
  test("keys go beside each other, each in order", async () => {
    const running = new Set<string>();
    let atOnce = 0;
    const order: string[] = [];
    const handler = kinesisHandler(
      async (record: DeaggregatedRecord) => {
        const { partitionKey = "" } = record;
        expect(running, "one of a key at a time").not.toContain(partitionKey);
        running.add(partitionKey);
        atOnce = Math.max(atOnce, running.size);
        await turn();
        order.push(textOf(record));
        running.delete(partitionKey);
      },
      { concurrency: 3 },
    );

    const response = await handler(EVENT, LAMBDA);

    expect(response).toEqual({ batchItemFailures: [] });
    expect(atOnce).toBe(3);
    expect(order.filter((data) => data.startsWith("a"))).toEqual(["a1", "a2", "a3"]);
    expect([...order].sort()).toEqual(["a1", "a2", "a3", "b1", "b2", "c1"]);
  });

  test("everything before the Kinesis record that is reported was handled, however slow", async () => {
    const handled: string[] = [];
    const handler = kinesisHandler(
      async (record) => {
        const data = textOf(record);
        // The failure comes long before earlier records have been handled.
        for (let turns = data === "b2" ? 0 : 20; turns > 0; turns--) await turn();
        if (data === "b2") throw new Error("no");
        handled.push(data);
      },
      { concurrency: 8, onError: () => undefined },
    );

    const response = await handler(
      {
        Records: [
          eventRecord("1", ["a", "a1"]),
          eventRecord("2", ["a", "a2"]),
          eventRecord("3", ["b", "b2"]),
          eventRecord("4", ["a", "a3"]),
        ],
      },
      LAMBDA,
    );

    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: "3" }] });
    expect(handled).toEqual(["a1", "a2"]);
  });
});

describe("with a tumbling window", () => {
  const window = { start: "2026-01-01T00:00:00Z", end: "2026-01-01T00:01:00Z" };
  const count: Parameters<typeof kinesisHandler>[0] = (record, { state }) => {
    if (textOf(record) === "bad") throw new Error("no");
    state.count = Number(state.count ?? 0) + 1;
  };

  test("the state goes from one invocation to the next", async () => {
    const handler = kinesisHandler(count);

    const first = await handler({ ...EVENT, window, state: {} }, LAMBDA);
    const second = await handler({ ...EVENT, window, state: first.state }, LAMBDA);

    expect(first).toEqual({ batchItemFailures: [], state: { count: 6 } });
    expect(second.state).toEqual({ count: 12 });
  });

  test("a failure leaves the state as it was before the Kinesis record that comes again", async () => {
    const handler = kinesisHandler(count, { onError: () => undefined, concurrency: 5 });
    const Records = [
      eventRecord("1", ["a", "a1"]),
      eventRecord("2", ["a", "a2"], ["b", "bad"]),
      eventRecord("3", ["a", "a3"]),
    ];

    const response = await handler({ Records, window, state: { count: 10 } }, LAMBDA);

    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: "2" }], state: { count: 11 } });
  });

  test("its end is reported, with the state, and leaves none", async () => {
    const onWindowEnd = vi.fn();
    const handler = kinesisHandler(count, { onWindowEnd });
    const event = { Records: [], window, state: { count: 7 }, isFinalInvokeForWindow: true };

    const response = await handler(event, LAMBDA);

    expect(onWindowEnd).toHaveBeenCalledExactlyOnceWith({ state: { count: 7 }, event, lambda: LAMBDA });
    expect(response).toEqual({ batchItemFailures: [], state: {} });
  });

  test("an end that fails is Lambda's to retry", async () => {
    const handler = kinesisHandler(count, { onWindowEnd: () => Promise.reject(new Error("down")) });

    await expect(handler({ window, state: {}, isFinalInvokeForWindow: true }, LAMBDA)).rejects.toThrow("down");
  });
});

test.each([
  [{ onFailure: "ignore" }, 'onFailure must be "stop" or "continue", got "ignore"'],
  [{ concurrency: 0 }, "concurrency must be a whole number from 1, got 0"],
  [{ concurrency: 1.5 }, "concurrency must be a whole number from 1, got 1.5"],
])("%j is refused at once", (options, message) => {
  expect(() => kinesisHandler(() => undefined, options as KinesisHandlerOptions)).toThrow(message);
});

test("deaggregateEvent gives the user records of an event, each with what it came in", () => {
  const records = [...deaggregateEvent(EVENT)];

  expect(records.map(textOf)).toEqual(["a1", "b1", "a2", "a3", "b2", "c1"]);
  expect(records.map(({ parent }) => parent.kinesis.sequenceNumber)).toEqual(["1", "1", "1", "2", "3", "3"]);
  expect([...deaggregateEvent({})]).toEqual([]);
});

describe("a Kinesis record whose user records cannot be had", () => {
  const broken = { ...eventRecord("2", ["b", "b1"]) };
  const event = {
    Records: [
      eventRecord("1", ["a", "a1"]),
      { ...broken, kinesis: { ...broken.kinesis, data: "no base64!" } },
      eventRecord("3", ["c", "c1"]),
    ],
  };

  test.each([
    ["stop", ["a1"]],
    ["continue", ["a1", "c1"]],
  ] as const)("fails at its place, with onFailure: %s", async (onFailure, expected) => {
    const handled: string[] = [];
    const onError = vi.fn();
    const handler = kinesisHandler((record) => void handled.push(textOf(record)), { onFailure, onError });

    expect(await handler(event, {})).toEqual({ batchItemFailures: [{ itemIdentifier: "2" }] });
    expect(handled).toEqual(expected);
    expect(onError).toHaveBeenCalledWith(
      expect.objectContaining({ message: "the data of 2 must be a text in base64" }),
      expect.objectContaining({ sequenceNumber: "2" }),
      event.Records[1],
    );
  });
});

test("onError that throws changes nothing about what is reported", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  const handler = kinesisHandler(
    () => {
      throw new Error("of the handler");
    },
    {
      onError: () => {
        throw new Error("of onError");
      },
    },
  );

  expect(await handler({ Records: [eventRecord("1", ["a", "a1"])] }, {})).toEqual({
    batchItemFailures: [{ itemIdentifier: "1" }],
  });
  expect(log.mock.calls.map(([, error]) => (error as Error).message)).toEqual(["of the handler", "of onError"]);
  log.mockRestore();
});

test.each([
  ["stop", ["a1"]],
  ["continue", ["a1", "b1", "c1"]],
] as const)("with onFailure: %s, what stands behind a poison pill in its aggregate", async (onFailure, expected) => {
  const event = { Records: [eventRecord("1", ["a", "a1"], ["a", "poison"], ["b", "b1"], ["c", "c1"])] };
  const handled = new Set<string>();
  const handler = kinesisHandler(
    (record) => {
      if (textOf(record) === "poison") throw new Error("never");
      handled.add(textOf(record));
    },
    { onFailure, onError: () => {} },
  );

  for (let retry = 0; retry < 3; retry++) {
    expect(await handler(event, {})).toEqual({ batchItemFailures: [{ itemIdentifier: "1" }] });
  }

  expect([...handled]).toEqual(expected);
});
