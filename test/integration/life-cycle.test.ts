import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isProducerError, KinesisProducer, type RecordFailedError } from "../../src/index.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { manyRecords, newProducer, newSignal, readAll, STREAM, TRANSPORT, until } from "./local-stream.js";
import { describeOnce, itOnce } from "./of-one-transport.js";

let kinesis: LocalKinesis;

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 4 } } });
});

afterEach(() => kinesis.close());

// The set of covered records is known without a request.
describeOnce("flush", () => {
  it("of nothing resolves, and opens nothing", async () => {
    const producer = newProducer(kinesis);

    await producer.flush();
    await producer.close();

    expect(kinesis.connections).toBe(0);
  });

  it("of nothing resolves again after records were delivered", async () => {
    const producer = newProducer(kinesis);
    await producer.put({ partitionKey: "a", data: "x" });

    await producer.flush();
    await Promise.all([producer.flush(), producer.flush()]);

    expect(kinesis.requests("PutRecords")).toBe(1);
    await producer.close();
  });

  it("sends what waits at once, whatever the linger", async () => {
    const producer = newProducer(kinesis, { lingerMs: 3_600_000 });
    const puts = manyRecords(100).map((record) => producer.put(record));

    await producer.flush();

    expect(producer.stats().outstandingRecords).toBe(0);
    expect((await Promise.all(puts)).length).toBe(100);
    await producer.close();
  });

  it("covers puts that still wait for room", async () => {
    const producer = newProducer(kinesis, { maxBufferedRecords: 10, lingerMs: 3_600_000 });
    let settled = 0;
    for (const record of manyRecords(100)) void producer.put(record).then(() => settled++);

    await producer.flush();

    expect(settled).toBe(100);
    await producer.close();
  });
});

describe("close", () => {
  // Reports and refusals belong to the life cycle. Connections and unanswered requests belong to the transport.
  itOnce("twice, also at once, tells the same report", async () => {
    const producer = newProducer(kinesis);
    const puts = Promise.all(manyRecords(10).map((record) => producer.put(record)));

    const reports = await Promise.all([producer.close(), producer.close()]);
    const later = await producer.close();

    expect([...reports, later]).toEqual(new Array(3).fill({ delivered: 10, failed: 0 }));
    expect((await puts).length).toBe(10);
  });

  it("of a producer that was never used opens nothing", async () => {
    const report = await newProducer(kinesis).close();

    expect(report).toEqual({ delivered: 0, failed: 0 });
    expect(kinesis.connections).toBe(0);
  });

  itOnce("refuses what comes afterwards", async () => {
    const refused: RecordFailedError[] = [];
    const producer = newProducer(kinesis, { onFailed: (error) => refused.push(error) });
    await producer.close();
    const record = { partitionKey: "a", data: "x" };
    const closed = { code: "KP_CLOSED" };

    await expect(producer.put(record)).rejects.toMatchObject({ ...closed, delivery: "none" });
    await expect(producer.tryPut(record)).rejects.toMatchObject(closed);
    expect(() => producer.enqueue(record)).toThrow(expect.objectContaining(closed));
    await expect(producer.ready()).rejects.toMatchObject(closed);
    await producer.flush();

    expect(refused.length).toBe(3);
    expect(kinesis.connections).toBe(0);
  });

  itOnce("leaves nothing to flush: flush afterwards resolves", { timeout: 5_000 }, async () => {
    const producer = newProducer(kinesis);
    await producer.put({ partitionKey: "a", data: "x" });
    await producer.close();

    await producer.flush();
  });

  itOnce("waits for thousands of puts that nobody awaited", async () => {
    const producer = newProducer(kinesis);
    const records = manyRecords(5_000);
    for (const record of records) void producer.put(record);

    const report = await producer.close();

    expect(report).toEqual({ delivered: 5_000, failed: 0 });
    expect(readAll(kinesis).texts).toEqual(records.map(({ data }) => data));
  });

  it("frees the connections of the producer's own client", async () => {
    const producer = newProducer(kinesis);
    await producer.put({ partitionKey: "a", data: "x" });
    expect(kinesis.openConnections).toBeGreaterThan(0);

    await producer.close();

    await until(() => kinesis.openConnections === 0);
  });

  it("with a time limit ends requests that are never answered, and says that their outcome is unknown", async () => {
    const arrived = newSignal();
    kinesis.control("PutRecords", () => {
      arrived.fire();
      return new Promise(() => {});
    });
    const producer = newProducer(kinesis);
    const put = producer.put({ partitionKey: "a", data: "x" }).catch((error: unknown) => error);
    await arrived.promise;

    const report = await producer.close({ timeoutMs: 1 });

    expect(report).toEqual({ delivered: 0, failed: 1 });
    expect(await put).toMatchObject({ code: "KP_CLOSED", delivery: "unknown" });
    await until(() => kinesis.openConnections === 0);
  });

  // ListShards uses the SDK's client with every transport.
  itOnce("asks for no more shard maps, though one was being asked for", async () => {
    const arrived = newSignal();
    kinesis.control("ListShards", () => {
      arrived.fire();
      return new Promise(() => {});
    });
    const producer = newProducer(kinesis);
    const put = producer.put({ partitionKey: "a", data: "x" }).catch((error: unknown) => error);
    await arrived.promise;

    await producer.close({ timeoutMs: 1 });

    expect(await put).toMatchObject({ code: "KP_CLOSED", delivery: "none" });
    await until(() => kinesis.openConnections === 0);
    expect(kinesis.requests("ListShards")).toBe(1);
  });

  itOnce("is what `await using` does", async () => {
    const records = manyRecords(100);
    {
      await using producer = newProducer(kinesis);
      for (const record of records) void producer.put(record);
    }

    expect(readAll(kinesis).texts).toEqual(records.map(({ data }) => data));
  });
});

// The buffer gives room.
describeOnce("enqueue and ready", () => {
  it("`while (!enqueue(r)) await ready()` lets timers run while a record does not fit yet", async () => {
    const gate = newSignal();
    kinesis.control("PutRecords", async () => {
      await gate.promise;
      return undefined;
    });
    let delivered = 0;
    const producer = newProducer(kinesis, {
      maxBufferedBytes: 64 * 1024,
      onDelivery: (batch) => {
        delivered += batch.length;
      },
    });
    for (let i = 0; producer.enqueue({ partitionKey: `${i}`, data: "x".repeat(1_000) }); i++);
    const before = producer.stats().bufferedRecords;
    let ticks = 0;
    // Only timers open the gate. If waiting for room blocked timers, this would never end.
    const timer = setInterval(() => {
      if (++ticks === 10) gate.fire();
    }, 1);

    const large = { partitionKey: "large", data: "y".repeat(60_000) };
    let rounds = 0;
    while (!producer.enqueue(large)) {
      rounds++;
      await producer.ready();
    }
    clearInterval(timer);
    await producer.close();

    expect(ticks).toBeGreaterThanOrEqual(10);
    expect(rounds).toBeLessThan(50);
    expect(delivered).toBe(before + 1);
  });

  it("hands over a hundred times what fits, each record once", async () => {
    const contexts: unknown[] = [];
    const producer = newProducer(kinesis, {
      maxBufferedRecords: 100,
      onDelivery: (batch) => {
        for (const { context } of batch) contexts.push(context);
      },
    });
    const records = manyRecords(10_000);

    for (const record of records) {
      while (!producer.enqueue(record, record.data)) await producer.ready();
    }
    await producer.close();

    const texts = records.map(({ data }) => data);
    expect(contexts.sort()).toEqual(texts);
    expect(readAll(kinesis).texts).toEqual(texts);
  });
});

describe("an endpoint that cannot be reached", () => {
  const record = { partitionKey: "a", data: "x" };

  it("is reported by ready() with its cause, fails records at their TTL, and blocks nothing", async () => {
    await kinesis.close();
    const warnings: string[] = [];
    const producer = newProducer(kinesis, {
      shardMapTimeoutMs: 800,
      recordTtlMs: 1_000,
      logger: { warn: (_, message) => void warnings.push(message), error: () => undefined },
    });

    const put = producer.put(record).catch((error: unknown) => error);
    const ready = await producer.ready().catch((error: unknown) => error);

    expect(isProducerError(ready)).toBe(true);
    expect(ready).toMatchObject({
      message: expect.stringContaining("ECONNREFUSED"),
      cause: expect.objectContaining({ code: "ECONNREFUSED" }),
    });
    expect(await put).toMatchObject({ code: "KP_RECORD_EXPIRED", delivery: "none" });
    expect(await producer.close()).toEqual({ delivered: 0, failed: 1 });
    expect(warnings.length).toBe(1);
    expect(warnings[0]).toContain("ECONNREFUSED");
  });

  // The bound is the one for the shard map.
  itOnce("is reported by ready() also when the bound passes before any request has ended", async () => {
    const never = (): Promise<undefined> => new Promise(() => {});
    for (const operation of ["ListShards", "DescribeStreamSummary", "PutRecords"] as const) {
      kinesis.control(operation, never);
    }
    const producer = newProducer(kinesis, {
      shardMapTimeoutMs: 100,
      requestTimeoutMs: 400,
      recordTtlMs: 600,
      logger: { warn: () => {} },
    });

    const put = producer.put(record).catch((error: unknown) => error);
    const ready = await producer.ready().then(
      () => "resolved",
      (error: unknown) => error,
    );

    expect(ready).toMatchObject({ code: "KP_STREAM_UNREACHABLE" });
    expect(await put).toMatchObject({
      code: "KP_RECORD_EXPIRED",
      delivery: "unknown",
      attempts: expect.arrayContaining([expect.objectContaining({ errorCode: "TimeoutError" })]),
    });
    await producer.close();
  });

  it("of a stream that does not exist fails records at once, in the service's words", async () => {
    const producer = newProducer(kinesis, { streamName: "nobody" });

    const error = await producer.put(record).catch((reason: unknown) => reason);

    expect(error).toMatchObject({
      code: "KP_RECORD_FAILED",
      serviceCode: "ResourceNotFoundException",
      delivery: "none",
      message: expect.stringContaining("nobody"),
    });
    await expect(producer.ready()).rejects.toMatchObject({ message: expect.stringContaining("ResourceNotFound") });
    expect(await producer.close()).toEqual({ delivered: 0, failed: 1 });
  });

  it.each<[string, () => Promise<never>]>([
    ["whose provider throws", () => Promise.reject(new Error("the vault is sealed"))],
    ["whose provider never answers", () => new Promise(() => {})],
  ])("for want of credentials %s fails records at their TTL, unsent", async (_, credentials) => {
    const producer = new KinesisProducer({
      ...kinesis.clientConfig(),
      ...TRANSPORT,
      streamName: STREAM,
      credentials,
      shardMapTimeoutMs: 100,
      requestTimeoutMs: 150,
      recordTtlMs: 500,
      logger: { warn: () => {} },
    });

    const error = await producer.put(record).catch((reason: unknown) => reason);

    expect(error).toMatchObject({ code: "KP_RECORD_EXPIRED", delivery: "none" });
    expect((error as RecordFailedError).attempts[0]?.errorMessage).toMatch(/the vault is sealed|did not answer/);
    expect(await producer.close()).toEqual({ delivered: 0, failed: 1 });
  });
});
