import { describe, expect, test, vi } from "vitest";

import type { RecordFailedError } from "../../../src/errors.js";
import type { ProducerOptions } from "../../../src/options.js";
import type { PutResult } from "../../../src/record.js";
import { requestFailure } from "../../../src/testing/scripted-answers.js";
import { counting, MANY } from "../../support/counting-producer.js";
import { type VirtualProducer, virtualProducer, type Watched, watch } from "../../support/virtual-producer.js";

/** The most reports in one turn of the event loop: 5 to 10 ms of this library's own work. */
const MOST_FAILURES = 4_000;
const MOST_DELIVERIES = 64_000;

/** The first reports began in the middle of a turn, and are counted with the next turn. */
function mostInATurn([first = 0, ...others]: readonly number[]): number {
  return Math.max(first / 2, ...others);
}

const PACKINGS: [string, Partial<ProducerOptions>][] = [
  ["in aggregates", {}],
  ["by themselves", { aggregation: false }],
  ["in order, whose followers fail with them", { ordering: "shard", onOrderedFailure: "failKey" }],
];

describe.each(PACKINGS)("100,000 records %s", (_, options) => {
  test("that expire together are reported in slices; a flush waits for the last of them", async () => {
    const { producer, clock, directory, told, fill } = counting(options);
    directory.listings.always("hold");
    fill();
    const flush = watch(producer.flush(), clock);
    await clock.advanceAsync(9_999);

    await clock.advanceAsync(1);

    expect(told.reduce((sum, more) => sum + more)).toBe(MANY);
    expect(mostInATurn(told)).toBeLessThanOrEqual(MOST_FAILURES);
    expect(flush.state).toBe("resolved");
    expect(producer.stats()).toMatchObject({ outstandingRecords: 0, bufferedRecords: 0, bufferedBytes: 0 });
  }, 30_000);

  test("that close gives up are reported in slices, and then it resolves", async () => {
    const { producer, clock, directory, told, count, fill } = counting(options);
    directory.listings.always("hold");
    fill();
    let isEarly = false;
    const closed = watch(
      producer.close({ timeoutMs: 0 }).finally(() => {
        isEarly = count.all < MANY;
      }),
    );

    await clock.advanceAsync(0);

    expect(closed.value).toEqual({ delivered: 0, failed: MANY });
    expect(isEarly).toBe(false);
    expect(mostInATurn(told)).toBeLessThanOrEqual(MOST_FAILURES);
  }, 30_000);
});

test("100,000 puts that wait for room are refused in slices when close gives up", async () => {
  const { producer, clock, directory, told, add } = counting({ maxBufferedRecords: 1 });
  directory.listings.always("hold");
  for (let i = 0; i < MANY; i++) producer.put({ partitionKey: "k", data: "x" }).catch(() => add(1));

  const closed = watch(producer.close({ timeoutMs: 0 }));
  await clock.advanceAsync(0);

  expect(closed.value).toEqual({ delivered: 0, failed: MANY });
  expect(mostInATurn(told)).toBeLessThanOrEqual(MOST_FAILURES);
}, 30_000);

test("100,000 records that one answer delivers are reported in slices, each once and in order", async () => {
  const contexts: unknown[] = [];
  const { producer, clock, transport, told, add, start } = counting({
    aggregation: { maxBytes: 1_000_000 },
    shardLimits: { bytesPerSecond: 1e9 },
    onDelivery: (batch) => {
      for (const { context } of batch) contexts.push(context);
      add(batch.length);
    },
  });
  await start();
  transport.next("hold");
  for (let i = 0; i < MANY; i++) producer.enqueue({ partitionKey: "k", data: "x" }, i);
  await clock.advanceAsync(1_000);

  transport.held[0]?.answer();
  await clock.settle();

  expect(contexts).toEqual(Array.from({ length: MANY }, (_, i) => i));
  expect(mostInATurn(told)).toBeLessThanOrEqual(MOST_DELIVERIES);
  expect(producer.stats()).toMatchObject({ outstandingRecords: 0, bufferedRecords: 0 });
}, 30_000);

test("a flush waits for the reports of records that were refused before it", async () => {
  let failures = 0;
  const { producer, clock, start } = virtualProducer({ onFailed: () => void failures++ });
  await start();
  for (let i = 0; i < 20_000; i++) void producer.put({ partitionKey: "", data: "" });
  let toldBefore = 0;

  void producer.flush().then(() => {
    toldBefore = failures;
  });
  await clock.settle();

  expect(toldBefore).toBe(20_000);
}, 30_000);

test("a flush after close waits for the reports of records that came too late, and resolves", async () => {
  let failures = 0;
  const { producer, clock, start } = virtualProducer({ onFailed: () => void failures++ });
  await start();
  void producer.close();
  await clock.settle();
  void producer.put({ partitionKey: "k", data: "" });

  const flush = watch(producer.flush().then(() => failures));
  await clock.settle();

  expect(flush.value).toBe(1);
});

test("a put that is refused just before close resolves still rejects", async () => {
  const { producer, clock, start } = virtualProducer();
  await start();
  const late: Watched<PutResult>[] = [];
  void producer.flush().then(() => late.push(watch(producer.put({ partitionKey: "k", data: "" }))));

  void producer.close();
  await clock.settle();

  expect(late.map(({ error }) => error?.code)).toEqual(["KP_CLOSED"]);
});

test("a record whose report waits for its turn holds its room, and an abort or a late answer does not settle it again", async () => {
  const failures: RecordFailedError[] = [];
  let bufferedWhenHalfTold = 0;
  const { producer, clock, transport, put, start }: VirtualProducer = virtualProducer({
    maxBufferedRecords: 20_000,
    lingerMs: 0,
    onFailed: (error) => {
      failures.push(error);
      if (failures.length !== 1) return;
      clock.defer(() => {
        bufferedWhenHalfTold = producer.stats().bufferedRecords + failures.length;
        controller.abort();
        for (const held of [...transport.held]) held.answer();
      });
    },
  });
  await start();
  transport.always("hold");
  const controller = new AbortController();
  put({ data: "first" });
  for (let i = 0; i < 19_998; i++) producer.enqueue({ partitionKey: "k", data: "x" });
  const last = put({ data: "last" }, controller);
  await clock.advanceAsync(100);
  void producer.close({ timeoutMs: 0 });
  await clock.advanceAsync(0);

  expect(bufferedWhenHalfTold).toBe(20_000);
  expect(failures).toHaveLength(20_000);
  expect(last.error).toMatchObject({ code: "KP_CLOSED", delivery: "unknown" });
  expect(producer.stats()).toMatchObject({ outstandingRecords: 0, bufferedRecords: 0, bufferedBytes: 0 });
});

describe("what is handed out", () => {
  test.each([
    ["in an aggregate", {}],
    ["alone", { aggregation: false }],
  ] as const)("of a record that fails %s has its own bytes, and no stack is made for each", async (_, options) => {
    const { clock, transport, put, start } = virtualProducer(options);
    await start();
    transport.always(requestFailure("AccessDeniedException", { statusCode: 400, mayBeStored: false }));
    const records = Array.from({ length: 400 }, (_each, i) => put({ data: String(i).padStart(100, "x") }));
    const limit = Error.stackTraceLimit;

    await clock.advanceAsync(100);

    for (const [i, { error }] of records.entries()) {
      const data = error?.record.data as Uint8Array;
      expect(Buffer.from(data).toString()).toBe(String(i).padStart(100, "x"));
      expect(data.buffer.byteLength).toBe(100);
      expect(error?.stack).not.toContain(" at ");
    }
    expect(new Set(records.map(({ error }) => error?.attempts)).size).toBeLessThanOrEqual(
      "aggregation" in options ? 400 : 1,
    );
    expect(Error.stackTraceLimit).toBe(limit);
  });

  test.each([
    ["that fails", {}],
    ["that waits for room", { maxBufferedRecords: 1 }],
  ] as const)("of a put %s is its error alone: no rejected promise is made beside the caller's", async (_, options) => {
    const { producer, clock, directory, put } = virtualProducer(options);
    directory.listings.always("hold");
    const puts = Array.from({ length: 10 }, () => put({}));
    const reject = vi.spyOn(Promise, "reject");

    void producer.close({ timeoutMs: 0 });
    await clock.advanceAsync(0);

    const made = reject.mock.calls.length;
    reject.mockRestore();
    expect(puts.map(({ error }) => error?.code)).toEqual(puts.map(() => "KP_CLOSED"));
    expect(made).toBe(0);
  });

  test("of a record that is refused at once is what was handed over, with the stack of the call", async () => {
    const { producer, clock } = virtualProducer();
    const record = { partitionKey: "", data: "x" };

    const refused = watch(producer.put(record));
    await clock.settle();

    expect(refused.error?.record).toBe(record);
    expect(refused.error?.stack).toContain("many-outcomes.test.ts");
  });

  test("of delivered records keeps nothing of their aggregate, nor does their batch", async () => {
    const { clock, put, start } = virtualProducer();
    await start();
    const records = Array.from({ length: 400 }, () => put({ data: "x".repeat(100) }));

    await clock.advanceAsync(100);

    const results = records.map(({ value }) => value as PutResult);
    expect(new Set(results.map(({ attempts }) => attempts)).size).toBe(1);
    expect(JSON.stringify(results[0]).length).toBeLessThan(1_000);
  });
});
