/**
 * Six disasters in virtual time, as an on-call person sees them: the lines of the log, and `health()`.
 */
import { describe, expect, test } from "vitest";
import type { PutRecordsAnswer, Transport } from "../../../src/core/ports.js";
import { evenShards, shardIdOf } from "../../../src/testing/even-shards.js";
import {
  acceptByRange,
  refuseAll,
  refuseEntries,
  requestFailure,
  THROTTLED,
} from "../../../src/testing/scripted-answers.js";
import { STREAM, textsOf, type VirtualProducer, virtualProducer } from "../../support/virtual-producer.js";

/** The clock of a virtual producer begins at this moment, 00:00:00Z. */
const BEGIN = Date.UTC(2026, 0, 1);
const REFUSED = requestFailure("ECONNREFUSED", { message: "connect ECONNREFUSED 10.0.0.1:443" });
/** Why records expire after this many refused attempts. */
function expired(attempts: number): string {
  const last = "ECONNREFUSED: connect ECONNREFUSED 10.0.0.1:443";
  return `not delivered within recordTtlMs (30000 ms): the last of ${attempts} attempts failed: ${last}`;
}

/** One put after another, for some time. */
async function putFor({ put, clock }: VirtualProducer, forMs: number, everyMs = 500): Promise<void> {
  for (let ms = 0; ms < forMs; ms += everyMs) {
    put({ partitionKey: `key-${ms}`, data: "record" });
    await clock.advanceAsync(everyMs);
  }
}

async function close({ producer, clock }: VirtualProducer): Promise<void> {
  const closing = producer.close();
  await clock.advanceAsync(1_000);
  await closing;
}

function told({ lines }: VirtualProducer): string[] {
  return lines.map(({ level, fields, message }) => `${level} ${fields.event}: ${message}`);
}

function healthOf({ producer }: VirtualProducer) {
  return producer.health().streams[STREAM];
}

describe("an outage of a minute", () => {
  test("has a line when it begins and when it ends, with the records that were lost", async () => {
    const run = virtualProducer();
    await run.start();
    await putFor(run, 5_000);
    run.transport.always(REFUSED);
    await putFor(run, 60_000);
    run.transport.always(acceptByRange(evenShards(1)));
    await putFor(run, 10_000);
    await close(run);

    expect(told(run)).toEqual([
      "error cannot-send: cannot send since 00:00:05Z: ECONNREFUSED: connect ECONNREFUSED 10.0.0.1:443 (8 requests failed)",
      `error records-failed: 1 record failed for good in the last minute, most often KP_RECORD_EXPIRED (1): ${expired(41)}`,
      "info sends-again: sends again after 1 min (281 requests failed, 61 records failed for good meanwhile)",
      `error records-failed: 60 records failed for good in the last minute, most often KP_RECORD_EXPIRED (60): ${expired(40)}`,
    ]);
    expect(run.lines[0]?.fields).toEqual({
      event: "cannot-send",
      streamName: STREAM,
      code: "ECONNREFUSED",
      since: BEGIN + 5_100,
      requestsFailed: 8,
    });
    expect(run.lines[2]?.fields).toMatchObject({ durationMs: 60_009, requestsFailed: 281, recordsFailed: 61 });
  });

  test("makes the stream degraded at once, down after ten seconds, and ok a minute after the last lost record", async () => {
    const run = virtualProducer();
    await run.start();
    await putFor(run, 5_000);
    const before = healthOf(run);
    run.transport.always(REFUSED);
    await putFor(run, 5_000);
    const early = healthOf(run);
    await putFor(run, 15_000);
    const late = healthOf(run);
    await putFor(run, 40_000);
    run.transport.always(acceptByRange(evenShards(1)));
    await putFor(run, 10_000);
    const after = healthOf(run);
    await putFor(run, 60_000);
    const end = healthOf(run);

    expect(before).toEqual({ status: "ok", since: BEGIN, lastSuccessAt: BEGIN + 4_600, oldestAgeMs: 0 });
    expect(early).toMatchObject({
      status: "degraded",
      since: BEGIN + 5_100,
      reason: "requests fail: ECONNREFUSED: connect ECONNREFUSED 10.0.0.1:443",
      lastSuccessAt: BEGIN + 4_600,
      lastError: { code: "ECONNREFUSED", message: "connect ECONNREFUSED 10.0.0.1:443" },
      oldestAgeMs: 5_000,
    });
    expect(late).toMatchObject({
      status: "down",
      since: BEGIN + 5_100,
      reason: "cannot send: ECONNREFUSED: connect ECONNREFUSED 10.0.0.1:443; the oldest record waits for 20 s",
    });
    expect(after).toMatchObject({
      status: "degraded",
      since: BEGIN + 35_000,
      reason: "records failed for good in the last minute",
      oldestAgeMs: 0,
    });
    // The last record expired at 65 s.
    expect(end).toMatchObject({ status: "ok", since: BEGIN + 125_000 });
    expect(end).not.toHaveProperty("reason");
  });

  test("has no line for a request that fails among others that are answered", async () => {
    const run = virtualProducer();
    await run.start();
    for (let i = 0; i < 20; i++) {
      run.transport.next(REFUSED);
      await putFor(run, 3_000);
    }

    expect(run.lines).toEqual([]);
    expect(healthOf(run)).toMatchObject({ status: "ok", lastError: { code: "ECONNREFUSED" } });
  });
});

describe("throttling", () => {
  test("has a line for each shard after a second of it, and ten seconds without it are a recovery", async () => {
    const shards = evenShards(2);
    const run = virtualProducer({}, shards);
    await run.start();
    run.transport.always(refuseAll(THROTTLED));
    await putFor(run, 10_000);
    const during = healthOf(run);
    run.transport.always(acceptByRange(shards));
    await putFor(run, 30_000);

    expect(told(run)).toEqual([
      "warn shard-throttled: shardId-000000000001 is throttled, paused after each refusal (8 Kinesis records refused)",
      "warn shard-throttled: shardId-000000000000 is throttled, paused after each refusal (10 Kinesis records refused)",
      "info shard-recovered: shardId-000000000001 has recovered after 8 s (15 Kinesis records refused)",
      "info shard-recovered: shardId-000000000000 has recovered after 8 s (25 Kinesis records refused)",
    ]);
    expect(run.lines[0]?.fields).toEqual({
      event: "shard-throttled",
      streamName: STREAM,
      shardId: shardIdOf(1),
      kinesisRecordsRefused: 8,
      rateFactor: 1,
    });
    expect(during).toMatchObject({ status: "degraded", since: BEGIN + 100, reason: "2 shards are throttled" });
    expect(healthOf(run)).toMatchObject({ status: "ok", lastError: { code: THROTTLED.errorCode } });
  });

  test("that is a single refusal now and then has no line: so producers find their rates", async () => {
    const run = virtualProducer();
    await run.start();
    for (let i = 0; i < 20; i++) {
      run.transport.next(refuseAll(THROTTLED));
      await putFor(run, 12_000);
    }

    expect(run.lines).toEqual([]);
    expect(healthOf(run)?.status).toBe("ok");
  });

  test("shows the part of the ceilings at which the shard is sent to", async () => {
    const run = virtualProducer({ recordTtlMs: Number.POSITIVE_INFINITY, aggregation: false });
    await run.start();
    run.transport.always(refuseAll(THROTTLED));
    await putFor(run, 10_000, 100);
    run.transport.always(acceptByRange(evenShards(1)));
    await putFor(run, 60_000, 100);

    expect(told(run)[0]).toMatch(/^warn shard-throttled: shardId-0{12} is throttled, at \d\d? % of its limit/);
    expect(run.lines[0]?.fields.rateFactor).toBeLessThan(1);
  });
});

describe("one hot shard", () => {
  test("has a line by its name; the others are not", async () => {
    const shards = evenShards(4);
    const run = virtualProducer({}, shards);
    await run.start();
    run.transport.always(refuseEntries((entry) => textsOf(entry).includes("hot"), THROTTLED, acceptByRange(shards)));
    for (let i = 0; i < 40; i++) {
      run.put({ explicitHashKey: "0", data: "hot" });
      await putFor(run, 500);
    }

    expect(told(run)).toEqual([
      "warn shard-throttled: shardId-000000000000 is throttled, paused after each refusal (10 Kinesis records refused)",
    ]);
    expect(healthOf(run)).toMatchObject({
      status: "degraded",
      reason: expect.stringContaining("shardId-000000000000 is throttled"),
    });
  });
});

describe("requests that hang", () => {
  test("have a line when their time limit has passed", async () => {
    let hangs = true;
    const accept = acceptByRange(evenShards(1));
    let index = 0;
    // A transport that ends a request after its time limit.
    const transport: Transport = {
      putRecords: ({ stream, entries }) =>
        new Promise<PutRecordsAnswer>((resolve) => {
          if (hangs) {
            const message = "no answer within requestTimeoutMs (6000 ms)";
            const failure = requestFailure("TimeoutError", { message, mayBeStored: true });
            run.clock.setTimer(6_000, () => resolve(failure));
          } else resolve(accept({ index: index++, stream, entries }));
        }),
    };
    const run = virtualProducer({ transport });
    await run.start();
    await putFor(run, 20_000);
    const during = healthOf(run);
    hangs = false;
    await putFor(run, 20_000);

    expect(told(run)).toEqual([
      "error cannot-send: cannot send since 00:00:00Z: TimeoutError: no answer within requestTimeoutMs (6000 ms) (2 requests failed)",
      "info sends-again: sends again after 23 s (14 requests failed)",
    ]);
    expect(during).toMatchObject({ status: "down", since: BEGIN + 100, lastError: { code: "TimeoutError" } });
    expect(healthOf(run)?.status).toBe("ok");
  });
});

describe("an expired token", () => {
  const TOKEN = requestFailure("ExpiredTokenException", { message: "The security token is expired" });

  test("that the provider replaces has no line", async () => {
    const run = virtualProducer();
    await run.start();
    run.transport.next(TOKEN);
    await putFor(run, 10_000);

    expect(run.lines).toEqual([]);
  });

  test("that the provider does not replace has a line, and the stream is down, from the second refusal on", async () => {
    const run = virtualProducer();
    await run.start();
    run.transport.always(TOKEN);
    await putFor(run, 1_000);
    const during = healthOf(run);
    run.transport.always(acceptByRange(evenShards(1)));
    await putFor(run, 10_000);

    expect(told(run)).toEqual([
      "error cannot-send: cannot send since 00:00:00Z: ExpiredTokenException: The security token is expired (2 requests failed)",
      "info sends-again: sends again after 1 s (6 requests failed)",
    ]);
    expect(during).toMatchObject({
      status: "down",
      since: BEGIN + 100,
      reason: "cannot send: ExpiredTokenException: The security token is expired",
    });
    expect(healthOf(run)?.status).toBe("ok");
  });
});

describe("access that is denied", () => {
  const DENIED = requestFailure("AccessDeniedException", { message: "not authorized to perform: kinesis:PutRecords" });

  test("has a line at the first request, with the records that failed at once and in each minute", async () => {
    const run = virtualProducer();
    await run.start();
    run.transport.always(DENIED);
    await putFor(run, 500);
    const early = healthOf(run);
    await putFor(run, 69_500);
    run.transport.always(acceptByRange(evenShards(1)));
    await putFor(run, 5_000);
    await close(run);

    const cause = "not authorized to perform: kinesis:PutRecords";
    expect(told(run)).toEqual([
      `error cannot-send: cannot send since 00:00:00Z: AccessDeniedException: ${cause} (1 request failed)`,
      `error records-failed: 1 record failed for good in the last minute, most often AccessDeniedException (1): ${cause}`,
      `error records-failed: 119 records failed for good in the last minute, most often AccessDeniedException (119): ${cause}`,
      "info sends-again: sends again after 1 min 10 s (140 requests failed, 140 records failed for good meanwhile)",
      `error records-failed: 20 records failed for good in the last minute, most often AccessDeniedException (20): ${cause}`,
    ]);
    expect(early).toMatchObject({ status: "down", since: BEGIN + 100 });
    expect(early?.reason).toBe(
      `cannot send: AccessDeniedException: ${cause}; records failed for good in the last minute`,
    );
  });

  test("makes the stream down for a minute after the last request: then only new records can show more", async () => {
    const run = virtualProducer();
    await run.start();
    run.transport.always(DENIED);
    await putFor(run, 500);
    await run.clock.advanceAsync(59_599);
    const lastOfDown = healthOf(run);
    await run.clock.advanceAsync(1);

    expect(lastOfDown?.status).toBe("down");
    expect(healthOf(run)).toMatchObject({
      status: "degraded",
      reason:
        "nothing was sent since a request failed at 00:00:00Z: AccessDeniedException: not authorized to perform: kinesis:PutRecords",
    });
    // A quiet stream needs no timer.
    expect(run.clock.pendingTimers).toBe(0);
  });
});
