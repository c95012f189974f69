import * as zlib from "node:zlib";

/** Opens compressed data. A result of more than `maxBytes` is not made: it throws. */
export type Decode = (bytes: Uint8Array, maxBytes: number) => Uint8Array;

/** Functions of node:zlib since Node.js 22.15; older ones lack them. */
const { zstdDecompressSync } = zlib as {
  readonly zstdDecompressSync?: (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array;
};

const DECODERS: ReadonlyMap<string, Decode> = new Map([
  ["gzip", (bytes, maxBytes) => zlib.gunzipSync(bytes, { maxOutputLength: Math.max(1, maxBytes) })],
  ...(zstdDecompressSync === undefined ? [] : [["zstd", decodeZstd] as const]),
]);

function decodeZstd(bytes: Uint8Array, maxBytes: number): Uint8Array {
  return (zstdDecompressSync as NonNullable<typeof zstdDecompressSync>)(bytes, {
    maxOutputLength: Math.max(1, maxBytes),
  });
}

/** The decoder of a codec; undefined when this Node.js has none. */
export function decoderOf(codec: string): Decode | undefined {
  return DECODERS.get(codec);
}
