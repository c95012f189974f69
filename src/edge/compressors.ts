import type { Codec, CodecChoice, CodecName } from "../compression.js";
import type { Compressor } from "../core/ports.js";
import { gzipCompressor, zstdCompressor } from "./zlib-compressor.js";

/** The compressor of the option `compression`. */
export function newCompressor(choice: CodecName | CodecChoice | Codec | undefined): Compressor | undefined {
  if (choice === undefined) return undefined;
  const { codec, level = 1 } = typeof choice === "string" ? { codec: choice } : (choice as CodecChoice);
  return codec === "zstd" ? zstdCompressor(level) : gzipCompressor(level);
}
