import { createRequire } from "node:module";

/** The parts of the package `lz4-napi` that are used. */
interface Lz4 {
  compressFrameSync(bytes: Uint8Array): Uint8Array;
  decompressFrameSync(bytes: Uint8Array): Uint8Array;
}

let loaded: Lz4 | undefined;

/** The optional package `lz4-napi`; undefined where it is not installed. */
export function loadLz4(): Lz4 | undefined {
  try {
    loaded ??= createRequire(import.meta.url)("lz4-napi") as Lz4;
  } catch {
    return undefined;
  }
  return loaded;
}
