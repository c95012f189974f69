import { wasmInstance } from "../simd/wasm-instance.js";
import { BYTES_AT, base64Module, PIECE_BYTES, TEXT_AT, TURN_BYTES } from "./base64-module.js";

const PADDING = "=".charCodeAt(0);

/** Writes bytes as base64 into a buffer, from `at`; returns the place behind it. */
export type WriteBase64 = (into: Buffer, at: number, bytes: Uint8Array) => number;

/**
 * Encodes by vectors, piece by piece through the memory of the module. Alone in a loop, encoding by strings is faster.
 * But strings are 1.33 bytes of garbage for each byte of data, most of the garbage of a producer. With it counted,
 * vectors are 5 % faster (`npm run bench end-to-end -- --only "enqueue, JSON$"`). Undefined where WebAssembly or its
 * vectors are not available.
 */
export function vectorBase64(): WriteBase64 | undefined {
  const instance = wasmInstance(base64Module());
  if (instance === undefined) return undefined;
  const { run, memory } = instance;
  const input = new Uint8Array(memory, BYTES_AT, PIECE_BYTES + TURN_BYTES);
  const text = new Uint8Array(memory, TEXT_AT, (PIECE_BYTES / 3) * 4);
  return (into, at, bytes) => {
    const { length } = bytes;
    let end = at;
    for (let from = 0; from < length; from += PIECE_BYTES) {
      const isWhole = from + PIECE_BYTES <= length;
      const taken = isWhole ? PIECE_BYTES : length - from;
      input.set(isWhole && taken === length ? bytes : bytes.subarray(from, from + taken));
      // The last group reads two bytes behind the input: they must be zero.
      input[taken] = 0;
      input[taken + 1] = 0;
      run(Math.ceil(taken / TURN_BYTES));
      const characters = Math.ceil(taken / 3) * 4;
      into.set(text.subarray(0, characters), end);
      end += characters;
    }
    const missing = (3 - (length % 3)) % 3;
    for (let i = 1; i <= missing; i++) into[end - i] = PADDING;
    return end;
  };
}

/** Bytes of a string of base64: a multiple of 3, and small enough for the young heap. */
const STRING_BYTES = 24_576;

/** Encodes by strings, with Node's own encoder. */
export const stringBase64: WriteBase64 = (into, at, bytes) => {
  const source = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = at;
  for (let from = 0; from < source.length; from += STRING_BYTES) {
    const piece = source.toString("base64", from, Math.min(from + STRING_BYTES, source.length));
    end += into.write(piece, end, "latin1");
  }
  return end;
};

/** Compiled on first use. */
let best: WriteBase64 | undefined;

/** Encodes by the faster way on this Node.js. */
export const writeBase64: WriteBase64 = (into, at, bytes) => {
  best ??= vectorBase64() ?? stringBase64;
  return best(into, at, bytes);
};
