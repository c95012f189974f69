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
    loaded ??= load(createRequire(import.meta.url));
  } catch {
    // It is not installed, or cannot be: a bundle in CommonJS has no `import.meta.url`.
  }
  return loaded;
}

/** webpack follows a call of `createRequire`, into the native code of the package; it does not follow a parameter. */
function load(anyRequire: (name: string) => unknown): Lz4 {
  return anyRequire("lz4-napi") as Lz4;
}

const MAGIC = 0x184d2204;
/** Bits of the frame's first byte of flags. */
const HAS_DICTIONARY = 0x01;
const HAS_CONTENT_CHECKSUM = 0x04;
const HAS_CONTENT_SIZE = 0x08;
const HAS_BLOCK_CHECKSUMS = 0x10;
/** The highest bit of a block's size says that the block is not compressed. */
const BLOCK_SIZE = 0x7fff_ffff;

/**
 * Opens one LZ4 frame. `lz4-napi` has no bound for the result, so the frame is walked first: its blocks can become at most
 * 4 MiB larger than `maxBytes`.
 *
 * @throws Error for more blocks or bytes than `maxBytes` needs, and for anything but one whole frame
 * @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 */
export function openLz4({ decompressFrameSync }: Lz4, frame: Uint8Array, maxBytes: number): Uint8Array {
  const { blocks, blockBytes, contentBytes } = measured(frame);
  if (contentBytes > maxBytes || blocks > Math.max(1, Math.ceil(maxBytes / blockBytes)))
    throw new Error(`the LZ4 frame holds more than ${maxBytes} bytes`);
  return decompressFrameSync(frame);
}

/** The blocks of a frame, the most bytes of one when it is opened, and the size in its header, or 0. */
function measured(frame: Uint8Array): { blocks: number; blockBytes: number; contentBytes: number } {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw new Error("not an LZ4 frame");
  const flags = view.getUint8(4);
  const blockBytes = 2 ** (8 + 2 * ((view.getUint8(5) >> 4) & 7));
  const hasSize = (flags & HAS_CONTENT_SIZE) !== 0;
  const contentBytes = hasSize ? Number(view.getBigUint64(6, true)) : 0;
  let at = 7 + (hasSize ? 8 : 0) + ((flags & HAS_DICTIONARY) === 0 ? 0 : 4);
  const checksumBytes = (flags & HAS_BLOCK_CHECKSUMS) === 0 ? 0 : 4;
  let blocks = 0;
  for (;;) {
    const size = view.getUint32(at, true) & BLOCK_SIZE;
    at += 4;
    if (size === 0) break;
    blocks++;
    at += size + checksumBytes;
  }
  at += (flags & HAS_CONTENT_CHECKSUM) === 0 ? 0 : 4;
  if (at !== frame.length) throw new Error("not one whole LZ4 frame");
  return { blocks, blockBytes, contentBytes };
}
