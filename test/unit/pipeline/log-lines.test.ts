import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { LogFunction, ShardDescription } from "../../../src/core/ports.js";
import { evenShards, shardIdOf } from "../../../src/testing/even-shards.js";
import { acceptAll, acceptByRange, requestFailure } from "../../../src/testing/scripted-answers.js";
import { STREAM, type VirtualProducer, virtualProducer } from "../../support/virtual-producer.js";

const DENIED = requestFailure("AccessDeniedException", { message: "not authorized" });

const unhandled: unknown[] = [];
const onUnhandled = (error: unknown): void => void unhandled.push(error);

beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", onUnhandled);
});

afterEach(() => {
  process.off("unhandledRejection", onUnhandled);
});

function told({ lines }: VirtualProducer): string[] {
  return lines.map(({ fields, message }) => `${fields.event}: ${message}`);
}

describe("one line tells", () => {
  test("that the stream resharded", async () => {
    const children = evenShards(2, 1).map((shard) => ({ ...shard, parentShardId: shardIdOf(0) }));
    const run = virtualProducer();
    await run.start();
    const parent = { ...(evenShards(1)[0] as ShardDescription), endingSequenceNumber: "1" };
    run.directory.setShards([parent, ...children]);
    run.transport.always(acceptByRange(children));
    run.put({ data: "a" });
    await run.clock.advanceAsync(1_000);

    expect(told(run)).toEqual(["resharded: the stream resharded from 1 to 2 shards"]);
    expect(run.lines[0]).toMatchObject({ level: "info", fields: { streamName: STREAM, shardsBefore: 1, shards: 2 } });
  });

  test("that it goes on without a shard map and why, and that there is one", async () => {
    const run = virtualProducer({ recordDistribution: "USER_PARTITION_KEY", maxRecordBytes: 1_000 });
    run.directory.listings.next(DENIED);
    run.put({ data: "a" });
    await run.clock.advanceAsync(50);
    const health = run.producer.health().streams[STREAM];
    await run.clock.advanceAsync(1_000);
    run.put({ data: "b" });
    await run.clock.advanceAsync(1_000);

    expect(told(run)).toEqual([
      "no-shard-map: going on without a shard map (AccessDeniedException: not authorized); records are packed by key or not at all",
      "shard-map-found: there is a shard map now, with 1 shard",
    ]);
    expect(run.lines[0]).toMatchObject({ level: "warn", fields: { code: "AccessDeniedException" } });
    expect(health).toMatchObject({ status: "degraded", reason: "there is no shard map" });
    expect(run.producer.health().streams[STREAM]?.status).toBe("ok");
  });

  test("that the record distribution is AUTO", async () => {
    const run = virtualProducer();
    run.directory.setSummary({ recordDistribution: "AUTO" });
    await run.start();

    expect(told(run)).toEqual([
      "auto-distribution: record distribution AUTO found: keys are ignored, records are not aggregated",
    ]);
  });

  test("that the stream does not exist, though no request was sent; the probe sees it too", async () => {
    const run = virtualProducer();
    const missing = requestFailure("ResourceNotFoundException", { message: "Stream virtual not found." });
    run.directory.listings.always(missing);
    const record = run.put({ data: "a" });
    await run.clock.advanceAsync(1_000);

    expect(record.state).toBe("rejected");
    expect(told(run)).toEqual([
      "cannot-send: cannot send since 00:00:00Z: ResourceNotFoundException: Stream virtual not found.",
      "records-failed: 1 record failed for good in the last minute, most often ResourceNotFoundException (1): Stream virtual not found.",
    ]);
    expect(run.producer.health().status).toBe("down");
  });
});

describe("no line tells", () => {
  test("of records that work", async () => {
    const run = virtualProducer({}, evenShards(4));
    await run.start();
    for (let i = 0; i < 100; i++) {
      run.put({ partitionKey: `key-${i}`, data: "a" });
      await run.clock.advanceAsync(1_000);
    }

    expect(run.lines).toEqual([]);
    expect(run.clock.pendingTimers).toBe(0);
  });

  test("of a record that its caller aborted", async () => {
    const run = virtualProducer();
    await run.start();
    const stop = new AbortController();
    const record = run.put({ data: "a" }, { signal: stop.signal });
    stop.abort();
    await run.clock.advanceAsync(100_000);

    expect(record.state).toBe("rejected");
    expect(run.lines).toEqual([]);
    expect(run.producer.health().status).toBe("ok");
  });
});

describe("lines that were left out, and failures without a line", () => {
  test("have a line when close() resolves, and not after it", async () => {
    const run = virtualProducer();
    await run.start();
    run.transport.always(DENIED);
    for (const data of ["a", "b", "c"]) {
      run.put({ data });
      await run.clock.advanceAsync(1_000);
    }
    expect(run.clock.pendingTimers).toBe(0);

    const closing = run.producer.close();
    let linesAtClose = 0;
    void closing.then(() => {
      linesAtClose = run.lines.length;
    });
    await run.clock.advanceAsync(1_000);
    await closing;

    expect(told(run).slice(2)).toEqual([
      "records-failed: 2 records failed for good in the last minute, most often AccessDeniedException (2): not authorized",
    ]);
    expect(linesAtClose).toBe(3);
  });

  test("have a line at the next event, without a timer that keeps a quiet process alive", async () => {
    const run = virtualProducer();
    await run.start();
    run.transport.always(DENIED);
    for (const data of ["a", "b"]) {
      run.put({ data });
      await run.clock.advanceAsync(1_000);
    }
    await run.clock.advanceAsync(600_000);
    expect([run.lines.length, run.clock.pendingTimers]).toEqual([2, 0]);

    run.put({ data: "c" });
    await run.clock.advanceAsync(0);

    expect(told(run)[2]).toBe(
      "records-failed: 1 record failed for good in the last 10 min, most often AccessDeniedException (1): not authorized",
    );
  });
});

test("a stream that is forgotten leaves its last line, but not within the put that opened another one", async () => {
  const run = virtualProducer();
  await run.start();
  run.transport.always(DENIED);
  for (const data of ["a", "b"]) {
    run.put({ data });
    await run.clock.advanceAsync(1_000);
  }
  await run.clock.advanceAsync(600_000);
  const before = run.lines.length;

  run.put({ streamName: "other", data: "c" });
  const within = run.lines.length;
  await run.clock.advanceAsync(0);

  expect([before, within]).toEqual([2, 2]);
  expect(run.lines[2]).toMatchObject({ fields: { event: "records-failed", streamName: STREAM, recordsFailed: 1 } });
  expect(Object.keys(run.producer.health().streams)).toEqual(["other"]);
});

test("an hour of flapping is a bounded number of lines, and the summary says what the stream does now", async () => {
  const run = virtualProducer({ lingerMs: 0 });
  await run.start();
  for (let i = 0; i < 3_600; i++) {
    run.transport.always(i % 2 === 0 ? DENIED : acceptByRange(evenShards(1)));
    run.put({ data: "a" });
    await run.clock.advanceAsync(1_000);
  }

  const counts = new Map<string, number>();
  for (const { fields } of run.lines) counts.set(fields.event, (counts.get(fields.event) ?? 0) + 1);
  expect(Object.fromEntries(counts)).toEqual({
    // Six at once, and one a minute.
    "cannot-send": 65,
    "sends-again": 65,
    "records-failed": 60,
    "lines-left-out": 59,
  });
  expect(told(run).at(-1)).toMatch(
    /^lines-left-out: \d+ lines were left out in 1 min \(29 cannot-send, 29 sends-again\); the stream sends now$/,
  );
});

test("an outage of many streams is one line for each of them", async () => {
  const run = virtualProducer();
  run.transport.always(DENIED);
  for (let i = 0; i < 200; i++) run.put({ streamName: `stream-${i}`, data: "a" });
  await run.clock.advanceAsync(10_000);

  const cannot = run.lines.filter(({ fields }) => fields.event === "cannot-send");
  expect(new Set(cannot.map(({ fields }) => fields.streamName)).size).toBe(200);
  expect(cannot).toHaveLength(200);
});

describe("a logger that", () => {
  test.each<[string, (run: () => VirtualProducer) => LogFunction]>([
    [
      "throws",
      () => () => {
        throw new Error("disk full");
      },
    ],
    ["rejects", () => (() => Promise.reject(new Error("disk full"))) as LogFunction],
    ["puts a record for each line", (run) => () => void run().put({ data: "from the logger" })],
    ["flushes", (run) => () => void run().producer.flush()],
    ["closes the producer", (run) => () => void run().producer.close()],
    ["reads the health", (run) => () => void run().producer.health()],
  ])("%s changes the fate of no record", async (_, loggerOf) => {
    const run: VirtualProducer = virtualProducer({ logger: (...line) => loggerOf(() => run)(...line) });
    await run.start();
    run.transport.always(DENIED);
    const failed = run.put({ data: "a" });
    await run.clock.advanceAsync(200);
    run.transport.always(acceptAll(shardIdOf(0)));
    await run.clock.advanceAsync(100_000);

    expect(failed).toMatchObject({ state: "rejected", error: { serviceCode: "AccessDeniedException" } });
    expect(run.producer.stats().outstandingRecords).toBe(0);
    const closing = run.producer.close();
    await run.clock.advanceAsync(1_000);
    await closing;
    expect(run.clock.pendingTimers).toBe(0);
    expect(unhandled).toEqual([]);
  });
});
