import * as zlib from "node:zlib";

/** Since Node.js 22.15; older ones lack it. */
const { zstdDecompressSync } = zlib as {
  readonly zstdDecompressSync?: (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array;
};

/** Whether this Node.js has zstd. */
export const HAS_ZSTD: boolean = zstdDecompressSync !== undefined;

/** Most bytes of an array in Node.js 20. zlib refuses a larger bound, and so any payload, though the bound is met. */
const MAX_ARRAY_BYTES = 2 ** 32;

function bounded(maxBytes: number): { maxOutputLength: number } {
  return { maxOutputLength: Math.min(maxBytes || 1, MAX_ARRAY_BYTES) };
}

/** Opens gzip. A result of more than `maxBytes` is not made: it throws. */
export function gunzip(bytes: Uint8Array, maxBytes: number): Uint8Array {
  return zlib.gunzipSync(bytes, bounded(maxBytes));
}

/** Opens zstd. A result of more than `maxBytes` is not made: it throws. Only where {@link HAS_ZSTD}. */
export function unzstd(bytes: Uint8Array, maxBytes: number): Uint8Array {
  return (zstdDecompressSync as NonNullable<typeof zstdDecompressSync>)(bytes, bounded(maxBytes));
}

/** The zlib format (RFC 1950), with the default level. */
export function deflate(bytes: Uint8Array): Uint8Array {
  return zlib.deflateSync(bytes);
}

/** Opens the zlib format. A result of more than `maxBytes` is not made: it throws. */
export function inflate(bytes: Uint8Array, maxBytes: number): Uint8Array {
  return zlib.inflateSync(bytes, bounded(maxBytes));
}
