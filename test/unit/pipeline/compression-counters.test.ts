import { gunzipSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { Codec } from "../../../src/compression/codec.js";
import type { ProducerOptions } from "../../../src/options.js";
import type { StreamStats } from "../../../src/stats.js";
import { evenShards } from "../../../src/testing/even-shards.js";
import { seededRandom } from "../../../src/testing/index.js";
import { STREAM, virtualProducer } from "../../support/virtual-producer.js";

const gzip: Codec = { name: "gzip", compress: (bytes) => gzipSync(bytes), decompress: (bytes) => gunzipSync(bytes) };

/** Becomes twenty times smaller. */
function dense(id: number): string {
  return `${id} ${"abcdefghij".repeat(50)}`;
}

/** Digits without a pattern: they compress to about half. */
function digits(seed: number): string {
  const random = seededRandom(seed);
  return Array.from({ length: 300 }, () => Math.floor(random() * 10)).join("");
}

async function started(options: Partial<ProducerOptions>) {
  const virtual = virtualProducer(options, evenShards(1));
  await virtual.start();
  return virtual;
}

function counted({ producer }: Pick<Awaited<ReturnType<typeof started>>, "producer">) {
  const stats = producer.stats().streams[STREAM] as StreamStats;
  const { aggregatesCompressed, aggregatesKept, aggregatesDivided } = stats;
  const { bytesBeforeCompression: before, bytesAfterCompression: after } = stats;
  return { stats, outcomes: [aggregatesCompressed, aggregatesKept, aggregatesDivided], before, after };
}

test("a compressed Kinesis record and one that is kept count, with the bytes that are sent", async () => {
  const virtual = await started({ compression: gzip });
  for (let id = 0; id < 8; id++) virtual.put({ data: dense(id) });
  await virtual.clock.advanceAsync(500);
  virtual.put({ partitionKey: "k", data: "short" });

  await virtual.clock.advanceAsync(500);

  const { stats, outcomes, before, after } = counted(virtual);
  expect(outcomes).toEqual([1, 1, 0]);
  expect(after).toBe(stats.kinesisBytesSent);
  expect(before).toBeGreaterThan(8 * 500);
  expect(before).toBeLessThan(8 * 530);
});

test("the bytes of a divided Kinesis record count with its parts, once", async () => {
  const virtual = await started({ compression: gzip, aggregation: { maxBytes: 2_000 } });
  for (let id = 0; id < 30; id++) virtual.put({ data: dense(id) });
  await virtual.clock.advanceAsync(1_000);
  for (let id = 0; id < 60; id++) virtual.put({ data: digits(id) });

  await virtual.clock.advanceAsync(5_000);

  const { stats, outcomes, before, after } = counted(virtual);
  expect(outcomes[2]).toBeGreaterThan(0);
  expect(after).toBe(stats.kinesisBytesSent);
  expect(before).toBeGreaterThan(stats.bytesDelivered);
  expect(before).toBeLessThan(stats.bytesDelivered * 1.1);
});

test("records that expire behind the codec, and a late result, count nowhere", async () => {
  const held: (() => void)[] = [];
  const hanging: Codec = {
    ...gzip,
    compress: (bytes) => new Promise((resolve) => held.push(() => resolve(gzipSync(bytes)))),
  };
  const virtual = await started({ compression: hanging, recordTtlMs: 2_000 });
  const put = virtual.put({ data: dense(1) });
  await virtual.clock.advanceAsync(3_000);

  held[0]?.();
  await virtual.clock.advanceAsync(100);

  expect(put.error?.code).toBe("KP_RECORD_EXPIRED");
  expect(counted(virtual)).toMatchObject({ outcomes: [0, 0, 0], before: 0, after: 0 });
});

test("without compression all counters stay 0", async () => {
  const virtual = await started({});
  for (let id = 0; id < 8; id++) virtual.put({ data: dense(id) });

  await virtual.clock.advanceAsync(500);

  expect(counted(virtual)).toMatchObject({ outcomes: [0, 0, 0], before: 0, after: 0 });
});
