import type { Codec, CodecChoice, CodecName } from "../compression.js";
import type { Clock, Compressor } from "../core/ports.js";
import { gzipCompressor, zstdCompressor } from "./zlib-compressor.js";

/** The compressor of the option `compression`. */
export function newCompressor(
  choice: CodecName | CodecChoice | Codec | undefined,
  clock: Clock,
): Compressor | undefined {
  if (choice === undefined) return undefined;
  if (isCodec(choice)) return codecCompressor(choice, clock);
  const { codec, level = 1 } = typeof choice === "string" ? { codec: choice } : choice;
  return codec === "zstd" ? zstdCompressor(level) : gzipCompressor(level);
}

function isCodec(choice: CodecName | CodecChoice | Codec): choice is Codec {
  return typeof choice === "object" && "compress" in choice;
}

/** A codec of the caller, which may throw, reject, or return anything. */
function codecCompressor(codec: Codec, clock: Clock): Compressor {
  return {
    codec: codec.name,
    compress: (bytes, done) => {
      const end = (result: unknown): void => done(result instanceof Uint8Array ? result : undefined);
      let result: unknown;
      try {
        result = codec.compress(bytes);
      } catch {
        result = undefined;
      }
      if (result instanceof Uint8Array || result === undefined) clock.defer(() => end(result));
      else Promise.resolve(result).then(end, () => end(undefined));
    },
    decompress: (bytes, size) => codec.decompress(bytes, size),
  };
}
