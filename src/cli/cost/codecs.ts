import * as zlib from "node:zlib";
import type { Codec, ProducerOptions } from "../../index.js";
import type { CodecOption } from "./cost-options.js";

/** ZSTD_c_compressionLevel; node:zlib has the constant only where it has zstd. */
const ZSTD_LEVEL = 100;

/** Since Node.js 22.15. */
const { zstdCompressSync } = zlib as {
  readonly zstdCompressSync?: (bytes: Uint8Array, options: object) => Uint8Array;
};

/**
 * A codec for a producer in virtual time, at level 1 as in the producer: the thread pool of Node.js, which the producer
 * uses, would need real time. The bytes are the same. LZ4 is synchronous anyway, and a codec that is missing here is left to
 * the producer, whose error says what it needs.
 */
export function virtualCodec(codec: CodecOption): ProducerOptions["compression"] {
  if (codec === "gzip") return oneWay(codec, (bytes) => zlib.gzipSync(bytes, { level: 1 }));
  if (codec === "zstd" && zstdCompressSync !== undefined)
    return oneWay(codec, (bytes) => zstdCompressSync(bytes, { params: { [ZSTD_LEVEL]: 1 } }));
  return codec;
}

/** A codec that makes any bytes smaller by this factor. */
export function assumedCodec(ratio: number): Codec {
  return oneWay("assumed", (bytes) => bytes.subarray(0, Math.max(1, Math.ceil(bytes.length / ratio))));
}

function oneWay(name: string, compress: Codec["compress"]): Codec {
  return {
    name,
    compress,
    decompress: () => {
      throw new Error("a rehearsal reads nothing");
    },
  };
}
