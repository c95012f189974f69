import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";

import type { KinesisProducer } from "../../../src/producer.js";
import type { UserRecord } from "../../../src/record.js";
import type { StreamStats } from "../../../src/stats.js";
import { type ResizableMemory, resizable, transferAway } from "../../support/resizable-bytes.js";
import { STREAM, textsByRequest, virtualProducer, watch } from "../../support/virtual-producer.js";

const bug = new Error("the caller's bug");

function shrunk(): Uint8Array {
  const memory = resizable(100, 100);
  const bytes = new Uint8Array(memory, 0, 100);
  memory.resize(10);
  return bytes;
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function throwing(name: string): object {
  return Object.defineProperty({ partitionKey: "k", data: "x" }, name, {
    get: () => {
      throw bug;
    },
  });
}

function circular(): object {
  const value: Record<string, unknown> = {};
  value.self = value;
  return value;
}

const BAD: [string, () => unknown][] = [
  ["bytes that were transferred", () => ({ partitionKey: "k", data: transferAway(new Uint8Array(8)) })],
  ["a view that was shrunk from under it", () => ({ partitionKey: "k", data: shrunk() })],
  ["a Proxy around bytes", () => ({ partitionKey: "k", data: new Proxy(new Uint8Array(3), {}) })],
  ["a DataView", () => ({ partitionKey: "k", data: new DataView(new ArrayBuffer(2)) })],
  ["a prototype without bytes", () => ({ partitionKey: "k", data: Object.create(Uint8Array.prototype) })],
  ["a getter of data that throws", () => throwing("data")],
  ["a getter of partitionKey that throws", () => throwing("partitionKey")],
  ["a getter of explicitHashKey that throws", () => throwing("explicitHashKey")],
  ["a getter of streamName that throws", () => throwing("streamName")],
  ["a getter of tags that throws", () => throwing("tags")],
  ["a getter of recordId that throws", () => throwing("recordId")],
  [
    "a tag whose getter throws",
    () => ({
      partitionKey: "k",
      data: "x",
      tags: {
        ...{},
        ...{},
        get a() {
          throw bug;
        },
      },
    }),
  ],
  ["tags that are a revoked Proxy", () => ({ partitionKey: "k", data: "x", tags: revoked() })],
  ["a revoked Proxy", revoked],
  ["no record at all", () => null],
  ["a number", () => 7],
  ["a streamName that is a bigint", () => ({ partitionKey: "k", data: "x", streamName: 7n })],
  ["a streamName that is circular", () => ({ partitionKey: "k", data: "x", streamName: circular() })],
  ["a streamName that is a symbol", () => ({ partitionKey: "k", data: "x", streamName: Symbol("s") })],
  ["a partitionKey that is circular", () => ({ partitionKey: circular(), data: "x" })],
  ["a hash key with its own valueOf", () => ({ partitionKey: "k", explicitHashKey: { valueOf: () => 5n }, data: "x" })],
];

const WAYS: [string, (producer: KinesisProducer, record: UserRecord) => Promise<unknown>][] = [
  ["put", (producer, record) => producer.put(record)],
  ["put with a signal", (producer, record) => producer.put(record, { signal: new AbortController().signal })],
  ["tryPut", (producer, record) => producer.tryPut(record) as Promise<unknown>],
  ["enqueue", async (producer, record) => producer.enqueue(record)],
  [
    "putMany",
    async (producer, record) => {
      for await (const { error } of producer.putMany([record])) if (error !== undefined) throw error;
    },
  ],
];

/** The stats without the count of refused records, which must be this one. */
function statsWithout(producer: KinesisProducer, refused: number): unknown {
  const stats = producer.stats();
  const { userRecordsRefused, ...stream } = stats.streams[STREAM] as StreamStats;
  expect(userRecordsRefused).toBe(refused);
  return { ...stats, streams: stream };
}

describe.each(WAYS)("%s of a record that cannot be used", (_, hand) => {
  test.each(BAD)("%s: fails alone, and changes nothing else", async (name, newRecord) => {
    const { producer, clock, transport, put, start } = virtualProducer();
    await start();
    const before = statsWithout(producer, 0);

    const failed = watch(hand(producer, newRecord() as UserRecord));
    await clock.settle();

    expect(failed.error).toMatchObject({ name: "RecordFailedError", code: "KP_INVALID_RECORD", delivery: "none" });
    // Without a name there is no stream to count it in.
    expect(statsWithout(producer, name.startsWith("a streamName") ? 0 : 1)).toEqual(before);
    put({ data: "after" });
    const closed = watch(producer.close());
    await clock.advanceAsync(100);
    expect(textsByRequest(transport)).toEqual([["after"]]);
    expect(closed.value).toEqual({ delivered: 1, failed: 1 });
  });
});

describe("a record's bytes", () => {
  const PACKINGS = [{}, { aggregation: false }, { ordering: "shard" }] as const;

  test.each(PACKINGS)("may be of another realm, of a subclass, or shared: %o", async (options) => {
    class Liar extends Uint8Array {
      override get length(): number {
        throw bug;
      }
    }
    const { clock, transport, put, start } = virtualProducer({ lingerMs: 0, ...options });
    await start();
    const liar = new Liar(1);
    liar.fill(0x61);
    const shared = new Uint8Array(new SharedArrayBuffer(1)).fill(0x62);

    for (const data of [liar, shared, runInNewContext("new Uint8Array([0x63])")]) put({ data });
    await clock.advanceAsync(1_000);

    expect(textsByRequest(transport).flat().join("")).toBe("abc");
  });

  test.each([
    ["changed", (bytes: Uint8Array) => void bytes.fill(66)],
    ["transferred", (bytes: Uint8Array) => void transferAway(bytes)],
    ["shrunk", ({ buffer }: Uint8Array) => (buffer as ResizableMemory).resize(10)],
    ["grown", ({ buffer }: Uint8Array) => (buffer as ResizableMemory).resize(5_000)],
  ])("are %s while the put waits for room: what is sent is what was handed over", async (_, change) => {
    const { clock, transport, producer, put, start } = virtualProducer({ maxBufferedRecords: 1, lingerMs: 0 });
    await start();
    const data = new Uint8Array(resizable(100, 5_000)).fill(65);
    put({ data: "first" });

    const second = watch(producer.put({ partitionKey: "k", data }));
    change(data);
    await clock.advanceAsync(100);

    expect(second.state).toBe("resolved");
    expect(textsByRequest(transport).flat()).toEqual(["first", "A".repeat(100)]);
  });

  test("are the error's own when the put that waits for room fails, whatever became of the caller's", async () => {
    const { clock, transport, producer, put, start } = virtualProducer({ maxBufferedRecords: 1, lingerMs: 0 });
    await start();
    transport.always("hold");
    put({ data: "first" });
    const data = new Uint8Array([1, 2, 3]);
    const second = watch(producer.put({ partitionKey: "k", data }));
    data.fill(0);

    void producer.close({ timeoutMs: 0 });
    await clock.advanceAsync(1);

    expect(second.error).toMatchObject({
      code: "KP_CLOSED",
      record: { partitionKey: "k", data: new Uint8Array([1, 2, 3]) },
    });
  });
});

test("each property is read once: what is checked is what is sent", async () => {
  const reads: string[] = [];
  const changing = (name: string, values: unknown[]): PropertyDescriptor => ({
    enumerable: true,
    get: () => {
      reads.push(name);
      return values.length > 1 ? values.shift() : values[0];
    },
  });
  const { producer, clock, transport, start } = virtualProducer();
  await start();
  const tags = Object.defineProperties({}, { a: changing("tags.a", ["1", 7]) });
  const record = Object.defineProperties(
    {},
    {
      partitionKey: changing("partitionKey", ["k", 7]),
      data: changing("data", ["first", "second"]),
      explicitHashKey: changing("explicitHashKey", ["5", "none"]),
      tags: changing("tags", [tags, "none"]),
      recordId: changing("recordId", ["id", 7]),
      streamName: changing("streamName", [undefined, "other"]),
    },
  ) as UserRecord;

  const put = watch(producer.put(record));
  await clock.advanceAsync(100);

  expect(put.state).toBe("resolved");
  expect(reads.sort()).toEqual(["data", "explicitHashKey", "partitionKey", "recordId", "streamName", "tags", "tags.a"]);
  expect(textsByRequest(transport)).toEqual([["first"]]);
});

describe("a getter of a record", () => {
  test("may hand over another record: neither gets the other's bytes", async () => {
    const { producer, clock, transport, put, start } = virtualProducer();
    await start();
    const tags = {
      get a() {
        put({ partitionKey: "inner", data: "inner" });
        return "1";
      },
    };

    put({ partitionKey: "outer", explicitHashKey: "7", data: "outer", tags });
    await clock.advanceAsync(100);

    expect(textsByRequest(transport)).toEqual([["inner", "outer"]]);
    expect(producer.stats().outstandingRecords).toBe(0);
  });

  test("may close the producer: the record is refused", async () => {
    const { producer, clock, start } = virtualProducer();
    await start();
    let report: unknown;
    const record = {
      partitionKey: "k",
      get data() {
        void producer.close().then((value) => {
          report = value;
        });
        return "x";
      },
    };

    const put = watch(producer.put(record));
    await clock.advanceAsync(100);

    expect(put.error?.code).toBe("KP_CLOSED");
    expect(report).toEqual({ delivered: 0, failed: 0 });
  });
});

describe("a context that is a Proxy which throws", () => {
  test.each(["delivered", "failed"])("is reported with its record, %s", async (fate) => {
    const { producer, clock, outcomes, put, start } = virtualProducer({ recordTtlMs: fate === "failed" ? 50 : 30_000 });
    await start();
    const context = revoked();
    producer.enqueue({ partitionKey: "k", data: "" }, context);
    const beside = put({}, { signal: new AbortController().signal });

    await clock.advanceAsync(1_000);

    expect(outcomes.map((outcome) => outcome.context === context)).toEqual([true]);
    expect(beside.state).toBe(fate === "failed" ? "rejected" : "resolved");
    expect(producer.stats().outstandingRecords).toBe(0);
  });
});

const NO_SIGNALS: [string, unknown][] = [
  ["text", "now"],
  ["an AbortController", new AbortController()],
  ["an object that is like none", { aborted: false }],
  [
    "an object whose listeners cannot be added",
    {
      aborted: false,
      addEventListener: () => {
        throw bug;
      },
      removeEventListener: () => undefined,
    },
  ],
];

describe.each(NO_SIGNALS)("a signal that is %s", (_, signal) => {
  const options = { signal: signal as AbortSignal };

  test("rejects that one put, and sends nothing", async () => {
    const { producer, clock, transport, put, start } = virtualProducer();
    await start();

    const refused = watch(producer.put({ partitionKey: "k", data: "x" }, options));
    const other = put({ data: "other" });
    await clock.advanceAsync(100);

    expect(refused.error).toMatchObject({ code: "KP_INVALID_OPTION", option: "signal" });
    expect(other.state).toBe("resolved");
    expect(textsByRequest(transport)).toEqual([["other"]]);
  });

  test("rejects flush, close and putMany, and closes nothing", async () => {
    const { producer, clock, put, start } = virtualProducer();
    await start();
    const many = watch(producer.putMany([{ partitionKey: "k", data: "x" }], options).then((summary) => summary));
    const flush = watch(producer.flush(options).catch((error: unknown) => Promise.reject(error)));
    await clock.advanceAsync(100);

    expect([many.state, flush.state]).toEqual(["rejected", "rejected"]);
    expect(put({}).state).toBe("pending");
  });
});

test("options whose getters throw reject that one promise", async () => {
  const { producer, clock, put, start } = virtualProducer();
  await start();
  const options = Object.defineProperty({}, "signal", {
    get: () => {
      throw bug;
    },
  });

  const calls = [
    watch(producer.put({ partitionKey: "k", data: "x" }, options)),
    watch(producer.flush(options)),
    watch(producer.close(options)),
    watch(producer.close({ timeoutMs: 5n as unknown as number })),
  ];
  await clock.settle();

  expect(calls.map(({ error }) => error?.code)).toEqual(Array(4).fill("KP_INVALID_OPTION"));
  expect(put({}).state).toBe("pending");
});

test.each([
  [7, "7"],
  [undefined, "undefined"],
  ["text", '"text"'],
  [new Uint8Array(1), "an object"],
  [{ partitionKey: "k", data: "x" }, "one record: call put() for it, or putMany([record])"],
  [{ data: "x" }, "one record: call put() for it, or putMany([record])"],
])("putMany of what is no source of records ends with the reason, and does not throw: %o", async (records, got) => {
  const { producer, clock } = virtualProducer();

  const many = watch(producer.putMany(records as unknown as UserRecord[]).then((summary) => summary));
  await clock.settle();

  const message = `records must be an iterable or an async iterable of records, got ${got}`;
  expect(many.error).toMatchObject({ code: "KP_INVALID_OPTION", option: "records", message });
});
