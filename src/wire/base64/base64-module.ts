/**
 * Base64 as a WebAssembly module that is generated here: twelve bytes become sixteen characters at a time, in vectors. The
 * characters are found without a table in memory, after Wojciech Mula's "Base64 encoding with SIMD instructions"
 * (2016): six bits are a number from 0 to 63, and the offset from number to character is the same for long runs of
 * numbers.
 *
 * Source: RFC 4648, section 4.
 *
 * @module
 */

import { WasmCode } from "../simd/wasm-code.js";

const VECTOR_BYTES = 16;
/** Bytes that a step turns into {@link VECTOR_BYTES} characters. */
const STEP_BYTES = 12;
/** Steps of a turn of the loop: one waits for its loads while another computes. */
const UNROLLED = 4;

/** Bytes of one turn of the loop. A partial turn encodes bytes behind the input too; their characters are not used. */
export const TURN_BYTES: number = STEP_BYTES * UNROLLED;

/** Most bytes of a call: they and their characters stay in the fastest cache. A multiple of 3, so that pieces join. */
export const PIECE_BYTES: number = TURN_BYTES * 256;

/** Where the bytes are expected. */
export const BYTES_AT = 0;
/** Where the characters are written: behind the bytes, and behind the bytes that the last load reads beyond them. */
export const TEXT_AT: number = PIECE_BYTES + 64;

/**
 * Three bytes become two words, of the first two and of the last two; so each of the four numbers is in one word. These are the
 * bits of one number of each word, which a shift to the right brings to the word's first byte, and of the other two, which go
 * to the second bytes by multiplication: one shift for all lanes would not do.
 */
const FIRST_OF_LOW = 0x3f;
const FIRST_OF_HIGH = 0x3f_0000;
const SECONDS = 0x3f_03f0;
const SECONDS_TIMES = 0x0100_0010;

/**
 * Offsets from a number to its character. The index is the number minus 51, at least 0; for numbers below 26 it is 13.
 */
const OFFSETS: readonly number[] = [
  "a".charCodeAt(0) - 26,
  ...new Array<number>(10).fill("0".charCodeAt(0) - 52),
  "+".charCodeAt(0) - 62,
  "/".charCodeAt(0) - 63,
  "A".charCodeAt(0),
  0,
  0,
];

function repeated(byte: number): number[] {
  return new Array<number>(VECTOR_BYTES).fill(byte);
}

function inEachLane(word: number): number[] {
  return [0, 1, 2, 3].flatMap(() => [word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24]);
}

/** The module: `run(turns)` encodes {@link TURN_BYTES} bytes a turn, 1 at least. */
export function base64Module(): Uint8Array<ArrayBuffer> {
  const turns = 0;
  const code = new WasmCode(1);
  const from = code.newInteger();
  const to = code.newInteger();
  const constant = (bytes: readonly number[]): number => {
    const local = code.newVector();
    code.bytes(bytes).set(local);
    return local;
  };
  const [firstOfLow, firstOfHigh] = [constant(inEachLane(FIRST_OF_LOW)), constant(inEachLane(FIRST_OF_HIGH))] as const;
  const [seconds, secondsTimes] = [constant(inEachLane(SECONDS)), constant(inEachLane(SECONDS_TIMES))] as const;
  const offsets = constant(OFFSETS.map((offset) => offset & 0xff));
  const [c51, c26, c13] = [constant(repeated(51)), constant(repeated(26)), constant(repeated(13))] as const;
  const value = code.newVector();
  const numbers = code.newVector();
  code.loopWhile(() => {
    for (let step = 0; step < UNROLLED; step++) {
      code
        .get(from)
        .load(BYTES_AT + step * STEP_BYTES)
        .tee(value)
        .get(value);
      code.shuffleBytes(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10).set(value);
      code.get(value).i32(10).shiftShortsRight().get(firstOfLow).and();
      code.get(value).i32(6).shiftShortsRight().get(firstOfHigh).and().or();
      code.get(value).get(seconds).and().get(secondsTimes).multiplyShorts().or().set(numbers);
      code.get(to).get(offsets);
      code.get(numbers).get(c51).subtractBytes();
      code.get(c26).get(numbers).greaterBytes().get(c13).and().or();
      code.swizzle().get(numbers).addBytes();
      code.store(TEXT_AT + step * VECTOR_BYTES);
    }
    code.get(from).i32(TURN_BYTES).i32Add().set(from);
    code
      .get(to)
      .i32(VECTOR_BYTES * UNROLLED)
      .i32Add()
      .set(to);
    code.get(turns).i32(1).i32Sub().tee(turns);
  });
  return code.toModule(1);
}
