import { AsyncLocalStorage } from "node:async_hooks";
import { channel } from "node:diagnostics_channel";
import { describe, expect, test } from "vitest";
import type { PutRecordsAnswer, RequestFacts } from "../../../src/core/ports.js";
import { ChannelDiagnostics } from "../../../src/edge/channel-diagnostics.js";
import type { PutRecordsContext } from "../../../src/edge/put-records-context.js";
import { requestFailure } from "../../../src/testing/scripted-answers.js";
import { hear } from "../../support/channels.js";
import { uncaughtDuring } from "../../support/uncaught.js";

const PHASES = ["start", "end", "asyncStart", "asyncEnd", "error"] as const;
const START = "tracing:kinesis-producer:put-records:start";
const ANSWER: PutRecordsAnswer = { kind: "answered", entries: [{ shardId: "shardId-0", sequenceNumber: "1" }] };
const FACTS: RequestFacts = {
  streamName: "clicks",
  records: 1,
  userRecords: 2,
  bytes: 30,
  attempt: 1,
  traceContexts: (most) => [{ traceparent: `at most ${most}` }],
};
const producer = {};
const diagnostics = new ChannelDiagnostics(producer, "http://127.0.0.1:4567");

/** Logs the messages about requests while `run` does its work. */
async function phasesDuring(run: (log: string[]) => Promise<unknown>) {
  const log: string[] = [];
  const contexts = new Set<PutRecordsContext>();
  const heard = PHASES.map((phase) =>
    hear<PutRecordsContext>(`tracing:kinesis-producer:put-records:${phase}`, (context) => {
      log.push(phase);
      contexts.add(context);
    }),
  );
  try {
    await run(log);
  } finally {
    for (const each of heard) each[Symbol.dispose]();
  }
  return { log, contexts: [...contexts] };
}

describe("a request", () => {
  test("that is answered has messages in the order of a tracing channel, in one object, before its answer goes on", async () => {
    const { log, contexts } = await phasesDuring(async (phases) => {
      const answer = await diagnostics.request(FACTS, async () => {
        phases.push("send");
        return ANSWER;
      });
      phases.push(answer === ANSWER ? "the answer" : "another answer");
    });

    expect(log).toEqual(["start", "send", "end", "asyncStart", "asyncEnd", "the answer"]);
    expect(contexts).toHaveLength(1);
    expect(contexts[0]).toMatchObject({
      producer,
      streamName: "clicks",
      endpoint: "http://127.0.0.1:4567",
      records: 1,
      userRecords: 2,
      bytes: 30,
      attempt: 1,
      result: ANSWER,
    });
    expect(contexts[0]?.streamArn).toBeUndefined();
    expect(contexts[0]).not.toHaveProperty("error");
    expect(contexts[0]?.traceContexts(3)).toEqual([{ traceparent: "at most 3" }]);
  });

  test("that failed as a whole has messages with an error, and its answer is the same", async () => {
    const cause = new Error("reset");
    const failure = requestFailure("ServiceUnavailable", { statusCode: 503, mayBeStored: true, cause });

    const { log, contexts } = await phasesDuring(async (phases) => {
      phases.push((await diagnostics.request(FACTS, async () => failure)) === failure ? "the answer" : "another");
    });

    expect(log).toEqual(["start", "end", "error", "asyncStart", "asyncEnd", "the answer"]);
    expect(contexts[0]?.error).toBeInstanceOf(Error);
    expect(contexts[0]?.error).toMatchObject({
      name: "PutRecordsError",
      code: "ServiceUnavailable",
      message: "scripted ServiceUnavailable",
      statusCode: 503,
      mayBeStored: true,
      cause,
    });
    expect(contexts[0]).not.toHaveProperty("result");
  });

  test("of a transport with a bug rejects with the bug", async () => {
    const bug = new TypeError("bug");

    const { contexts } = await phasesDuring(async () => {
      await expect(diagnostics.request(FACTS, () => Promise.reject(bug))).rejects.toBe(bug);
    });

    expect(contexts[0]?.error).toBe(bug);
  });

  test("has no messages without subscribers", () => {
    expect(diagnostics.hearsRequests).toBe(false);
    using _ = hear(START);
    expect(diagnostics.hearsRequests).toBe(true);
  });
});

describe("the context of a request", () => {
  test("is that of all wrappers, the last outermost, and of stores that are bound to the channel", async () => {
    const stores = [1, 2, 3].map(() => new AsyncLocalStorage<unknown>());
    const [bound, first, last] = stores as [AsyncLocalStorage<unknown>, ...AsyncLocalStorage<unknown>[]];
    channel(START).bindStore(bound as never, () => "bound" as never);
    const order: string[] = [];
    using _ = hear<PutRecordsContext>(START, (context) => {
      for (const [name, store] of [
        ["first", first],
        ["last", last],
      ] as const) {
        context.runWithin((send) => {
          order.push(name);
          store?.run(name, send);
        });
      }
    });
    const seen: unknown[] = [];

    await diagnostics.request(FACTS, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(...stores.map((store) => store.getStore()));
      return ANSWER;
    });
    channel(START).unbindStore(bound as never);

    expect(order).toEqual(["last", "first"]);
    expect(seen).toEqual(["bound", "first", "last"]);
    expect(stores.map((store) => store.getStore())).toEqual([undefined, undefined, undefined]);
  });

  test.each([
    ["does not call its argument", () => undefined],
    [
      "calls it twice",
      (send: () => void) => {
        send();
        send();
      },
    ],
    [
      "throws before",
      () => {
        throw new Error("subscriber's bug");
      },
    ],
    [
      "throws after",
      (send: () => void) => {
        send();
        throw new Error("subscriber's bug");
      },
    ],
  ])("a wrapper that %s: the request is sent once", async (name, wrapper) => {
    let sent = 0;
    const errors = await uncaughtDuring(async () => {
      using _ = hear<PutRecordsContext>(START, (context) => context.runWithin(wrapper));
      const answer = await diagnostics.request(FACTS, async () => {
        sent++;
        return ANSWER;
      });
      expect(answer).toBe(ANSWER);
    });

    expect(sent).toBe(1);
    expect(errors).toHaveLength(name.startsWith("throws") ? 1 : 0);
  });
});

test.each([
  ["does not call its argument", () => undefined],
  [
    "throws",
    () => {
      throw new Error("subscriber's bug");
    },
  ],
])("a wrapper that %s leaves the wrappers of other subscribers their context", async (_, wrapper) => {
  const store = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  await uncaughtDuring(async () => {
    using _heard = hear<PutRecordsContext>(START, (context) => {
      context.runWithin((send) => store.run("of another", send));
      context.runWithin(wrapper);
    });
    await diagnostics.request(FACTS, async () => {
      seen.push(store.getStore());
      return ANSWER;
    });
  });

  expect(seen).toEqual(["of another"]);
});

describe("a subscriber that throws", () => {
  test.each(PHASES)("at %s is an uncaught exception, and the answer is the same", async (phase) => {
    const failure = requestFailure("ServiceUnavailable");
    const bug = new Error("subscriber's bug");
    const errors = await uncaughtDuring(async () => {
      using _ = hear(`tracing:kinesis-producer:put-records:${phase}`, () => {
        throw bug;
      });
      expect(await diagnostics.request(FACTS, async () => failure)).toBe(failure);
    });

    expect(errors).toEqual([bug]);
  });

  test("on a plain channel is an uncaught exception, and the others hear the message", async () => {
    const bug = new Error("subscriber's bug");
    const heard: unknown[] = [];
    const errors = await uncaughtDuring(async () => {
      using _ = hear("kinesis-producer:closed", () => {
        throw bug;
      });
      using _other = hear("kinesis-producer:closed", (message) => void heard.push(message));
      diagnostics.publish("closed", { delivered: 1, failed: 2 });
    });

    expect(errors).toEqual([bug]);
    expect(heard).toEqual([{ producer, delivered: 1, failed: 2 }]);
  });

  test("in a store that is bound to the channel is an uncaught exception, and the request is sent once", async () => {
    const bug = new Error("store's bug");
    const throwing = {
      run: () => {
        throw bug;
      },
      withScope: () => {
        throw bug;
      },
    };
    let sent = 0;
    const errors = await uncaughtDuring(async () => {
      using _ = hear(START);
      channel(START).bindStore(throwing as never);
      const answer = diagnostics.request(FACTS, async () => {
        sent++;
        return ANSWER;
      });
      channel(START).unbindStore(throwing as never);
      expect(await answer).toBe(ANSWER);
    });

    expect(errors).toEqual([bug]);
    expect(sent).toBe(1);
  });
});
