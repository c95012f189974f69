/**
 * MD5 of eight messages at once, as a WebAssembly module that is generated here. It has two vectors of four lanes: each
 * step of MD5 depends on the step before it, and the second vector uses the waiting time (`npm run bench micro -- md5-lanes`: eight lanes take
 * a quarter of node:crypto's time per byte; four take more, twelve run out of registers).
 *
 * Source: RFC 1321.
 *
 * @module
 */

import { WasmCode } from "../simd/wasm-code.js";

/** Messages that are hashed at once. */
export const LANES = 8;

const GROUPS = LANES / 4;
const VECTOR_BYTES = 16;
const BLOCK_BYTES = 64;
const WORDS = 16;
const STEPS = 64;

/** Address of the 64 constants, each as a vector of four equal lanes. */
const CONSTANTS_AT = 0;
/** State: A to D of the first four lanes, each a vector, then those of the others. */
export const STATE_AT: number = CONSTANTS_AT + STEPS * VECTOR_BYTES;
/** The blocks of lane 0, then those of lane 1, and so on. */
export const BLOCKS_AT = 2_048;

const PAGE_BYTES = 65_536;

/** Most blocks of each lane in one call; one page of memory has room for them. */
export const MAX_BLOCKS: number = Math.floor((PAGE_BYTES - BLOCKS_AT) / (LANES * BLOCK_BYTES));

/** Bytes from one lane's blocks to the next one's. */
export const LANE_BYTES: number = MAX_BLOCKS * BLOCK_BYTES;

/** Rotations, four a round, used in turn. */
const ROTATIONS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;

/** The word of the block that step `i` reads. */
function wordOf(step: number): number {
  switch (step >> 4) {
    case 0:
      return step;
    case 1:
      return (5 * step + 1) % WORDS;
    case 2:
      return (3 * step + 5) % WORDS;
    default:
      return (7 * step) % WORDS;
  }
}

/** The locals of four lanes. */
interface Group {
  readonly state: readonly number[];
  readonly saved: readonly number[];
  readonly words: readonly number[];
  readonly rows: readonly number[];
}

function vectors(code: WasmCode, count: number): number[] {
  return Array.from({ length: count }, () => code.newVector());
}

/** Four rows of four words, one a lane, become four columns, one a word of the block. */
function transpose(code: WasmCode, rows: readonly number[], columns: readonly number[]): void {
  const [r0, r1, r2, r3] = rows as [number, number, number, number];
  const [c0, c1, c2, c3] = columns as [number, number, number, number];
  code.get(r0).get(r1).shuffle(0, 4, 1, 5).set(c0);
  code.get(r0).get(r1).shuffle(2, 6, 3, 7).set(c1);
  code.get(r2).get(r3).shuffle(0, 4, 1, 5).set(c2);
  code.get(r2).get(r3).shuffle(2, 6, 3, 7).set(c3);
  code.get(c0).get(c2).shuffle(0, 1, 4, 5).set(r0);
  code.get(c0).get(c2).shuffle(2, 3, 6, 7).set(r1);
  code.get(c1).get(c3).shuffle(0, 1, 4, 5).set(r2);
  code.get(c1).get(c3).shuffle(2, 3, 6, 7).set(r3);
  for (let i = 0; i < 4; i++) code.get(rows[i] as number).set(columns[i] as number);
}

/** The function of the round over b, c and d; leaves it on the stack. */
function mix(code: WasmCode, round: number, b: number, c: number, d: number): void {
  if (round === 0) code.get(b).get(c).get(d).xor().and().get(d).xor();
  else if (round === 1) code.get(d).get(b).get(c).xor().and().get(c).xor();
  else if (round === 2) code.get(c).get(d).xor().get(b).xor();
  else code.get(d).not().get(b).or().get(c).xor();
}

function emitStep(code: WasmCode, group: Group, step: number): void {
  const [a, b, c, d] = [0, 1, 2, 3].map((i) => group.state[(i + STEPS - step) % 4]) as [number, number, number, number];
  const round = step >> 4;
  const rotation = (ROTATIONS[round] as readonly number[])[step % 4] as number;
  code.get(a).get(group.words[wordOf(step)] as number);
  code.i32(0).load(CONSTANTS_AT + step * VECTOR_BYTES);
  code.add().add();
  mix(code, round, b, c, d);
  code.add().tee(a).i32(rotation).shiftLeft();
  code
    .get(a)
    .i32(32 - rotation)
    .shiftRight();
  code.or().get(b).add().set(a);
}

/** The module: `run(blocks)` folds 1 to {@link MAX_BLOCKS} blocks of all lanes into the state. */
export function md5LanesModule(): Uint8Array<ArrayBuffer> {
  const left = 0;
  const code = new WasmCode(1);
  const at = code.newInteger();
  const groups: Group[] = Array.from({ length: GROUPS }, () => ({
    state: vectors(code, 4),
    saved: vectors(code, 4),
    words: vectors(code, WORDS),
    rows: vectors(code, 4),
  }));
  const stateAt = (group: number, word: number): number => STATE_AT + (group * 4 + word) * VECTOR_BYTES;
  for (const [g, { state }] of groups.entries())
    for (const [i, local] of state.entries()) code.i32(0).load(stateAt(g, i)).set(local);
  code.loopWhile(() => {
    for (const [g, group] of groups.entries()) {
      for (let quarter = 0; quarter < 4; quarter++) {
        for (let lane = 0; lane < 4; lane++) {
          const offset = BLOCKS_AT + (g * 4 + lane) * LANE_BYTES + quarter * VECTOR_BYTES;
          code
            .get(at)
            .load(offset)
            .set(group.rows[lane] as number);
        }
        transpose(code, group.rows, group.words.slice(quarter * 4, quarter * 4 + 4));
      }
      for (let i = 0; i < 4; i++) code.get(group.state[i] as number).set(group.saved[i] as number);
    }
    for (let step = 0; step < STEPS; step++) for (const group of groups) emitStep(code, group, step);
    for (const { state, saved } of groups)
      for (let i = 0; i < 4; i++) {
        code
          .get(state[i] as number)
          .get(saved[i] as number)
          .add()
          .set(state[i] as number);
      }
    code.get(at).i32(BLOCK_BYTES).i32Add().set(at);
    code.get(left).i32(1).i32Sub().tee(left);
  });
  for (const [g, { state }] of groups.entries())
    for (const [i, local] of state.entries()) code.i32(0).get(local).store(stateAt(g, i));
  return code.toModule(1);
}

/** Writes the constants of the steps, floor(2^32 * |sin(i + 1)|), to where the module expects them. */
export function writeConstants(memory: ArrayBuffer): void {
  const constants = new Uint32Array(memory, CONSTANTS_AT, STEPS * 4);
  for (let step = 0; step < STEPS; step++)
    constants.fill(Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32), step * 4, step * 4 + 4);
}
