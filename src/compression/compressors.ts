import { InvalidOptionError } from "../base-errors.js";
import type { Clock, Compressor } from "../core/ports.js";
import { isCodecName } from "../wire/compressed-form.js";
import { show } from "../wording/shown-value.js";
import { type Codec, type CodecChoice, type CodecName, LEVELS } from "./codec.js";
import { loadLz4 } from "./lz4-codec.js";
import { gunzip, HAS_ZSTD, unzstd } from "./zlib-codecs.js";
import { ZlibCompressor } from "./zlib-compressor.js";

/** A codec of the caller that takes longer counts as failed. */
const MOST_MS = 10_000;

/** The values of the option `compression`. */
export type Compression = CodecName | CodecChoice | Codec;

/**
 * The compressor of the option `compression`.
 *
 * @throws InvalidOptionError for a codec that does not exist, or that this Node.js or this installation lacks
 */
export function newCompressor(compression: Compression | undefined, clock: Clock): Compressor | undefined {
  if (compression === undefined) return undefined;
  if (compression === null) throw wrong(`must be "zstd", "gzip" or "lz4", or a codec, got ${show(compression)}`);
  if (typeof compression === "object" && "compress" in compression) return codecCompressor(checked(compression), clock);
  const { codec, level = 1 } = typeof compression === "string" ? { codec: compression } : compression;
  if (!Object.hasOwn(LEVELS, codec)) throw wrong(`must be "zstd", "gzip" or "lz4", or a codec, got ${show(codec)}`);
  const { min, max } = LEVELS[codec];
  if (!Number.isInteger(level) || level < min || level > max)
    throw wrong(`.level must be a whole number from ${min} to ${max} for ${codec}, got ${show(level)}`);
  return byName(codec, level, clock);
}

function byName(codec: CodecName, level: number, clock: Clock): Compressor {
  if (codec === "gzip") return zlibCompressor(codec, ZlibCompressor.gzip(level), gunzip);
  if (codec === "lz4") return lz4Compressor(clock);
  if (!HAS_ZSTD)
    throw wrong(`"zstd" needs Node.js 22.15 or later, and this is ${process.version}; "gzip" needs nothing`);
  return zlibCompressor(codec, ZlibCompressor.zstd(level), unzstd);
}

function zlibCompressor(codec: CodecName, zlib: ZlibCompressor, decompress: Compressor["decompress"]): Compressor {
  return { codec, compress: (bytes, done) => zlib.compress(bytes, done), decompress };
}

function lz4Compressor(clock: Clock): Compressor {
  const lz4 = loadLz4();
  if (lz4 === undefined) throw wrong('"lz4" needs the package lz4-napi: npm install lz4-napi');
  const codec: Codec = {
    name: "lz4",
    compress: (bytes) => lz4.compressFrameSync(bytes),
    decompress: (bytes) => lz4.decompressFrameSync(bytes),
  };
  return { ...codecCompressor(codec, clock), decompress: (bytes) => lz4.decompressFrameSync(bytes) };
}

/** A codec may throw, reject, hang, or return anything: then there is no result. */
function codecCompressor(codec: Codec, clock: Clock): Compressor {
  return {
    codec: codec.name,
    // In a later turn: the codec is the caller's code, and may call the producer.
    compress: (bytes, done) => clock.defer(() => compressNow(codec, bytes, clock, done)),
    // It could throw, in the middle of the producer's work.
    decompress: undefined,
  };
}

function compressNow(codec: Codec, bytes: Uint8Array, clock: Clock, done: Parameters<Compressor["compress"]>[1]): void {
  // At once: the codec may use the same memory for its next result.
  const end = (result: unknown): void => done(result instanceof Uint8Array && result.length > 0 ? result : undefined);
  let result: unknown;
  try {
    result = codec.compress(bytes);
  } catch {
    result = undefined;
  }
  if (result instanceof Uint8Array || result === undefined) end(result);
  else endWithin(clock, result, end);
}

/** The records of a shard wait for their codec: a promise that stays pending must not keep them for ever. */
function endWithin(clock: Clock, promised: unknown, end: (result: unknown) => void): void {
  let isOver = false;
  const endOnce = (result: unknown): void => {
    if (isOver) return;
    isOver = true;
    timer.cancel();
    end(result);
  };
  const timer = clock.setTimer(MOST_MS, () => endOnce(undefined));
  Promise.resolve(promised).then(endOnce, () => endOnce(undefined));
}

function checked(codec: Codec): Codec {
  const { name } = codec;
  if (typeof name !== "string" || !isCodecName(name))
    throw wrong(`.name must be 1 to 16 lower-case letters, digits and hyphens, got ${show(name)}`);
  for (const method of ["compress", "decompress"] as const) {
    if (typeof codec[method] !== "function") throw wrong(`.${method} must be a function, got ${show(codec[method])}`);
  }
  return codec;
}

function wrong(problem: string): InvalidOptionError {
  return new InvalidOptionError("compression", `compression${problem.startsWith(".") ? "" : " "}${problem}`);
}
