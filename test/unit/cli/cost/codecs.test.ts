import * as zlib from "node:zlib";
import { expect, it } from "vitest";
import { assumedCodec, virtualCodec } from "../../../../src/cli/cost/codecs.js";
import { ZlibCompressor } from "../../../../src/compression/zlib-compressor.js";
import type { Codec } from "../../../../src/index.js";

const HAS_ZSTD = "zstdCompressSync" in zlib;

function events(count: number): Buffer {
  return Buffer.from(Array.from({ length: count }, (_, id) => JSON.stringify({ id, at: (id * 7_919) % 997 })).join());
}

function ofProducer(name: "gzip" | "zstd", bytes: Uint8Array): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    ZlibCompressor[name](1).compress(bytes, resolve);
  });
}

it.each(HAS_ZSTD ? (["gzip", "zstd"] as const) : (["gzip"] as const))(
  "the bytes of %s are those of the producer",
  async (name) => {
    const codec = virtualCodec(name) as Codec;

    for (const count of [1, 100, 10_000]) {
      const bytes = events(count);
      const made = (await codec.compress(bytes)) as Uint8Array;

      expect(Buffer.from(made)).toEqual(Buffer.from((await ofProducer(name, bytes)) as Uint8Array));
    }
  },
);

it("leaves LZ4, and zstd where Node.js lacks it, to the producer", () => {
  expect(virtualCodec("lz4")).toBe("lz4");
  expect(virtualCodec("zstd") === "zstd").toBe(!HAS_ZSTD);
});

it.each([
  [1_000, 4, 250],
  [1_001, 4, 251],
  [10, 1_000, 1],
  [10, 1, 10],
])("assumes that %i bytes, %d times smaller, are %i", async (bytes, ratio, left) => {
  expect(await assumedCodec(ratio).compress(new Uint8Array(bytes))).toHaveLength(left);
});
