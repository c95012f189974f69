import { describe, expect, test } from "vitest";

import type { PutRecordsAnswer, RequestFailure } from "../../../src/core/ports.js";
import type { RecordFailedError } from "../../../src/errors.js";
import { evenShards } from "../../../src/testing/even-shards.js";
import {
  acceptByRange,
  connectionLost,
  refuseAll,
  refuseEntries,
  requestFailure,
  THROTTLED,
} from "../../../src/testing/scripted-answers.js";
import { virtualProducer, type Watched } from "../../support/virtual-producer.js";

const REFUSED: RequestFailure = {
  ...connectionLost("ECONNREFUSED"),
  message: "connect ECONNREFUSED 10.0.0.1:443",
  mayBeStored: false,
};

/** The parts of an error that explain it. */
function explained({ error }: Pick<Watched<unknown>, "error">) {
  const { code, message, serviceCode, cause, delivery } = error as RecordFailedError;
  const { message: why, code: causeCode } = (cause ?? {}) as { readonly message?: string; readonly code?: string };
  return { code, message, serviceCode, delivery, cause: causeCode === undefined ? why : `${causeCode}: ${why}` };
}

describe("an outage", () => {
  test("of the endpoint: a record that was sent says what its last attempt met; one that was not, why", async () => {
    const { clock, transport, put, start } = virtualProducer({ maxInFlightRequests: 1, maxRequestRecords: 1 });
    await start();
    transport.always(REFUSED);
    const first = put({ partitionKey: "a" });
    await clock.advanceAsync(29_000);
    const second = put({ partitionKey: "b" });
    await clock.advanceAsync(31_000);

    expect(explained(first)).toMatchObject({
      code: "KP_RECORD_EXPIRED",
      message: expect.stringMatching(
        /^not delivered within recordTtlMs \(30000 ms\): the last of \d+ attempts failed: ECONNREFUSED: connect ECONNREFUSED 10\.0\.0\.1:443$/,
      ),
      delivery: "none",
      cause: "ECONNREFUSED: connect ECONNREFUSED 10.0.0.1:443",
    });
    expect(first.error?.attemptCount).toBeGreaterThan(10);
    expect(explained(second).message).toContain("ECONNREFUSED");
  });

  test("from the beginning: there was no shard map", async () => {
    const { clock, directory, put } = virtualProducer({ recordTtlMs: 3_000 });
    directory.listings.always(REFUSED);

    const record = put({});
    await clock.advanceAsync(4_000);

    expect(explained(record)).toMatchObject({
      code: "KP_RECORD_EXPIRED",
      message:
        "not delivered within recordTtlMs (3000 ms): never sent, because there was no shard map (ListShards: ECONNREFUSED: connect ECONNREFUSED 10.0.0.1:443)",
      cause: "ECONNREFUSED: connect ECONNREFUSED 10.0.0.1:443",
    });
  });

  test.each([
    ["ListShards", "listings"],
    ["DescribeStreamSummary", "summaries"],
  ] as const)("in which %s never answers", async (call, script) => {
    const made = virtualProducer({ recordTtlMs: 3_000 });
    made.directory[script].always("hold");

    const record = made.put({});
    await made.clock.advanceAsync(4_000);

    expect(record.error?.message).toContain(`never sent, because ${call} had no answer yet`);
  });

  test("that a record behind others waits out: the pause of the stream", async () => {
    const { clock, transport, put, start } = virtualProducer({ recordTtlMs: 5_000, maxRequestRecords: 1 });
    await start();
    transport.always(REFUSED);
    put({ partitionKey: "a" });
    await clock.advanceAsync(3_900);
    const behind = put({ partitionKey: "b" });
    transport.always("hold");
    await clock.advanceAsync(9_000);

    expect(explained(behind)).toMatchObject({
      code: "KP_RECORD_EXPIRED",
      message: expect.stringMatching(
        /never sent, because the stream was paused after \d+ failed requests in a row \(the last: ECONNREFUSED: connect/,
      ),
      cause: expect.stringMatching(/^ECONNREFUSED: /),
    });
  });
});

test("throttling: the pace of the shard, and the words of the service", async () => {
  const { clock, transport, put, start } = virtualProducer({
    aggregation: false,
    recordTtlMs: 120_000,
    maxRequestRecords: 10,
    shardLimits: { recordsPerSecond: 10 },
  });
  await start();
  transport.always(refuseAll(THROTTLED));
  const records = Array.from({ length: 1_000 }, () => put({}));
  await clock.advanceAsync(121_000);

  const never = records.filter(({ error }) => error?.attempts.length === 0);
  expect(never.length).toBeGreaterThan(100);
  expect(explained(never[0] as Watched<unknown>)).toMatchObject({
    code: "KP_RECORD_EXPIRED",
    message: expect.stringMatching(
      /never sent, because the pace of shardId-000000000000 was at [\d.]+ % after throttling \(ProvisionedThroughputExceededException: Rate exceeded for shard shardId-000000000000 in stream/,
    ),
    cause: expect.stringMatching(/^ProvisionedThroughputExceededException: Rate exceeded/),
  });
  const sent = records.find(({ error }) => (error?.attempts.length ?? 0) > 1) as Watched<unknown>;
  expect(explained(sent).message).toMatch(
    /the last of \d+ attempts failed: ProvisionedThroughputExceededException: .*; then the pace of shardId-000000000000 was at [\d.]+ %/,
  );
  expect(new Set(never.map(({ error }) => error?.cause)).size).toBeLessThan(10);
});

test("throttling within the default time to live: the refusals in a row", async () => {
  const { clock, transport, put, start } = virtualProducer({ aggregation: false, maxRequestRecords: 1 });
  await start();
  transport.always(refuseAll(THROTTLED));
  put({});
  await clock.advanceAsync(28_000);
  const behind = put({});
  await clock.advanceAsync(60_000);

  expect(explained(behind)).toMatchObject({
    message: expect.stringMatching(
      /shardId-000000000000 was paused after \d+ refusals in a row \(the last: ProvisionedThrough|attempts? failed: ProvisionedThrough/,
    ),
    cause: expect.stringMatching(/^ProvisionedThroughputExceededException: Rate exceeded/),
  });
});

test("one hot shard: the limit of the shard, and the number of records that waited for it", async () => {
  const shards = evenShards(2);
  const { clock, put, start } = virtualProducer(
    { aggregation: false, recordTtlMs: 2_000, shardLimits: { recordsPerSecond: 5, bytesPerSecond: 1_000 } },
    shards,
  );
  await start();
  const records = Array.from({ length: 100 }, () => put({ explicitHashKey: "0", data: "x" }));
  const cold = put({ explicitHashKey: String(2n ** 128n - 1n), data: "x" });
  await clock.advanceAsync(4_000);

  const expired = records.filter(({ state }) => state === "rejected");
  expect(cold.state).toBe("resolved");
  expect(expired.length).toBeGreaterThan(50);
  expect(explained(expired[0] as Watched<unknown>)).toEqual({
    code: "KP_RECORD_EXPIRED",
    message: expect.stringMatching(
      /never sent, because shardId-000000000000 was at its limit of 5 Kinesis records and 1000 bytes a second, and \d+ Kinesis records with \d+ bytes waited for it$/,
    ),
    serviceCode: undefined,
    delivery: "none",
    cause: undefined,
  });
});

test("two hot shards: each record names its own", async () => {
  const shards = evenShards(2);
  const { clock, put, start } = virtualProducer(
    { aggregation: false, recordTtlMs: 2_000, shardLimits: { recordsPerSecond: 5 } },
    shards,
  );
  await start();
  const keys = ["0", String(2n ** 128n - 1n)];
  const records = Array.from({ length: 100 }, (_, i) => put({ explicitHashKey: keys[i % 2] as string }));
  await clock.advanceAsync(4_000);

  for (const [i, { shardId }] of shards.entries()) {
    const expired = records.filter((record, at) => at % 2 === i && record.state === "rejected");
    expect(expired.length).toBeGreaterThan(20);
    for (const record of expired) expect(record.error?.message).toContain(`never sent, because ${shardId} was at its`);
  }
});

test("hanging requests: the slots, and how long the oldest request has had no answer", async () => {
  const { clock, transport, put, start } = virtualProducer({ maxInFlightRequests: 2, maxRequestRecords: 1 });
  await start();
  transport.always("hold");
  put({ partitionKey: "a" });
  await clock.advanceAsync(100);
  put({ partitionKey: "b" });
  await clock.advanceAsync(200);
  const waits = put({ partitionKey: "c" });
  await clock.advanceAsync(31_000);

  expect(explained(waits)).toEqual({
    code: "KP_RECORD_EXPIRED",
    message: expect.stringMatching(
      /never sent, because all request slots were taken: 2 requests were in flight, the oldest without an answer for 30\d\d\d ms$/,
    ),
    serviceCode: undefined,
    delivery: "none",
    cause: undefined,
  });
});

test("an expired token: the words of the service, as the last attempt and as the cause", async () => {
  const { clock, transport, put, start } = virtualProducer();
  await start();
  transport.always({
    ...(requestFailure("ExpiredTokenException") as RequestFailure),
    message: "The security token included in the request is expired",
  });

  const record = put({});
  await clock.advanceAsync(31_000);

  expect(explained(record)).toMatchObject({
    code: "KP_RECORD_EXPIRED",
    message: expect.stringMatching(
      /the last of \d+ attempts failed: ExpiredTokenException: The security token included in the request is expired$/,
    ),
    delivery: "none",
    cause: "ExpiredTokenException: The security token included in the request is expired",
  });
});

test("access denied: at once, with the words of the service", async () => {
  const { clock, transport, put, start } = virtualProducer({ aggregation: false });
  await start();
  const message = "User: arn:aws:iam::123456789012:user/x is not authorized to perform: kinesis:PutRecords";
  transport.always({ ...(requestFailure("AccessDeniedException") as RequestFailure), message });

  const [one, two] = [put({}), put({})];
  await clock.advanceAsync(1_000);

  expect(explained(one)).toEqual({
    code: "KP_RECORD_FAILED",
    message: `AccessDeniedException: ${message}`,
    serviceCode: "AccessDeniedException",
    delivery: "none",
    cause: `AccessDeniedException: ${message}`,
  });
  expect(one.error?.cause).toBeInstanceOf(Error);
  expect(one.error?.cause).toBe(two.error?.cause);
});

describe("an unusable configuration", () => {
  const UNUSABLE: PutRecordsAnswer = {
    kind: "failed",
    code: "UnusableConfiguration",
    message: "Region is missing",
    mayBeStored: false,
    isFinal: true,
    isConfiguration: true,
  };

  test("fails records at once, also those that wait for the map, and later ones", async () => {
    const { clock, directory, transport, put, warnings, producer } = virtualProducer();
    directory.listings.always(UNUSABLE);
    directory.summaries.always(UNUSABLE);
    transport.always(UNUSABLE);

    const first = put({});
    await clock.settle();
    expect(first.state).toBe("rejected");
    const second = put({});
    await clock.advanceAsync(200);

    for (const record of [first, second])
      expect(explained(record)).toEqual({
        code: "KP_INVALID_OPTION",
        message: "no request can be made with the SDK's configuration: Region is missing",
        serviceCode: undefined,
        delivery: "none",
        cause: "UnusableConfiguration: Region is missing",
      });
    expect(warnings).toEqual([]);
    expect(producer.stats().streams.virtual?.failures).toEqual({ KP_INVALID_OPTION: 2 });
  });
});

test("an unusable configuration fails records that wait for an answer about the stream", async () => {
  const { clock, directory, put } = virtualProducer();
  directory.listings.always({
    ...REFUSED,
    code: "UnusableConfiguration",
    message: "Region is missing",
    isFinal: true,
    isConfiguration: true,
  });
  directory.summaries.always("hold");

  const record = put({});
  await clock.settle();

  expect(record.error?.code).toBe("KP_INVALID_OPTION");
});

describe("a put that waits for room", () => {
  test("says why the buffer is full, when too many wait, when it is aborted, and when close gives up", async () => {
    const { clock, transport, put, start, producer } = virtualProducer({ maxBufferedRecords: 1, maxWaitingPuts: 2 });
    await start();
    transport.always(REFUSED);
    put({});
    await clock.advanceAsync(1_000);
    const abort = new AbortController();
    const aborted = put({}, { signal: abort.signal });
    const waits = put({});
    const refused = put({});
    abort.abort();
    await clock.advanceAsync(10);
    void producer.close({ timeoutMs: 0 });
    await clock.advanceAsync(10);

    const why =
      /; the buffer is full, because the stream was paused after \d+ failed requests in a row \(the last: ECONN/;
    expect(explained(refused)).toMatchObject({ code: "KP_BUFFER_FULL", message: expect.stringMatching(why) });
    expect(explained(refused).cause).toMatch(/^ECONNREFUSED/);
    expect(explained(aborted)).toMatchObject({ code: "KP_ABORTED", message: expect.stringMatching(why) });
    expect(aborted.error?.cause).toBe(abort.signal.reason);
    expect(explained(waits)).toMatchObject({ code: "KP_CLOSED", message: expect.stringMatching(why) });
  });
});

test("maxAttempts: the number of attempts, and the last one as the cause", async () => {
  const { clock, transport, put, start } = virtualProducer({ maxAttempts: 3 });
  await start();
  transport.always(REFUSED);

  const record = put({});
  await clock.advanceAsync(10_000);

  expect(explained(record)).toMatchObject({
    code: "KP_RECORD_FAILED",
    message: "ECONNREFUSED: gave up after 3 attempts (maxAttempts); the last: connect ECONNREFUSED 10.0.0.1:443",
    cause: "ECONNREFUSED: connect ECONNREFUSED 10.0.0.1:443",
  });
});

test("an entry refused again and again: its own history, not that of its neighbours", async () => {
  const shards = evenShards(2);
  const { clock, transport, put, start } = virtualProducer({ aggregation: false, recordTtlMs: 2_000 }, shards);
  await start();
  const INTERNAL = { errorCode: "InternalFailure", errorMessage: "Internal Service Failure" };
  transport.always(refuseEntries(({ explicitHashKey }) => explicitHashKey === "0", INTERNAL, acceptByRange(shards)));

  const refused = put({ explicitHashKey: "0" });
  const delivered = put({ explicitHashKey: String(2n ** 128n - 1n) });
  await clock.advanceAsync(3_000);

  expect(delivered.state).toBe("resolved");
  expect(explained(refused).message).toMatch(/attempts failed: InternalFailure: Internal Service Failure$/);
  expect(refused.error?.delivery).toBe("unknown");
});
