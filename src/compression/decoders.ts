import type { Codec } from "./codec.js";
import { loadLz4, openLz4 } from "./lz4-codec.js";
import { gunzip, HAS_ZSTD, unzstd } from "./zlib-codecs.js";

/** Opens compressed data. A result of more than `maxBytes` is an error. */
export type Decode = (bytes: Uint8Array, maxBytes: number) => Uint8Array;

/**
 * The decoder of a codec, or the reason why there is none.
 *
 * @param own - codecs of the caller, which come first
 */
export function decoderOf(name: string, own: readonly Pick<Codec, "name" | "decompress">[]): Decode | string {
  const found = own.find((codec) => codec.name === name);
  if (found !== undefined) return (bytes, maxBytes) => found.decompress(bytes, maxBytes);
  switch (name) {
    case "gzip":
      return gunzip;
    case "zstd":
      return HAS_ZSTD ? unzstd : `Node.js has zstd since 22.15, and this is ${process.version}`;
    case "lz4":
      return lz4Decoder();
    default:
      return `no codec has this name: pass it in the option codecs`;
  }
}

function lz4Decoder(): Decode | string {
  const lz4 = loadLz4();
  return lz4 === undefined
    ? "the package lz4-napi is not installed"
    : (bytes, maxBytes) => openLz4(lz4, bytes, maxBytes);
}
