import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { KinesisClient, ListShardsCommand } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KinesisProducer, type RecordFailedError } from "../../src/index.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { manyRecords, newProducer, newSignal, readAll, STREAM, TRANSPORT, until } from "./local-stream.js";
import { describeOnce, itOnce } from "./of-one-transport.js";

const OTHER = "views";

let kinesis: LocalKinesis;

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 4 }, [OTHER]: { shards: 2 } } });
});

afterEach(() => kinesis.close());

describe("streams", () => {
  it("named by an ARN are asked for by it, and by nothing else", async () => {
    const streamArn = `arn:aws:kinesis:us-east-1:000000000000:stream/${STREAM}`;
    const names: unknown[] = [];
    for (const operation of ["PutRecords", "ListShards", "DescribeStreamSummary"] as const) {
      kinesis.control(operation, ({ input }) => {
        names.push([input.StreamName, input.StreamARN]);
        return undefined;
      });
    }
    await using producer = new KinesisProducer({ ...kinesis.clientConfig(), ...TRANSPORT, streamArn });

    const result = await producer.put({ partitionKey: "a", data: "x" });

    expect(result.streamName).toBe(STREAM);
    expect(readAll(kinesis).texts).toEqual(["x"]);
    expect(names).toEqual(new Array(3).fill([undefined, streamArn]));
  });

  // The stream of a record and the order of waiting are decided before a request exists.
  itOnce("share a producer: each record goes to the one it names", async () => {
    const producer = newProducer(kinesis);
    const records = manyRecords(1_000);

    const results = await Promise.all(
      records.map((record, i) => producer.put(i % 2 === 0 ? record : { ...record, streamName: OTHER })),
    );
    const report = await producer.close();

    const texts = records.map(({ data }) => data);
    expect(readAll(kinesis).texts).toEqual(texts.filter((_, i) => i % 2 === 0));
    expect(readAll(kinesis, OTHER).texts).toEqual(texts.filter((_, i) => i % 2 === 1));
    expect(results.map(({ streamName }) => streamName)).toEqual(records.map((_, i) => (i % 2 === 0 ? STREAM : OTHER)));
    expect(report).toEqual({ delivered: 1_000, failed: 0 });
  });

  itOnce("share a producer: one that is throttled for good does not hold up the other", async () => {
    kinesis.control("PutRecords", ({ input }) =>
      input.StreamName === OTHER ? { kind: "error", code: "ProvisionedThroughputExceededException" } : undefined,
    );
    const producer = newProducer(kinesis, { maxBufferedRecords: 100 });
    const stuck = manyRecords(200).map((record) => producer.put({ ...record, streamName: OTHER }));
    const ended = Promise.allSettled(stuck);

    const results = await Promise.all(manyRecords(300).map((record) => producer.put(record)));
    const report = await producer.close({ timeoutMs: 1 });

    expect(results.length).toBe(300);
    expect(report).toEqual({ delivered: 300, failed: 200 });
    expect((await ended).every(({ status }) => status === "rejected")).toBe(true);
  });

  itOnce("that no record names are refused with the reason", async () => {
    await using producer = new KinesisProducer(kinesis.clientConfig());

    await expect(producer.put({ partitionKey: "a", data: "x" })).rejects.toMatchObject({
      code: "KP_INVALID_RECORD",
      message: expect.stringContaining("streamName"),
    });
  });
});

// A client passed by the caller is the transport.
describeOnce("a client that is handed in", () => {
  it("is used as it is, and not destroyed", async () => {
    const { endpoint, region, credentials } = kinesis.clientConfig();
    const requestHandler = new NodeHttpHandler({ httpAgent: { keepAlive: true, maxSockets: 10 } });
    const client = new KinesisClient({ endpoint, region, credentials, requestHandler });
    const seen: string[] = [];
    client.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          seen.push(String(commandName));
          return next(args);
        },
      { step: "initialize" },
    );

    try {
      const producer = new KinesisProducer({ client, streamName: STREAM });
      await producer.put({ partitionKey: "a", data: "x" });
      await producer.close();
      const before = kinesis.connections;
      const { Shards } = await client.send(new ListShardsCommand({ StreamName: STREAM }));

      expect(seen.sort()).toEqual([
        "DescribeStreamSummaryCommand",
        "ListShardsCommand",
        "ListShardsCommand",
        "PutRecordsCommand",
      ]);
      expect(Shards?.length).toBe(4);
      // Its connections were kept too.
      expect(kinesis.connections).toBe(before);
      expect(kinesis.openConnections).toBe(before);
    } finally {
      client.destroy();
    }
  });
});

describeOnce("a client that was handed in as the SDK makes it, which tries again by itself", () => {
  /** Over HTTP/2, the SDK's default, and over HTTP/1.1. */
  const CLIENTS: readonly [string, () => KinesisClient][] = [
    ["HTTP/2", () => new KinesisClient(kinesis.clientConfig())],
    ["HTTP/1.1", () => new KinesisClient({ ...kinesis.clientConfig(), requestHandler: new NodeHttpHandler() })],
  ];

  for (const [name, newClient] of CLIENTS) {
    describe(`over ${name}`, () => {
      let client: KinesisClient;
      beforeEach(() => {
        client = newClient();
      });
      afterEach(() => client.destroy());

      it.each(["PutRecords reset at=after-storing times=1", "PutRecords error code=InternalFailure stored times=1"])(
        "says that a record may be stored twice after %s",
        async (fault) => {
          await using producer = new KinesisProducer({ client, streamName: STREAM, lingerMs: 1 });
          await producer.ready();
          kinesis.faults.add(fault);

          const result = await producer.put({ partitionKey: "a", data: "x" });

          expect(readAll(kinesis).texts).toEqual(["x", "x"]);
          expect(result).toMatchObject({ mayBeDuplicate: true, attempts: [{ tries: 2 }] });
        },
      );

      it("says unknown of a record that was stored by the first try, and refused to the second", async () => {
        await using producer = new KinesisProducer({ client, streamName: STREAM, lingerMs: 1 });
        await producer.ready();
        kinesis.faults.add("PutRecords reset at=after-storing calls=1");
        kinesis.faults.add("PutRecords error code=AccessDeniedException calls=2..");

        await expect(producer.put({ partitionKey: "a", data: "x" })).rejects.toMatchObject({
          serviceCode: "AccessDeniedException",
          delivery: "unknown",
        });
        expect(readAll(kinesis).texts).toEqual(["x"]);
      });

      it("holds no flush and no close, and delivers, when a connection goes dead without a sign", async () => {
        const options = { client, streamName: STREAM, lingerMs: 1, requestTimeoutMs: 100 };
        const producer = new KinesisProducer(options);
        await producer.ready();
        kinesis.faults.add("PutRecords hang calls=1");

        const put = producer.put({ partitionKey: "a", data: "x" });
        await producer.flush();

        expect(await put).toMatchObject({ mayBeDuplicate: true, attempts: [{ errorCode: "TimeoutError" }, {}] });
        expect(await producer.close()).toEqual({ delivered: 1, failed: 0 });
        expect(readAll(kinesis).texts).toEqual(["x"]);
      });

      it("holds no ready() when the answer to ListShards never comes", async () => {
        kinesis.faults.add("ListShards hang calls=1");
        const options = { client, streamName: STREAM, requestTimeoutMs: 100, shardMapTimeoutMs: 60_000 };
        await using producer = new KinesisProducer(options);

        await producer.ready();

        expect(producer.stats().streams[STREAM]?.routing).toBe("mapped");
      });
    });
  }
});

// Its records are those of put().
describeOnce("writable()", () => {
  it("ends a pipeline when every record is delivered", async () => {
    await using producer = newProducer(kinesis, { maxBufferedRecords: 50 });
    const records = manyRecords(2_000);

    await pipeline(Readable.from(records), producer.writable());

    expect(producer.stats().outstandingRecords).toBe(0);
    expect(readAll(kinesis).texts).toEqual(records.map(({ data }) => data));
  });

  it("takes no more from its source than the buffer has room for", async () => {
    const gate = newSignal();
    kinesis.control("PutRecords", async () => {
      await gate.promise;
      return undefined;
    });
    await using producer = newProducer(kinesis, { maxBufferedRecords: 50 });
    let taken = 0;
    const source = (function* () {
      for (const record of manyRecords(1_000)) {
        taken++;
        yield record;
      }
    })();

    const piped = pipeline(Readable.from(source), producer.writable());
    await until(() => producer.stats().bufferedRecords === 50);
    let turns = 0;
    await until(() => ++turns > 100);
    const takenWhileFull = taken;
    gate.fire();
    await piped;

    // The buffers of the two streams hold 16 objects each, and each stream has one in hand.
    expect(takenWhileFull).toBeLessThanOrEqual(50 + 2 * 17);
    expect(taken).toBe(1_000);
  });

  it("is destroyed with the error of a record that fails, the last one included", async () => {
    await using producer = newProducer(kinesis);

    const bad = { partitionKey: "", data: "bad" };

    await expect(pipeline(Readable.from([...manyRecords(10), bad]), producer.writable())).rejects.toMatchObject({
      code: "KP_INVALID_RECORD",
    });
    kinesis.control("PutRecords", () => ({ kind: "error", code: "AccessDeniedException" }));
    await expect(pipeline(Readable.from(manyRecords(1)), producer.writable())).rejects.toMatchObject({
      code: "KP_RECORD_FAILED",
    });
  });

  it("goes on past a record that fails, if told to, and onFailed hears of it", async () => {
    const failed: RecordFailedError[] = [];
    await using producer = newProducer(kinesis, { onFailed: (error) => failed.push(error) });
    const records = manyRecords(10);
    const bad = { partitionKey: "", data: "bad" };

    await pipeline(Readable.from([bad, ...records, bad]), producer.writable({ destroyOnFailure: false }));

    expect(failed.map(({ code }) => code)).toEqual(["KP_INVALID_RECORD", "KP_INVALID_RECORD"]);
    expect(readAll(kinesis).texts).toEqual(records.map(({ data }) => data));
  });

  it("that is destroyed leaves what it had taken to be delivered", async () => {
    const producer = newProducer(kinesis);
    const writable = producer.writable();
    writable.on("error", () => {});
    for (const record of manyRecords(5)) writable.write(record);

    writable.destroy(new Error("enough"));
    const report = await producer.close();

    expect(report.failed).toBe(0);
    expect(readAll(kinesis).texts.length).toBe(report.delivered);
    expect(report.delivered).toBeGreaterThan(0);
  });
});
