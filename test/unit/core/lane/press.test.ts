import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { newAggregator } from "../../../../src/core/lane/aggregator.js";
import { LaneQueue, type Sweep } from "../../../../src/core/lane/lane-queue.js";
import { Press } from "../../../../src/core/lane/press.js";
import type { Compressor } from "../../../../src/core/ports.js";
import { NEVER_SENT } from "../../../../src/core/record/delivery-history.js";
import { PendingKinesisRecord } from "../../../../src/core/record/pending-kinesis-record.js";
import { contents, pendingOf, placed } from "../placed-records.js";

const BOUNDS = { maxBytes: 1_000, maxCount: 1_000_000 };

/** gzip whose results come when the test wants them. */
class HeldCompressor implements Compressor {
  readonly codec = "gzip";
  readonly held: (() => void)[] = [];
  fails = false;

  compress(bytes: Uint8Array, done: (compressed: Uint8Array | undefined) => void): void {
    const compressed = gzipSync(bytes);
    this.held.push(() => done(this.fails ? undefined : compressed));
  }

  decompress(bytes: Uint8Array): Uint8Array {
    return gunzipSync(bytes);
  }
}

/** A Kinesis record of user records with text that compresses about twentyfold. */
function large(records: number, bytes = 200): PendingKinesisRecord {
  const data = "abcdefghij".repeat(bytes / 10);
  const pending = PendingKinesisRecord.begin(placed({ data }), 1e6, NEVER_SENT);
  for (let i = 1; i < records; i++) pending.tryAdd(placed({ key: `k${i}`, data }), NEVER_SENT);
  return pending;
}

/** Text that does not compress: gzip makes it larger. */
function noise(bytes: number, seed: number): string {
  let state = seed;
  return Array.from({ length: bytes }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return String.fromCharCode(33 + ((state >>> 20) % 94));
  }).join("");
}

function pressed(press: Press, compressor: HeldCompressor, record: PendingKinesisRecord): number | undefined {
  let partBytes: number | undefined;
  press.begin(record, (take) => {
    partBytes = take();
  });
  compressor.held.shift()?.();
  return partBytes;
}

test("it is busy from the beginning to the result", () => {
  const compressor = new HeldCompressor();
  const press = new Press(compressor, BOUNDS);

  press.begin(large(3), (take) => take());

  expect(press.isBusy).toBe(true);
  compressor.held[0]?.();
  expect(press.isBusy).toBe(false);
});

test("a record that becomes smaller is sent compressed, and reads back the same", () => {
  const compressor = new HeldCompressor();
  const record = large(10);
  const before = contents(record);

  pressed(new Press(compressor, BOUNDS), compressor, record);

  expect(record.wireBytes).toBeLessThan(400);
  expect(record.seal(true).data.length + 1).toBe(record.wireBytes);
  expect(contents(record)).toEqual(before);
});

test("a record that would not become smaller is sent as it is", () => {
  const compressor = new HeldCompressor();
  const record = pendingOf({ data: noise(40, 1) }, { data: noise(40, 2) });
  const { wireBytes } = record;

  pressed(new Press(compressor, BOUNDS), compressor, record);

  expect(record.isPressed).toBe(true);
  expect(record.wireBytes).toBe(wireBytes);
});

test("a codec that fails leaves the record as it is", () => {
  const compressor = new HeldCompressor();
  compressor.fails = true;
  const record = large(2);
  const { wireBytes } = record;

  const partBytes = pressed(new Press(compressor, BOUNDS), compressor, record);

  expect(partBytes).toBeUndefined();
  expect(record.isPressed).toBe(true);
  expect(record.wireBytes).toBe(wireBytes);
});

describe("a record that is above the bound", () => {
  test("when compressed, must be divided into parts that fit", () => {
    const compressor = new HeldCompressor();
    const record = PendingKinesisRecord.begin(placed({ data: noise(900, 1) }), 1e6, NEVER_SENT);
    for (let i = 2; i < 5; i++) record.tryAdd(placed({ data: noise(900, i) }), NEVER_SENT);

    const partBytes = pressed(new Press(compressor, BOUNDS), compressor, record);

    expect(record.isPressed).toBe(false);
    expect(partBytes).toBeLessThanOrEqual(1_000);
    expect(partBytes).toBeGreaterThan(500);
  });

  test("is divided at least in two, when the codec fails", () => {
    const compressor = new HeldCompressor();
    compressor.fails = true;
    const record = large(6);
    const { wireBytes } = record;

    const partBytes = pressed(new Press(compressor, BOUNDS), compressor, record);

    expect(partBytes).toBeLessThanOrEqual(wireBytes / 2);
  });

  test("and is a single user record, goes as it is", () => {
    const compressor = new HeldCompressor();
    const record = PendingKinesisRecord.begin(placed({ data: noise(3_000, 7) }), 1_000, NEVER_SENT);

    const partBytes = pressed(new Press(compressor, BOUNDS), compressor, record);

    expect(partBytes).toBeUndefined();
    expect(record.isPressed).toBe(true);
  });
});

describe("a record that changes while it is compressed", () => {
  test("keeps its new content: the result is dropped", () => {
    const compressor = new HeldCompressor();
    const press = new Press(compressor, BOUNDS);
    const record = large(5);
    press.begin(record, (take) => take());

    record.markGone(2, 200);
    record.compact();
    const expected = contents(record);
    compressor.held[0]?.();

    expect(record.isPressed).toBe(false);
    expect(record.count).toBe(4);
    expect(contents(record)).toEqual(expected);
  });

  test("is left alone when all its user records have failed", () => {
    const compressor = new HeldCompressor();
    const press = new Press(compressor, BOUNDS);
    const record = large(5);
    press.begin(record, (take) => take());

    record.end();
    compressor.held[0]?.();

    expect(record.isPressed).toBe(false);
  });
});

describe("the bound of an open aggregate", () => {
  test("is the bound of what is stored, before anything was compressed", () => {
    expect(new Press(new HeldCompressor(), BOUNDS).maxBytes).toBe(1_000);
  });

  test("grows to what compresses into the bound", () => {
    const compressor = new HeldCompressor();
    const press = new Press(compressor, BOUNDS);
    for (let i = 0; i < 30; i++) pressed(press, compressor, large(4));

    expect(press.maxBytes).toBeGreaterThan(2_500);
    expect(press.maxBytes).toBeLessThanOrEqual(16_000);
    expect(press.storedOf(press.maxBytes)).toBeLessThanOrEqual(1_000);
  });

  test("falls when the data compress less", () => {
    const compressor = new HeldCompressor();
    const press = new Press(compressor, BOUNDS);
    for (let i = 0; i < 30; i++) pressed(press, compressor, large(4));
    const before = press.maxBytes;

    for (let i = 0; i < 30; i++) {
      const record = PendingKinesisRecord.begin(placed({ data: noise(900, i) }), 1e6, NEVER_SENT);
      while (record.wireBytes < press.maxBytes)
        record.tryAdd(placed({ data: noise(900, i + record.count) }), NEVER_SENT);
      pressed(press, compressor, record);
    }

    expect(press.maxBytes).toBeLessThan(before / 2);
  });

  test("is not lowered by small aggregates, which compress less", () => {
    const compressor = new HeldCompressor();
    const press = new Press(compressor, BOUNDS);
    for (let i = 0; i < 30; i++) pressed(press, compressor, large(4));
    const before = press.maxBytes;

    for (let i = 0; i < 30; i++) pressed(press, compressor, large(1, 50));

    expect(press.maxBytes).toBe(before);
  });

  test("never lies below the bound of what is stored, nor above 4 MiB", () => {
    const compressor = new HeldCompressor();
    const bounds = { maxBytes: 1_000_000, maxCount: 1e6 };
    const press = new Press(compressor, bounds);
    for (let i = 0; i < 30; i++) pressed(press, compressor, large(4));

    expect(press.maxBytes).toBeLessThanOrEqual(4 * 1024 * 1024);
    press.bounds = { maxBytes: 6_000_000, maxCount: 1e6 };
    expect(press.maxBytes).toBe(6_000_000);
  });
});

function newQueue(): LaneQueue {
  return new LaneQueue(newAggregator("shard", { maxBytes: 200, maxCount: 1_000 }));
}

test("an aggregate holds no more user records than a reader opens", () => {
  const press = new Press(new HeldCompressor(), { maxBytes: 1_048_576, maxCount: 2_000_000 });

  expect(press.maxCount).toBe(2 ** 20);
});

describe("a queue whose front is being compressed", () => {
  function sweepOf(ends: (text: string) => boolean): Sweep {
    return {
      acceptedThrough: Number.POSITIVE_INFINITY,
      isOver: false,
      concerns: () => true,
      settleIn: (pending) => {
        for (const [i, record] of pending.records().entries()) {
          const text = Buffer.from(record.data as Uint8Array).toString();
          if (ends(text)) pending.markGone(i, record.bufferedBytes);
        }
      },
    };
  }

  function pressing(): { queue: LaneQueue; front: PendingKinesisRecord } {
    const queue = newQueue();
    for (const data of ["one", "two", "three"]) queue.add(placed({ data }));
    const front = queue.front(1_000, 1_000, 0) as PendingKinesisRecord;
    queue.beginPress(front);
    return { queue, front };
  }

  test("counts its bytes once when a sweep has taken some of its records meanwhile", () => {
    const { queue, front } = pressing();

    queue.sweep(sweepOf((text) => text === "two"));
    queue.endPress(
      () => undefined,
      () => [],
    );

    expect(front.liveCount).toBe(2);
    expect(queue.bytes).toBe(front.wireBytes);
  });

  test("is left alone when it has left the queue: it may be failing, or be in another lane", () => {
    const { queue } = pressing();
    let taken = 0;

    queue.takeAll();
    queue.endPress(
      () => ++taken,
      () => [],
    );

    expect(taken).toBe(0);
  });

  test("is replaced by its parts, in its place, also behind records that came back", () => {
    const { queue, front } = pressing();
    queue.requeue([pendingOf({ data: "back" })]);

    queue.endPress(
      () => 10,
      (record) => record.records().map((each) => pendingOf({ data: Buffer.from(each.data as Uint8Array).toString() })),
    );

    expect(queue.takeAll().map(contents)).toEqual([["key=back"], ["key=one"], ["key=two"], ["key=three"]]);
    expect(front.count).toBe(3);
  });
});
