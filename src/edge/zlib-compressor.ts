import * as zlib from "node:zlib";
import type { Compressor } from "../core/ports.js";

type ZstdOptions = { readonly params: Record<number, number> };
/** Functions of node:zlib since Node.js 22.15; older ones lack them. */
interface WithZstd {
  readonly zstdCompress?: (
    bytes: Uint8Array,
    options: ZstdOptions,
    done: (error: Error | null, result: Buffer) => void,
  ) => void;
  readonly zstdDecompressSync?: (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Buffer;
}
const { zstdCompress, zstdDecompressSync } = zlib as WithZstd;
/** ZSTD_c_compressionLevel. */
const ZSTD_LEVEL = 100;

/** Whether this Node.js has zstd: since 22.15. */
export const HAS_ZSTD: boolean = zstdCompress !== undefined;

/** Compresses with gzip, in the thread pool of Node.js. */
export function gzipCompressor(level: number): Compressor {
  return {
    codec: "gzip",
    compress: (bytes, done) =>
      zlib.gzip(bytes, { level }, (error, result) => done(error === null ? result : undefined)),
    decompress: (bytes, size) => zlib.gunzipSync(bytes, { maxOutputLength: Math.max(1, size) }),
  };
}

/** Compresses with zstd, in the thread pool of Node.js. */
export function zstdCompressor(level: number): Compressor {
  const options = { params: { [ZSTD_LEVEL]: level } };
  return {
    codec: "zstd",
    compress: (bytes, done) =>
      zstdCompress?.(bytes, options, (error, result) => done(error === null ? result : undefined)),
    decompress: (bytes, size) => zstdDecompressSync?.(bytes, { maxOutputLength: Math.max(1, size) }) as Buffer,
  };
}
