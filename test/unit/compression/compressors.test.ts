import { describe, expect, test } from "vitest";
import type { Codec } from "../../../src/compression/codec.js";
import { type Compression, newCompressor } from "../../../src/compression/compressors.js";
import { HAS_ZSTD } from "../../../src/compression/zlib-codecs.js";
import type { Compressor } from "../../../src/core/ports.js";
import { ManualClock } from "../../../src/testing/manual-clock.js";

const BYTES = Buffer.from("abcdefghij".repeat(1_000));

function compressorOf(compression: Compression, clock = new ManualClock()): Compressor {
  return newCompressor(compression, clock) as Compressor;
}

function compressed(compressor: Compressor): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => compressor.compress(BYTES, resolve));
}

test("without the option there is none", () => {
  expect(newCompressor(undefined, new ManualClock())).toBeUndefined();
});

test.each<[string, Compression]>([
  ["gzip", "gzip"],
  ["gzip", { codec: "gzip" }],
  ["gzip", { codec: "gzip", level: 9 }],
])("%s makes the bytes smaller, and opens them again", async (codec, compression) => {
  const compressor = compressorOf(compression);

  const result = (await compressed(compressor)) as Uint8Array;

  expect(compressor.codec).toBe(codec);
  expect(result.length).toBeLessThan(200);
  expect(Buffer.from(compressor.decompress?.(result, BYTES.length) ?? [])).toEqual(BYTES);
});

test("zstd works where Node.js has it; elsewhere the error names the version", async () => {
  if (!HAS_ZSTD) {
    expect(() => compressorOf("zstd")).toThrow(/^compression "zstd" needs Node\.js 22\.15 or later, and this is v\d+/);
    return;
  }
  const compressor = compressorOf({ codec: "zstd", level: 3 });

  const result = (await compressed(compressor)) as Uint8Array;

  expect(result.length).toBeLessThan(200);
  expect(Buffer.from(compressor.decompress?.(result, BYTES.length) ?? [])).toEqual(BYTES);
});

test("a result above its size is not made", async () => {
  const compressor = compressorOf("gzip");
  const result = (await compressed(compressor)) as Uint8Array;

  expect(() => compressor.decompress?.(result, 100)).toThrow();
});

test.each<[string, unknown, string]>([
  ["an unknown codec", "brotli", 'compression must be "zstd", "gzip" or "lz4", or a codec, got "brotli"'],
  ["an unknown codec in an object", { codec: "deflate" }, 'got "deflate"'],
  ["null", null, "got null"],
  ["a number", 5, "got undefined"],
  ["a name of Object.prototype", "constructor", 'got "constructor"'],
  [
    "a level above the codec's",
    { codec: "gzip", level: 10 },
    "compression.level must be a whole number from 1 to 9 for gzip, got 10",
  ],
  ["a level that is no whole number", { codec: "gzip", level: 1.5 }, "got 1.5"],
  [
    "a codec whose name has capitals",
    { name: "Snappy", compress() {}, decompress() {} },
    'compression.name must be 1 to 16 lower-case letters, digits and hyphens, got "Snappy"',
  ],
  [
    "a codec without decompress",
    { name: "snappy", compress() {} },
    "compression.decompress must be a function, got undefined",
  ],
])("%s is refused", (_, compression, message) => {
  expect(() => compressorOf(compression as Compression)).toThrow(message);
});

describe("a codec of the caller", () => {
  const reversed: Codec = {
    name: "reversed",
    compress: (bytes) => Uint8Array.from(bytes).reverse(),
    decompress: (bytes) => Uint8Array.from(bytes).reverse(),
  };

  test("is used, and its result comes in a later turn", async () => {
    const clock = new ManualClock();
    let result: Uint8Array | undefined;

    compressorOf(reversed, clock).compress(Uint8Array.of(1, 2, 3), (bytes) => {
      result = bytes;
    });

    expect(result).toBeUndefined();
    await clock.settle();
    expect(result).toEqual(Uint8Array.of(3, 2, 1));
  });

  test("runs in a later turn, because it may call the producer", async () => {
    const clock = new ManualClock();
    let calls = 0;
    const compress = (bytes: Uint8Array): Uint8Array => bytes.slice(0, ++calls);

    compressorOf({ ...reversed, compress }, clock).compress(BYTES, () => undefined);

    expect(calls).toBe(0);
    await clock.settle();
    expect(calls).toBe(1);
  });

  test("may use the same memory for every result: each is taken before the next call", async () => {
    const clock = new ManualClock();
    const shared = new Uint8Array(1);
    const compress = (bytes: Uint8Array): Uint8Array => {
      shared[0] = bytes[0] as number;
      return shared;
    };
    const compressor = compressorOf({ ...reversed, compress }, clock);
    const results: unknown[] = [];
    for (const byte of [1, 2, 3])
      compressor.compress(Uint8Array.of(byte), (result) => results.push(result === undefined ? undefined : result[0]));

    await clock.settle();

    expect(results).toEqual([1, 2, 3]);
  });

  test("is never asked to decompress: it could throw in the middle of the producer's work", () => {
    expect(compressorOf(reversed).decompress).toBeUndefined();
  });

  test("may return a promise", async () => {
    const clock = new ManualClock();
    const result = compressed(compressorOf({ ...reversed, compress: async () => Uint8Array.of(97) }, clock));

    await clock.settle();

    expect(await result).toEqual(Uint8Array.of(97));
  });

  test("that does not answer within 10 s has no result", async () => {
    const clock = new ManualClock();
    const results: unknown[] = [];
    compressorOf({ ...reversed, compress: () => new Promise<Uint8Array>(() => {}) }, clock).compress(BYTES, (bytes) =>
      results.push(bytes),
    );

    await clock.advanceAsync(9_999);
    expect(results).toEqual([]);
    await clock.advanceAsync(1);

    expect(results).toEqual([undefined]);
    expect(clock.pendingTimers).toBe(0);
  });

  test.each<[string, Codec["compress"]]>([
    [
      "throws",
      () => {
        throw new Error("no");
      },
    ],
    ["rejects", () => Promise.reject(new Error("no"))],
    ["returns no bytes", () => new Uint8Array(0)],
    ["returns a text", () => "no" as never],
    ["returns nothing", () => undefined as never],
    ["returns a promise of nothing", () => Promise.resolve(undefined as never)],
  ])("that %s has no result", async (_, compress) => {
    const clock = new ManualClock();
    const results: unknown[] = [];
    compressorOf({ ...reversed, compress }, clock).compress(BYTES, (bytes) => results.push(bytes));

    await clock.settle();
    await Promise.resolve();

    expect(results).toEqual([undefined]);
  });
});
