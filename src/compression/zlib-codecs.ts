import * as zlib from "node:zlib";

type Done = (error: Error | null, result: Uint8Array) => void;
interface ZstdOptions {
  readonly params: Readonly<Record<number, number>>;
}
/** Functions of node:zlib since Node.js 22.15; older ones lack them. */
const { zstdCompress, zstdDecompressSync } = zlib as {
  readonly zstdCompress?: (bytes: Uint8Array, options: ZstdOptions, done: Done) => void;
  readonly zstdDecompressSync?: (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array;
};
/** ZSTD_c_compressionLevel. */
const ZSTD_LEVEL = 100;

/** Whether this Node.js has zstd. */
export const HAS_ZSTD: boolean = zstdCompress !== undefined;

/** Compresses in the thread pool of Node.js. */
export function gzip(bytes: Uint8Array, level: number, done: Done): void {
  zlib.gzip(bytes, { level }, done);
}

/** Opens gzip. A result of more than `maxBytes` is not made: it throws. */
export function gunzip(bytes: Uint8Array, maxBytes: number): Uint8Array {
  return zlib.gunzipSync(bytes, { maxOutputLength: Math.max(1, maxBytes) });
}

/** Compresses in the thread pool of Node.js. Only where {@link HAS_ZSTD}. */
export function zstd(bytes: Uint8Array, level: number, done: Done): void {
  (zstdCompress as NonNullable<typeof zstdCompress>)(bytes, { params: { [ZSTD_LEVEL]: level } }, done);
}

/** Opens zstd. A result of more than `maxBytes` is not made: it throws. Only where {@link HAS_ZSTD}. */
export function unzstd(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const options = { maxOutputLength: Math.max(1, maxBytes) };
  return (zstdDecompressSync as NonNullable<typeof zstdDecompressSync>)(bytes, options);
}
