import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PutResult, RecordFailedError } from "../../src/index.js";
import { type ControlAction, LocalKinesis } from "../../src/testing/index.js";
import { forFirst, manyRecords, newProducer, newSignal, readAll, STREAM } from "./local-stream.js";
import { describeOnce, itOnce } from "./of-one-transport.js";

const RECORD = { partitionKey: "a", data: "x" };

let kinesis: LocalKinesis;

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 4 } } });
});

afterEach(() => kinesis.close());

/** Puts one record; its first request meets a fault. */
async function putPast(
  action: ControlAction | undefined,
  { isStored = false, requestTimeoutMs = 6_000 } = {},
): Promise<PutResult> {
  kinesis.control(
    "PutRecords",
    forFirst(1, (call) => {
      if (isStored) call.run();
      // No action means no answer either.
      return action ?? new Promise(() => {});
    }),
  );
  await using producer = newProducer(kinesis, { requestTimeoutMs });
  return await producer.put(RECORD);
}

describe("a request that fails as a whole is sent again by the producer", () => {
  const html = { statusCode: 503, headers: { "content-type": "text/html" }, body: "<html><body>503</body></html>" };

  it.each<[string, ControlAction, string]>([
    ["500", { kind: "error", code: "InternalFailure", statusCode: 500 }, "InternalFailure"],
    ["500 without a body", { kind: "answer", statusCode: 500 }, "Http500"],
    ["503", { kind: "error", code: "ServiceUnavailable", statusCode: 503 }, "ServiceUnavailable"],
    ["503 with HTML", { kind: "answer", ...html }, "Http503"],
    ["a truncated answer", { kind: "answer", statusCode: 200, body: '{"Records":[{"Sha' }, "UnreadableAnswer"],
    ["an empty answer", { kind: "answer", statusCode: 200 }, "UnreadableAnswer"],
    ["an answer for no record", { kind: "answer", statusCode: 200, body: { Records: [] } }, "UnreadableAnswer"],
    ["a connection that is cut", { kind: "destroy" }, "ECONNRESET"],
  ])("%s: once for each attempt, and it may have been stored", async (_, action, errorCode) => {
    const result = await putPast(action);

    expect(kinesis.requests("PutRecords")).toBe(2);
    expect(result.attempts.map((attempt) => attempt.errorCode)).toEqual([errorCode, undefined]);
    expect(result.attempts[1]).toMatchObject({ shardId: result.shardId, sequenceNumber: result.sequenceNumber });
    expect(result.mayBeDuplicate).toBe(true);
    expect(readAll(kinesis).texts).toEqual(["x"]);
  });

  it.each(["ProvisionedThroughputExceededException", "ThrottlingException", "KMSThrottlingException"])(
    "%s: and nothing was stored",
    async (code) => {
      const result = await putPast({ kind: "error", code });

      expect(kinesis.requests("PutRecords")).toBe(2);
      expect(result.attempts.map(({ errorCode }) => errorCode)).toEqual([code, undefined]);
      expect(result.mayBeDuplicate).toBe(false);
    },
  );

  it("after the request's time limit, when there is no answer", async () => {
    const result = await putPast(undefined, { requestTimeoutMs: 150 });

    expect(result.attempts.map(({ errorCode }) => errorCode)).toEqual(["TimeoutError", undefined]);
    expect(result.attempts[0]?.durationMs).toBeGreaterThan(100);
    expect(result.mayBeDuplicate).toBe(true);
    expect(readAll(kinesis).texts).toEqual(["x"]);
  });

  it.each<[string, ControlAction | undefined]>([
    ["the connection was cut", { kind: "destroy" }],
    ["the answer never came", undefined],
    ["the answer was unreadable", { kind: "answer", statusCode: 200, body: "}" }],
    ["the answer was short", { kind: "answer", statusCode: 200, body: { Records: [] } }],
  ])("after it was stored, when %s: the reader sees it twice, as the result says", async (_, action) => {
    const result = await putPast(action, { isStored: true, requestTimeoutMs: 150 });

    expect(result.mayBeDuplicate).toBe(true);
    expect(readAll(kinesis).texts).toEqual(["x", "x"]);
  });

  it("but not when the service refuses for good: every record fails at once, in the service's words", async () => {
    kinesis.control("PutRecords", () => ({ kind: "error", code: "AccessDeniedException", message: "not for you" }));
    await using producer = newProducer(kinesis);

    const outcomes = await Promise.allSettled(manyRecords(10).map((record) => producer.put(record)));

    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        reason: {
          code: "KP_RECORD_FAILED",
          serviceCode: "AccessDeniedException",
          delivery: "none",
          message: expect.stringContaining("not for you"),
        },
      });
    }
  });

  // The settlement counts attempts.
  itOnce("and not more often than maxAttempts", async () => {
    kinesis.control("PutRecords", () => ({ kind: "error", code: "InternalFailure", statusCode: 500 }));
    await using producer = newProducer(kinesis, { maxAttempts: 3 });

    const error = await producer.put(RECORD).catch((reason: unknown) => reason);

    expect(error).toMatchObject({ code: "KP_RECORD_FAILED", serviceCode: "InternalFailure", delivery: "unknown" });
    expect(error).toHaveProperty("attempts.length", 3);
    expect(kinesis.requests("PutRecords")).toBe(3);
  });
});

describe("a request that one record spoils", () => {
  it("fails that record alone, and the others arrive", async () => {
    const message =
      "1 validation error detected: Value at 'records.2.member.data' failed to satisfy constraint: Member must have length less than or equal to 1048576";
    kinesis.control(
      "PutRecords",
      forFirst(1, () => ({ kind: "error", code: "ValidationException", message })),
    );
    await using producer = newProducer(kinesis, { aggregation: false });

    const outcomes = await Promise.allSettled(
      ["0", "1", "2"].map((data) => producer.put({ partitionKey: "a", explicitHashKey: 7n, data })),
    );

    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(outcomes[1]).toMatchObject({ reason: { serviceCode: "ValidationException", delivery: "none" } });
    expect(readAll(kinesis).texts).toEqual(["0", "2"]);
  });

  // The settlement makes the halves. The transport reads a message that names the record.
  itOnce("is halved until the record is found, when the service does not name it", async () => {
    kinesis.control("PutRecords", ({ input }) => {
      const records = input.Records as { PartitionKey: string }[];
      const isSpoilt = records.some(({ PartitionKey }) => PartitionKey === "key 5");
      return isSpoilt ? { kind: "error", code: "InvalidArgumentException" } : undefined;
    });
    await using producer = newProducer(kinesis, { aggregation: false });

    const outcomes = await Promise.allSettled(manyRecords(20).map((record) => producer.put(record)));

    expect(outcomes.flatMap(({ status }, i) => (status === "rejected" ? [i] : []))).toEqual([5]);
    expect(readAll(kinesis).texts.length).toBe(19);
  });
});

describe("credentials and clocks", () => {
  const signedBy = (authorization: string | undefined): string | undefined =>
    /Credential=([^/]+)\//.exec(authorization ?? "")?.[1];

  it("an expired token makes the producer ask for fresh credentials, and the record arrives", async () => {
    let asked = 0;
    const signers: (string | undefined)[] = [];
    kinesis.control("PutRecords", ({ headers }) => {
      const signer = signedBy(headers.authorization);
      signers.push(signer);
      return signer === "key-1" ? { kind: "error", code: "ExpiredTokenException" } : undefined;
    });
    await using producer = newProducer(kinesis, {
      // The provider claims that they are valid for another hour.
      credentials: async () => ({
        accessKeyId: `key-${++asked}`,
        secretAccessKey: "secret",
        expiration: new Date(Date.now() + 3_600_000),
      }),
    });

    const result = await producer.put(RECORD);

    expect(signers).toEqual(["key-1", "key-2"]);
    expect(asked).toBe(2);
    expect(result.attempts.map(({ errorCode }) => errorCode)).toEqual(["ExpiredTokenException", undefined]);
    expect(result.mayBeDuplicate).toBe(false);
  });

  it("a token that stays expired costs the record its time to live, and the provider few questions", async () => {
    let asked = 0;
    kinesis.control("PutRecords", () => ({ kind: "error", code: "ExpiredTokenException", message: "expired" }));
    await using producer = newProducer(kinesis, {
      credentials: async () => ({ accessKeyId: `key-${++asked}`, secretAccessKey: "secret" }),
      recordTtlMs: 1_000,
    });

    const error = await producer.put(RECORD).catch((reason: unknown) => reason);

    expect(error).toMatchObject({ code: "KP_RECORD_EXPIRED", delivery: "none" });
    expect((error as RecordFailedError).attempts.at(-1)?.errorCode).toBe("ExpiredTokenException");
    expect(asked).toBeLessThan(8);
  });

  it("constant credentials that are refused fail the record at once, in the service's words", async () => {
    const refused: ControlAction = { kind: "error", code: "UnrecognizedClientException", message: "no such key" };
    kinesis.control("PutRecords", () => refused);
    kinesis.control("ListShards", () => refused);
    kinesis.control("DescribeStreamSummary", () => refused);
    await using producer = newProducer(kinesis);

    const error = await producer.put(RECORD).catch((reason: unknown) => reason);

    expect(error).toMatchObject({ code: "KP_RECORD_FAILED", serviceCode: "UnrecognizedClientException" });
    expect((error as RecordFailedError).message).toContain("no such key");
    expect(kinesis.requests("PutRecords")).toBe(1);
  });

  it("a clock that is an hour slow is corrected by the service's own", async () => {
    const dates: string[] = [];
    const inAnHour = new Date(Date.now() + 3_600_000);
    kinesis.control("PutRecords", ({ headers }) => {
      dates.push(String(headers["x-amz-date"]));
      if (dates.length > 1) return undefined;
      const body = { __type: "InvalidSignatureException", message: "Signature expired" };
      return { kind: "answer", statusCode: 403, headers: { date: inAnHour.toUTCString() }, body };
    });
    await using producer = newProducer(kinesis);

    const result = await producer.put(RECORD);

    const hourOf = (date: string | undefined): string | undefined => date?.slice(0, 11);
    expect(dates.length).toBe(2);
    expect(hourOf(dates[1])).not.toBe(hourOf(dates[0]));
    expect(result.attempts[0]?.errorCode).toBe("InvalidSignatureException");
  });
});

describe("connections", () => {
  it("are kept: 20 requests in a row use one, and the calls for the shard map use two others", async () => {
    await using producer = newProducer(kinesis, { lingerMs: 0 });
    // ListShards and DescribeStreamSummary are sent at the same time.
    await producer.ready();

    for (const record of manyRecords(20)) await producer.put(record);

    expect(kinesis.requests("PutRecords")).toBe(20);
    expect(kinesis.connections).toBe(3);
  });

  it("are no more than requests in flight, and those of the shard map", async () => {
    const gate = newSignal();
    const full = newSignal();
    let waiting = 0;
    kinesis.control("PutRecords", async () => {
      if (++waiting === 3) full.fire();
      await gate.promise;
      return undefined;
    });
    await using producer = newProducer(kinesis, { aggregation: false, maxRequestRecords: 1, maxInFlightRequests: 3 });
    const puts = manyRecords(30).map((record) => producer.put(record));
    await full.promise;

    expect(producer.stats().requestsInFlight).toBe(3);
    gate.fire();
    await Promise.all(puts);

    expect(kinesis.requests("PutRecords")).toBe(30);
    expect(kinesis.connections).toBeLessThanOrEqual(5);
  });
});

// ListShards uses the SDK's client with every transport.
describeOnce("ListShards that is not permitted", () => {
  it("is said once, and every record arrives in aggregates of one key", async () => {
    kinesis.control("ListShards", () => ({ kind: "error", code: "AccessDeniedException", message: "no ListShards" }));
    const warnings: string[] = [];
    const producer = newProducer(kinesis, {
      logger: { warn: (_, message) => void warnings.push(message), error: () => undefined },
    });
    const records = manyRecords(1_000, 20);

    await producer.ready();
    await Promise.all(records.map((record) => producer.put(record)));
    expect(producer.stats().streams[STREAM]?.routing).toBe("unmapped");
    await producer.close();

    const seen = readAll(kinesis);
    expect(seen.texts).toEqual(records.map(({ data }) => data));
    expect(seen.dropped).toBe(0);
    expect(kinesis.records(STREAM).length).toBeLessThanOrEqual(40);
    expect(warnings).toEqual([expect.stringContaining("AccessDeniedException: no ListShards")]);
  });

  it("together with DescribeStreamSummary sends every record by itself, and they arrive", async () => {
    for (const operation of ["ListShards", "DescribeStreamSummary"] as const) {
      kinesis.control(operation, () => ({ kind: "error", code: "AccessDeniedException" }));
    }
    const warnings: string[] = [];
    await using producer = newProducer(kinesis, {
      logger: { warn: (_, message) => void warnings.push(message), error: () => undefined },
    });
    const records = manyRecords(100);

    await Promise.all(records.map((record) => producer.put(record)));

    expect(readAll(kinesis).records.some(({ aggregated }) => aggregated)).toBe(false);
    expect(readAll(kinesis).texts).toEqual(records.map(({ data }) => data));
    expect(warnings.length).toBe(2);
  });
});
