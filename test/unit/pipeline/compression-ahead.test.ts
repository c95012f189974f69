import { gunzipSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { Codec } from "../../../src/compression/codec.js";
import type { ProducerOptions } from "../../../src/options.js";
import { evenShards } from "../../../src/testing/even-shards.js";
import { acceptByRange, type RecordedPutRecords, refuseAll, THROTTLED } from "../../../src/testing/scripted-answers.js";
import { textsOf, virtualProducer } from "../../support/virtual-producer.js";

const SHARDS = evenShards(1);
const MOST_BYTES = 2_000;

/** gzip in virtual time: each result takes a few milliseconds. */
async function started(codecMs: number, options: Partial<ProducerOptions> = {}) {
  let busy = 0;
  const codec: Codec = {
    name: "gzip",
    compress: (bytes) => {
      busy++;
      const compressed = gzipSync(bytes);
      return new Promise((resolve) => {
        virtual.clock.setTimer(codecMs, () => {
          busy--;
          resolve(compressed);
        });
      });
    },
    decompress: (bytes) => gunzipSync(bytes),
  };
  const virtual = virtualProducer(
    { compression: codec, aggregation: { maxBytes: MOST_BYTES }, lingerMs: 10_000, ...options },
    SHARDS,
  );
  await virtual.start();
  return { ...virtual, busy: () => busy };
}

type Started = Awaited<ReturnType<typeof started>>;

/** Half of it compresses. An aggregate holds four to eight of them. */
function text(id: number): string {
  let state = id + 1;
  const digits = Array.from({ length: 300 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return String.fromCharCode(33 + ((state >>> 16) % 90));
  });
  return `${id} ${digits.join("")}${"abc".repeat(100)}`;
}

function putMany(virtual: Started, from: number, to: number) {
  return Array.from({ length: to - from }, (_, i) => virtual.put({ data: text(from + i) }));
}

/** When each request begins. Answers take a while. */
function timed(virtual: Started, answerMs: number): number[] {
  const startedAt: number[] = [];
  const accept = acceptByRange(SHARDS);
  const answered = async (request: RecordedPutRecords) => {
    startedAt.push(virtual.clock.now());
    await new Promise<void>((resolve) => virtual.clock.setTimer(answerMs, resolve));
    return accept(request);
  };
  virtual.transport.always((request) => answered(request) as never);
  return startedAt;
}

test("while a request is in flight the next aggregates are compressed, and go together", async () => {
  const virtual = await started(2);
  const startedAt = timed(virtual, 40);

  const puts = putMany(virtual, 0, 80);
  await virtual.clock.advanceAsync(10_500);

  const entries = virtual.transport.requests.map((request) => request.entries.length);
  expect(puts.every(({ state }) => state === "resolved")).toBe(true);
  expect(entries.reduce((sum, count) => sum + count)).toBeGreaterThan(10);
  expect(entries[0]).toBe(1);
  // Without it: one in each request.
  expect(Math.max(...entries.slice(1))).toBeGreaterThan(8);
  expect((startedAt[1] as number) - (startedAt[0] as number)).toBeLessThanOrEqual(40);
});

test("in order, with one aggregate in flight, the next one is compressed meanwhile", async () => {
  const virtual = await started(30, { ordering: "shard" });
  const startedAt = timed(virtual, 30);

  putMany(virtual, 0, 40);
  await virtual.clock.advanceAsync(500);

  const gaps = startedAt.slice(1).map((at, i) => at - (startedAt[i] as number));
  expect(gaps.length).toBeGreaterThan(3);
  // Not 60: neither waits for the other.
  expect(Math.max(...gaps)).toBeLessThanOrEqual(31);
  const ids = virtual.transport.requests
    .flatMap((request) => request.entries.flatMap(textsOf))
    .map((each) => Number.parseInt(each, 10));
  expect(ids).toEqual([...ids].sort((a, b) => a - b));
});

test("compressed records that are overdue go at most every 8 ms", async () => {
  const virtual = await started(1, { lingerMs: 5 });
  const startedAt = timed(virtual, 1);

  for (let ms = 0; ms < 200; ms++) {
    putMany(virtual, ms * 8, ms * 8 + 8);
    await virtual.clock.advanceAsync(1);
  }
  await virtual.clock.advanceAsync(100);

  const gaps = startedAt.slice(1).map((at, i) => at - (startedAt[i] as number));
  expect(gaps.length).toBeGreaterThan(15);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(8);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(10);
});

test("a lone record goes when its linger ends and it is compressed, without another wait", async () => {
  const virtual = await started(3, { lingerMs: 50 });
  const startedAt = timed(virtual, 1);
  const before = virtual.clock.now();

  virtual.put({ data: text(1) });
  await virtual.clock.advanceAsync(200);

  expect(startedAt).toEqual([before + 53]);
});

test("a full buffer does not cut aggregates short while the codec is at work", async () => {
  const virtual = await started(3, { maxBufferedRecords: 200 });
  const startedAt = timed(virtual, 1);
  let next = 200;
  const puts = putMany(virtual, 0, next);
  for (let ms = 0; ms < 1_500; ms++) {
    // Sixty puts wait for room.
    while (puts.filter(({ state }) => state === "pending").length < 260) puts.push(...putMany(virtual, next, ++next));
    await virtual.clock.advanceAsync(1);
  }

  const sizes = virtual.transport.requests
    .flatMap((request) => request.entries.map(({ data }) => data.length))
    .slice(2);
  expect(startedAt.length).toBeGreaterThan(20);
  expect(sizes.length).toBeGreaterThan(20);
  expect(sizes.reduce((sum, size) => sum + size) / sizes.length).toBeGreaterThan(MOST_BYTES * 0.8);
});

test("nothing is compressed while the shard pauses, and all goes afterwards", async () => {
  const virtual = await started(2);
  virtual.transport.always(refuseAll(THROTTLED));
  const puts = putMany(virtual, 0, 6);
  await virtual.clock.advanceAsync(10_050);
  putMany(virtual, 6, 40);
  const whilePaused = virtual.busy();
  virtual.transport.always(acceptByRange(SHARDS));
  await virtual.clock.advanceAsync(40_000);

  expect([whilePaused, virtual.busy()]).toEqual([0, 0]);
  expect(puts.every(({ state }) => state === "resolved")).toBe(true);
});
