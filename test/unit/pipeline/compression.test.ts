import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Codec } from "../../../src/compression/codec.js";
import type { KinesisRecord } from "../../../src/core/ports.js";
import type { ProducerOptions } from "../../../src/options.js";
import { evenShards } from "../../../src/testing/even-shards.js";
import { acceptByRange, refuseAll } from "../../../src/testing/scripted-answers.js";
import { openAggregate } from "../../../src/wire/decode/aggregate-decoder.js";
import { textsOf, virtualProducer } from "../../support/virtual-producer.js";

/** gzip whose results come when the test wants them. */
class HeldCodec implements Codec {
  readonly name = "gzip";
  readonly held: (() => void)[] = [];

  compress(bytes: Uint8Array): Promise<Uint8Array> {
    const compressed = gzipSync(bytes);
    return new Promise((resolve) => this.held.push(() => resolve(compressed)));
  }

  decompress(bytes: Uint8Array): Uint8Array {
    return gunzipSync(bytes);
  }

  release(): void {
    for (const release of this.held.splice(0)) release();
  }
}

const quick: Codec = { name: "gzip", compress: (bytes) => gzipSync(bytes), decompress: (bytes) => gunzipSync(bytes) };

function text(id: number): string {
  return `${id} ${"abcdefghij".repeat(50)}`;
}

/** Digits without a pattern: they compress to less than half. */
function digits(seed: number, length: number): string {
  let state = seed + 1;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return String((state >>> 16) % 10);
  }).join("");
}

function tagsOf(entry: KinesisRecord): unknown {
  return openAggregate(entry.data, true)?.tagsOf(0)?.tags;
}

async function started(options: Partial<ProducerOptions>, shards = 1) {
  const virtual = virtualProducer(options, evenShards(shards));
  await virtual.start();
  return virtual;
}

/** Ten records whose aggregate is being compressed. */
async function withHeld(options: Partial<ProducerOptions> = {}, putOptions?: { signal?: AbortSignal }) {
  const codec = new HeldCodec();
  const virtual = await started({ compression: codec, ...options });
  const puts = Array.from({ length: 10 }, (_, i) => virtual.put({ data: text(i) }, i === 3 ? putOptions : undefined));
  await virtual.clock.advanceAsync(100);
  expect(codec.held).toHaveLength(1);
  return { ...virtual, codec, puts };
}

test("records go as one compressed aggregate, in order, under the first record's hash key", async () => {
  const { put, clock, transport } = await started({ compression: quick });
  const puts = [5, 6, 7].map((id) => put({ partitionKey: `k${id}`, data: text(id) }));

  await clock.advanceAsync(200);

  const [entry] = transport.requests[0]?.entries ?? [];
  expect(transport.requests).toHaveLength(1);
  expect(textsOf(entry as KinesisRecord)).toEqual([5, 6, 7].map(text));
  expect(tagsOf(entry as KinesisRecord)).toEqual({ "~c": expect.stringMatching(/^gzip 3 \d+$/) });
  expect(puts.map(({ value }) => value?.subSequenceNumber)).toEqual([0, 1, 2]);
});

test("a record that compression would make larger goes alone, raw", async () => {
  const { put, clock, transport } = await started({ compression: quick });
  put({ partitionKey: "k", data: "short" });

  await clock.advanceAsync(200);

  const [entry] = transport.requests[0]?.entries ?? [];
  expect(entry).toMatchObject({ partitionKey: "k" });
  expect(Buffer.from(entry?.data as Uint8Array).toString()).toBe("short");
});

test("flush waits for the codec, and for the answer", async () => {
  const codec = new HeldCodec();
  const { put, clock, producer, transport } = await started({ compression: codec, lingerMs: 60_000 });
  const first = put({ data: text(1) });
  const second = put({ data: text(2) });
  let isFlushed = false;
  void producer.flush().then(() => {
    isFlushed = true;
  });

  await clock.advanceAsync(1_000);
  expect([isFlushed, transport.requests.length]).toEqual([false, 0]);
  codec.release();
  await clock.advanceAsync(10);

  expect([first.state, second.state, isFlushed]).toEqual(["resolved", "resolved", true]);
});

test("a record that is aborted while its aggregate is compressed fails alone; the others go", async () => {
  const controller = new AbortController();
  const { codec, clock, puts, transport } = await withHeld({}, { signal: controller.signal });

  controller.abort();
  await clock.advanceAsync(1);
  expect(puts[3]?.error?.code).toBe("KP_ABORTED");
  codec.release();
  await clock.advanceAsync(1);
  codec.release();
  await clock.advanceAsync(10);

  expect(puts.map(({ state }) => state)).toEqual(puts.map((_, i) => (i === 3 ? "rejected" : "resolved")));
  expect(textsOf(transport.requests[0]?.entries[0] as KinesisRecord)).not.toContain(text(3));
});

test("records expire while their codec hangs, and later ones go", async () => {
  const { clock, puts, put, transport, codec } = await withHeld({ recordTtlMs: 2_000 });

  await clock.advanceAsync(2_000);
  expect(puts.map(({ error }) => error?.code)).toEqual(Array(10).fill("KP_RECORD_EXPIRED"));
  expect(puts[0]?.error?.message).toContain("the codec was compressing earlier records of shardId-000000000000");
  await clock.advanceAsync(9_000);
  const later = put({ data: "later" });
  await clock.advanceAsync(200);
  codec.release();
  await clock.advanceAsync(200);

  expect(later.state).toBe("resolved");
  expect(transport.requests).toHaveLength(1);
});

test("close with a time limit fails records that are being compressed, and drops the result", async () => {
  const { producer, codec, clock, puts, transport } = await withHeld();

  const closing = producer.close({ timeoutMs: 0 });
  await clock.advanceAsync(1);
  const report = await closing;
  codec.release();
  await clock.advanceAsync(10);

  expect(report).toEqual({ delivered: 0, failed: 10 });
  expect(puts.map(({ error }) => [error?.code, error?.delivery])).toEqual(Array(10).fill(["KP_CLOSED", "none"]));
  expect(transport.requests).toHaveLength(0);
});

test("a new map while an aggregate is compressed: its records go to their new shards", async () => {
  const codec = new HeldCodec();
  const shards = evenShards(1);
  const { put, clock, directory, transport, producer } = virtualProducer(
    { compression: codec, shardMapMaxAgeMs: 1_000 },
    shards,
  );
  const ready = producer.ready();
  await clock.settle();
  await ready;
  const puts = Array.from({ length: 20 }, (_, i) => put({ partitionKey: `key-${i}`, data: text(i) }));
  await clock.advanceAsync(100);
  directory.setShards(evenShards(2, 1));
  transport.always(acceptByRange(evenShards(2, 1)));
  await clock.advanceAsync(1_000);
  put({ partitionKey: "another", data: "asks for the map" });
  await clock.advanceAsync(10);

  for (let i = 0; i < 5; i++) {
    codec.release();
    await clock.advanceAsync(100);
  }

  const aggregates = transport.requests.flatMap(({ entries }) => entries).filter((entry) => textsOf(entry).length > 1);
  expect(aggregates).toHaveLength(2);
  expect(puts.map(({ state }) => state)).toEqual(Array(20).fill("resolved"));
});

test("a throttled aggregate is sent again with the same bytes", async () => {
  const { put, clock, transport } = await started({ compression: quick });
  transport.next(refuseAll({ errorCode: "ProvisionedThroughputExceededException", errorMessage: "slow" }));
  const first = put({ data: text(1) });
  put({ data: text(2) });

  await clock.advanceAsync(10_000);

  expect(first.state).toBe("resolved");
  expect(transport.requests).toHaveLength(2);
  expect(transport.requests[1]?.entries).toEqual(transport.requests[0]?.entries);
});

test("an error has the record as it was put, though it was compressed", async () => {
  const { put, clock, transport } = await started({ compression: quick, maxAttempts: 1 });
  transport.next(refuseAll({ errorCode: "InternalFailure", errorMessage: "sorry" }));
  put({ partitionKey: "a", data: text(1), tags: { kind: "click" } });
  const second = put({ partitionKey: "b", explicitHashKey: "7", data: text(2), tags: { kind: "view" } });

  await clock.advanceAsync(1_000);

  const { record } = second.error ?? {};
  expect(record).toMatchObject({ partitionKey: "b", explicitHashKey: "7", tags: { kind: "view" } });
  expect(Buffer.from(record?.data as Uint8Array).toString()).toBe(text(2));
});

test("a codec that cannot decompress does no harm: failed records and moved ones keep their bytes", async () => {
  const broken: Codec = {
    ...quick,
    decompress: () => {
      throw new Error("broken");
    },
  };
  const { put, clock, transport } = await started({ compression: broken, maxAttempts: 2 });
  transport.always(refuseAll({ errorCode: "InternalFailure", errorMessage: "sorry" }));
  const puts = [1, 2, 3].map((id) => put({ data: text(id) }));

  await clock.advanceAsync(5_000);

  expect(puts.map(({ error }) => Buffer.from(error?.record.data as Uint8Array).toString())).toEqual(
    [1, 2, 3].map(text),
  );
});

test("a codec that puts, flushes and closes from within changes no other record's fate", async () => {
  const late: unknown[] = [];
  let calls = 0;
  const reentrant: Codec = {
    ...quick,
    compress: (bytes) => {
      calls++;
      if (calls === 1) late.push(put({ data: text(100) }), producer.flush());
      if (calls === 2) void producer.close();
      return gzipSync(bytes);
    },
  };
  const { put, producer, clock, transport } = await started({ compression: reentrant });
  const puts = Array.from({ length: 5 }, (_, i) => put({ data: text(i) }));

  await clock.advanceAsync(2_000);

  expect(puts.map(({ state }) => state)).toEqual(Array(5).fill("resolved"));
  expect(late[0]).toMatchObject({ state: "resolved" });
  expect(transport.requests.flatMap(({ entries }) => entries.flatMap(textsOf))).toEqual([0, 1, 2, 3, 4, 100].map(text));
});

describe("what is stored", () => {
  test("never has more than aggregation.maxBytes, whatever the data", async () => {
    const { put, clock, transport } = await started({
      compression: quick,
      aggregation: { maxBytes: 2_000 },
      shardLimits: { recordsPerSecond: 1e6, bytesPerSecond: 1e9 },
    });
    const puts = [];
    for (let round = 0; round < 40; round++) {
      const isDense = round >= 20;
      for (let i = 0; i < 50; i++) {
        const data = isDense ? digits(round * 50 + i, 300) : `${digits(i, 60)}${text(i)}`;
        puts.push(put({ partitionKey: `k${i}`, data }));
      }
      await clock.advanceAsync(50);
    }
    await clock.advanceAsync(1_000);

    const sizes = transport.requests.flatMap(({ entries }) => entries.map(({ data }) => data.length));
    expect(puts.every(({ state }) => state === "resolved")).toBe(true);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2_000);
    expect(sizes.filter((size) => size > 1_500).length).toBeGreaterThan(5);
  });

  test("keeps growing while its shard has no tokens: it is compressed when it can go", async () => {
    const codec = new HeldCodec();
    const { put, clock, transport } = await started({
      compression: codec,
      shardLimits: { recordsPerSecond: 1, bytesPerSecond: 1e6, adaptive: false },
      recordTtlMs: 60_000,
    });
    put({ data: text(0) });
    await clock.advanceAsync(150);
    codec.release();
    await clock.advanceAsync(50);
    expect(transport.requests).toHaveLength(1);

    for (let i = 1; i < 8; i++) {
      put({ data: text(i) });
      await clock.advanceAsync(110);
    }
    expect(codec.held).toHaveLength(0);
    await clock.advanceAsync(1_000);
    codec.release();
    await clock.advanceAsync(50);

    expect(textsOf(transport.requests[1]?.entries[0] as KinesisRecord)).toEqual([1, 2, 3, 4, 5, 6, 7].map(text));
  });
});

describe("order", () => {
  test.each(["shard", "reshard-safe"] as const)("is kept, packing by %s, with a slow codec", async (mode) => {
    const codec = new HeldCodec();
    const { put, clock, transport } = await started({
      compression: codec,
      ordering: "shard",
      aggregation: { mode, maxBytes: 2_000 },
    });
    for (let i = 0; i < 60; i++) {
      put({ partitionKey: `k${i % 3}`, data: text(i) });
      if (i % 7 === 0) await clock.advanceAsync(40);
      if (i % 11 === 0) codec.release();
    }
    for (let i = 0; i < 200; i++) {
      codec.release();
      await clock.advanceAsync(20);
    }

    const ids = transport.requests
      .flatMap(({ entries }) => entries.flatMap(textsOf))
      .map((each) => Number.parseInt(each, 10));
    expect(ids).toHaveLength(60);
    for (const key of [0, 1, 2]) {
      const ofKey = ids.filter((id) => id % 3 === key);
      expect(ofKey).toEqual([...ofKey].sort((a, b) => a - b));
    }
  });
});

describe("it is refused", () => {
  test.each<[Partial<ProducerOptions>, string]>([
    [{ aggregation: false }, "compression cannot be combined with aggregation: false: it needs the envelope"],
    [
      { recordDistribution: "AUTO" },
      'compression cannot be set where recordDistribution is "AUTO": it needs the envelope',
    ],
    [{ compression: "brotli" as never }, 'compression must be "zstd", "gzip" or "lz4"'],
  ])("with %o", (options, message) => {
    expect(() => virtualProducer({ compression: "gzip", ...options })).toThrow(message);
  });
});

test("on a stream that is found to be AUTO, records go raw and uncompressed", async () => {
  const { put, clock, transport, directory } = virtualProducer({ compression: quick });
  directory.setSummary({ recordDistribution: "AUTO" });
  const first = put({ data: text(1) });
  put({ data: text(2) });

  await clock.advanceAsync(1_000);

  expect(first.state).toBe("resolved");
  expect(transport.requests.flatMap(({ entries }) => entries).map(({ data }) => Buffer.from(data).toString())).toEqual([
    text(1),
    text(2),
  ]);
});
