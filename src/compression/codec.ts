/** A codec of the caller, for compressed aggregates. Readers need it too: see the option `codecs` of `deaggregate`. */
export interface Codec {
  /** 1 to 16 lower-case letters, digits and hyphens; it is stored with each aggregate, and readers find the codec by it. */
  readonly name: string;
  /** Compresses the bytes, and neither changes nor keeps them. An error means: sent without compression. */
  compress(bytes: Uint8Array): Uint8Array | PromiseLike<Uint8Array>;
  /**
   * The reverse.
   *
   * @param maxBytes - the size of the result; a larger one must not be made: throw instead
   */
  decompress(bytes: Uint8Array, maxBytes: number): Uint8Array;
}

/** The codecs that this library knows by name. */
export type CodecName = "zstd" | "gzip" | "lz4";

/** A codec by its name, with its level. */
export interface CodecChoice {
  readonly codec: CodecName;
  /**
   * Effort of the codec: zstd 1 to 19, gzip 1 to 9; lz4 has none.
   *
   * @defaultValue 1, the fastest
   */
  readonly level?: number;
}

/** Levels of the codecs that have them. */
export const LEVELS: Readonly<Record<CodecName, { readonly min: number; readonly max: number }>> = {
  zstd: { min: 1, max: 19 },
  gzip: { min: 1, max: 9 },
  lz4: { min: 1, max: 1 },
};
