import * as zlib from "node:zlib";
import { describe, expect, test } from "vitest";
import { HAS_ZSTD, unzstd } from "../../../src/compression/zlib-codecs.js";
import { ZlibCompressor } from "../../../src/compression/zlib-compressor.js";
import { seededRandom } from "../../../src/testing/index.js";

const CODECS = [
  {
    codec: "gzip",
    create: (level = 1) => ZlibCompressor.gzip(level),
    open: (bytes: Uint8Array) => zlib.gunzipSync(bytes),
    alone: (bytes: Uint8Array, level: number) => zlib.gzipSync(bytes, { level }),
  },
  ...(HAS_ZSTD
    ? [
        {
          codec: "zstd",
          create: (level = 1) => ZlibCompressor.zstd(level),
          open: (bytes: Uint8Array) => Buffer.from(unzstd(bytes, 1e7)),
          alone: (bytes: Uint8Array, level: number) =>
            (zlib as unknown as Zstd).zstdCompressSync(bytes, {
              params: { [(zlib as unknown as Zstd).constants.ZSTD_c_compressionLevel]: level },
            }),
        },
      ]
    : []),
];

/** Of newer versions of Node.js. */
interface Zstd {
  zstdCompressSync(bytes: Uint8Array, options: { params: Record<number, number> }): Buffer;
  readonly constants: { readonly ZSTD_c_compressionLevel: number };
}

/** Bytes of which a third is random. */
function bytesOf(length: number, seed: number): Buffer {
  const random = seededRandom(seed);
  return Buffer.from(Array.from({ length }, (_, i) => (i % 3 === 0 ? random() * 256 : i % 7)));
}

function compress(compressor: ZlibCompressor, bytes: Uint8Array): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => compressor.compress(bytes, resolve));
}

describe.each(CODECS)("$codec", ({ create, open, alone }) => {
  test.each([1, 6])("each result has level %i, also those of a transform that is used again", async (level) => {
    const compressor = create(level);
    const bytes = bytesOf(60_000, level);
    const lengths: (number | undefined)[] = [];
    for (let use = 0; use < 3; use++) lengths.push((await compress(compressor, bytes))?.length);

    expect(lengths).toEqual(Array(3).fill(alone(bytes, level).length));
  });

  test("each result is whole and opens alone, of any size, one after the other", async () => {
    const compressor = create();
    for (const length of [0, 1, 300_000, 51_200, 2, 1_000_000, 100]) {
      const bytes = bytesOf(length, length);
      const result = await compress(compressor, bytes);

      expect(open(result as Uint8Array).equals(bytes)).toBe(true);
    }
  });

  test("many at a time: each gets its own result, and four are in the pool at most", async () => {
    const compressor = create();
    const inputs = Array.from({ length: 40 }, (_, i) => bytesOf(20_000 + i * 1_000, i));
    const order: number[] = [];
    const results = await Promise.all(
      inputs.map(async (bytes, i) => {
        const result = await compress(compressor, bytes);
        order.push(i);
        return result;
      }),
    );

    for (const [i, result] of results.entries())
      expect(open(result as Uint8Array).equals(inputs[i] as Buffer)).toBe(true);
    // One begins when all but three before it are done: the pool has four threads.
    for (const [place, i] of order.entries()) expect(i - place).toBeLessThan(4);
  });

  test("a result is never in the turn of the call", async () => {
    let isDone = false;
    const done = new Promise<void>((resolve) => {
      create().compress(bytesOf(10, 1), () => {
        isDone = true;
        resolve();
      });
    });

    expect(isDone).toBe(false);
    await done;
  });

  test("a callback may compress again", async () => {
    const compressor = create();
    const last = await new Promise<Uint8Array | undefined>((resolve) => {
      const again = (left: number) => (result: Uint8Array | undefined) => {
        if (left === 0) resolve(result);
        else compressor.compress(bytesOf(500 * left, left), again(left - 1));
      };
      again(20)(undefined);
    });

    expect(open(last as Uint8Array).equals(bytesOf(500, 1))).toBe(true);
  });
});
