/**
 * A codec of the caller, for compressed aggregates. Readers need it too, under the same name.
 */
export interface Codec {
  /** 1 to 16 lower-case letters, digits and hyphens; readers find the codec by this name. */
  readonly name: string;
  /** Compresses the bytes. They must not be changed or kept. */
  compress(bytes: Uint8Array): Uint8Array | PromiseLike<Uint8Array>;
  /**
   * The reverse.
   *
   * @param maxBytes - a larger result must not be made: throw instead
   */
  decompress(bytes: Uint8Array, maxBytes: number): Uint8Array;
}

/** The codecs that this library knows by name. */
export type CodecName = "zstd" | "gzip" | "lz4";

/** A codec by name, with its level. */
export interface CodecChoice {
  readonly codec: CodecName;
  /** How much the codec tries: zstd 1 to 19, gzip 1 to 9. Default 1: the fastest. lz4 has no level. */
  readonly level?: number;
}
