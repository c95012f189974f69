import { describe, expect, test } from "vitest";

import type { RecordFailedError } from "../../../src/errors.js";
import type { ProducerOptions } from "../../../src/options.js";
import { evenShards } from "../../../src/testing/even-shards.js";
import { acceptByRange, requestFailure } from "../../../src/testing/scripted-answers.js";
import { countTurns } from "../../support/count-turns.js";
import {
  STREAM,
  textsByRequest,
  type VirtualProducer,
  virtualProducer,
  type Watched,
  watch,
} from "../../support/virtual-producer.js";

const DOWN = requestFailure("ServiceUnavailable", { statusCode: 503, mayBeStored: false });
const FATAL = requestFailure("AccessDeniedException", { statusCode: 400, mayBeStored: false });
const accept = acceptByRange(evenShards(1));

/** A producer in order whose first failure is answered in `answer`, and its service, which is down until it is mended. */
function producerInTrouble(options: Partial<ProducerOptions>, answer: (made: VirtualProducer) => void) {
  let isAnswered = false;
  let isDown = true;
  const made: VirtualProducer = virtualProducer({
    ordering: "shard",
    lingerMs: 0,
    recordTtlMs: 10_000,
    onDelivery: (batch) => {
      for (const { error } of batch) {
        if (error === undefined || isAnswered) continue;
        isAnswered = true;
        answer(made);
      }
    },
    ...options,
  });
  const delivered: string[] = [];
  made.transport.always((call) => {
    if (isDown) return DOWN;
    delivered.push(...textsByRequest({ requests: [call] } as never).flat());
    return accept(call);
  });
  const mend = (): void => {
    isDown = false;
  };
  return { ...made, delivered, mend };
}

const PACKINGS: [string, Partial<ProducerOptions>, number][] = [
  ["raw records", { aggregation: false }, 3],
  ["small aggregates", { aggregation: { maxBytes: 1_000 } }, 400],
  ["small aggregates of a key", { aggregation: { maxBytes: 1_000, mode: "reshard-safe" } }, 400],
  ["aggregates", {}, 3],
  ["aggregates of a key", { aggregation: "reshard-safe" }, 3],
];

const CALLS: [string, (made: VirtualProducer, data: string) => void][] = [
  ["enqueue", ({ producer }, data) => void producer.enqueue({ partitionKey: "k", data })],
  ["put", ({ put }, data) => void put({ data })],
  [
    "enqueue and flush",
    ({ producer }, data) => {
      producer.enqueue({ partitionKey: "k", data });
      void producer.flush();
    },
  ],
  [
    "enqueue and close",
    ({ producer }, data) => {
      producer.enqueue({ partitionKey: "k", data });
      void producer.close();
    },
  ],
];

describe.each(PACKINGS)("while %s expire", (_, options, bytes) => {
  test.each(CALLS)("%s from a callback keeps the order", async (_name, call) => {
    const text = (name: string): string => name + "x".repeat(bytes);
    const made = producerInTrouble(options, (producer) => call(producer, text("N")));
    const { clock, producer, start, delivered, mend } = made;
    await start();
    producer.enqueue({ partitionKey: "k", data: text("A") });
    await clock.advanceAsync(5_000);
    for (const name of ["1", "2", "3"]) producer.enqueue({ partitionKey: "k", data: text(name) });
    await clock.advanceAsync(5_001);
    mend();

    await clock.advanceAsync(4_990);

    expect(delivered.map((data) => data[0])).toEqual(["1", "2", "3", "N"]);
  });

  test("a record from a callback has its own time to live", async () => {
    let again: Watched<unknown> | undefined;
    const { clock, directory, producer } = producerInTrouble({ ...options, recordTtlMs: 1_000 }, ({ put }) => {
      again = put({ data: text("again") });
    });
    const text = (name: string): string => name + "x".repeat(bytes);
    directory.listings.always("hold");
    for (const name of ["1", "2"]) producer.enqueue({ partitionKey: "k", data: text(name) });
    await clock.advanceAsync(1_000);

    await clock.advanceAsync(1_000);

    expect(again?.error).toMatchObject({ code: "KP_RECORD_EXPIRED", attempts: [] });
    expect(producer.stats().outstandingRecords).toBe(0);
  });
});

test("an entry's failure is reported when the whole answer is settled: records from a callback go behind those that come back", async () => {
  const { clock, delivered, mend, transport, start, producer } = producerInTrouble(
    { aggregation: false, maxInFlightRequests: 1, ordering: "none" },
    (made) => void made.producer.enqueue({ partitionKey: "k", data: "N" }),
  );
  await start();
  mend();
  transport.next(() => ({
    kind: "answered",
    entries: [
      { errorCode: "KMSAccessDeniedException", errorMessage: "no" },
      { errorCode: "InternalFailure", errorMessage: "later" },
    ],
  }));
  for (const data of ["1", "2"]) producer.enqueue({ partitionKey: "k", data });

  await clock.advanceAsync(5_000);

  expect(delivered).toEqual(["2", "N"]);
});

describe("onFailed", () => {
  test("that hands over the failed record again, which is refused each time, neither overflows the stack nor holds up timers", async () => {
    let failures = 0;
    const { producer, clock, start } = virtualProducer({
      maxBufferedRecords: 1,
      maxWaitingPuts: 0,
      onFailed: ({ record }) => {
        if (++failures < 30_000) void producer.put(record);
      },
    });
    await start();
    void producer.close();
    await clock.settle();
    const counted = countTurns(clock, () => failures >= 30_000);

    void producer.put({ partitionKey: "k", data: "" });
    expect(failures).toBe(0);
    await clock.settle();

    expect(failures).toBe(30_000);
    expect(counted.turns).toBeGreaterThanOrEqual(30_000);
  }, 30_000);

  test("is not told from within the call that is refused", async () => {
    const told: string[] = [];
    const { producer, clock, start } = virtualProducer({ onFailed: ({ code }) => void told.push(code) });
    await start();

    void producer.put({ partitionKey: "", data: "" });
    void producer.tryPut({ partitionKey: "", data: "" });
    expect(() => producer.enqueue({ partitionKey: "", data: "" })).toThrow();
    expect(told).toEqual([]);
    await clock.settle();

    expect(told).toEqual(Array(3).fill("KP_INVALID_RECORD"));
  });

  test("is not told from within an abort", async () => {
    const told: string[] = [];
    const { producer, clock, start } = virtualProducer({
      maxBufferedRecords: 1,
      onFailed: ({ code }) => void told.push(code),
    });
    await start();
    const controller = new AbortController();
    void producer.put({ partitionKey: "k", data: "first" });
    void producer.put({ partitionKey: "k", data: "waits" }, controller);

    controller.abort();
    expect(told).toEqual([]);
    await clock.settle();

    expect(told).toEqual(["KP_ABORTED"]);
  });
});

test("a caller who tries again in a microtask gets a turn of the event loop for each refusal", async () => {
  const { producer, clock } = virtualProducer();
  let refusals = 0;
  const again = (): void => {
    refusals++;
    if (refusals < 100) producer.put({ partitionKey: "", data: "" }).catch(again);
  };

  const counted = countTurns(clock, () => refusals >= 100);
  producer.put({ partitionKey: "", data: "" }).catch(again);
  await clock.settle();

  expect(refusals).toBe(100);
  expect(counted.turns).toBeGreaterThanOrEqual(100);
});

test("an abort from a callback ends records that wait for room, and others, each once", async () => {
  const controller = new AbortController();
  const failures: RecordFailedError[] = [];
  const { producer, clock, transport, put, start } = virtualProducer({
    maxBufferedRecords: 2,
    lingerMs: 0,
    onFailed: (error) => {
      failures.push(error);
      controller.abort();
    },
  });
  await start();
  transport.next(FATAL).always("hold");
  const records = ["1", "2", "3", "4", "5"].map((data) => put({ data }, controller));

  await clock.advanceAsync(10);
  void producer.close({ timeoutMs: 0 });
  await clock.advanceAsync(10);

  expect(records.map(({ state }) => state)).toEqual(Array(5).fill("rejected"));
  expect(failures).toHaveLength(5);
  expect(producer.stats().streams[STREAM]).toMatchObject({ waitingPuts: 0, bufferedRecords: 0, userRecordsFailed: 5 });
});

test("a logger that hands over a record from within a warning changes nobody's order", async () => {
  const { clock, transport, producer, put, start } = virtualProducer({
    ordering: "shard",
    lingerMs: 0,
    logger: {
      warn: () => {
        producer.enqueue({ partitionKey: "log", data: "log" });
      },
    },
  });
  await start();
  // Acknowledged sequence numbers that step back are warned of in the middle of an answer.
  let number = 9;
  transport.always(({ entries }) => ({
    kind: "answered",
    entries: entries.map(() => ({ shardId: "shardId-000000000000", sequenceNumber: String(number--) })),
  }));
  for (const data of ["1", "2", "3"]) {
    put({ data });
    await clock.advanceAsync(10);
  }
  await clock.advanceAsync(1_000);

  expect(textsByRequest(transport).flat()).toContain("log");
  expect(producer.stats().outstandingRecords).toBe(0);
});

test("a directory that hands over a record while it is asked gets neither's bytes mixed up", async () => {
  const { clock, directory, transport, producer, start } = virtualProducer({ shardMapMaxAgeMs: 60_000 });
  await start();
  await clock.advanceAsync(120_000);
  const list = directory.listShards.bind(directory);
  let isAsked = false;
  directory.listShards = (stream, selection) => {
    if (!isAsked) producer.enqueue({ partitionKey: "inner", data: "inner" });
    isAsked = true;
    return list(stream, selection);
  };

  const put = watch(producer.put({ partitionKey: "outer", data: "outer" }));
  await clock.advanceAsync(200);

  expect(put.state).toBe("resolved");
  expect(textsByRequest(transport).flat().sort()).toEqual(["inner", "outer"]);
});
