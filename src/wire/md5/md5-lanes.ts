import { wasmInstance } from "../simd/wasm-instance.js";
import {
  BLOCKS_AT,
  LANE_BYTES,
  LANES,
  MAX_BLOCKS,
  md5LanesModule,
  STATE_AT,
  writeConstants,
} from "./md5-lanes-module.js";

const BLOCK_BYTES = 64;
/** The terminating bit and the length of the message. */
const TRAILER_BYTES = 9;
const INITIAL_STATE = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476] as const;

/** Called with the digest of one message: its four words, little-endian. */
export type OnDigest = (index: number, a: number, b: number, c: number, d: number) => void;

/** Eight MD5 digests at once in one thread, by WebAssembly SIMD. The messages pass through a memory of 64 KiB. */
export class Md5Lanes {
  readonly #run: (blocks: number) => void;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #state: Uint32Array;
  readonly #blocks: Int32Array = new Int32Array(LANES);

  private constructor(run: (blocks: number) => void, memory: ArrayBuffer) {
    this.#run = run;
    this.#bytes = new Uint8Array(memory);
    this.#view = new DataView(memory);
    this.#state = new Uint32Array(memory, STATE_AT, LANES * 4);
  }

  /** Compiles the module; undefined where WebAssembly or its vectors are not available. */
  static make(): Md5Lanes | undefined {
    const instance = wasmInstance(md5LanesModule());
    if (instance === undefined) return undefined;
    writeConstants(instance.memory);
    return new Md5Lanes(instance.run, instance.memory);
  }

  /**
   * Hashes up to {@link LANES} messages, and passes each digest on as four little-endian words. The time is that of all
   * lanes for the longest message.
   */
  digest(messages: readonly Uint8Array[], onDigest: OnDigest): void {
    const blocks = this.#blocks;
    for (let lane = 0; lane < messages.length; lane++)
      blocks[lane] = Math.floor(
        ((messages[lane] as Uint8Array).length + TRAILER_BYTES + BLOCK_BYTES - 1) / BLOCK_BYTES,
      );
    for (let word = 0; word < this.#state.length; word++) this.#state[word] = INITIAL_STATE[(word >> 2) & 3] as number;
    for (let done = 0; ; ) {
      let next = done + MAX_BLOCKS;
      for (let lane = 0; lane < messages.length; lane++) {
        const end = blocks[lane] as number;
        if (end > done && end < next) next = end;
      }
      for (let lane = 0; lane < messages.length; lane++)
        if ((blocks[lane] as number) > done) this.#fill(lane, messages[lane] as Uint8Array, done, next);
      this.#run(next - done);
      done = next;
      let isMore = false;
      for (let lane = 0; lane < messages.length; lane++) {
        const end = blocks[lane] as number;
        if (end > done) isMore = true;
        else if (end === done) this.#tell(lane, onDigest);
      }
      if (!isMore) return;
    }
  }

  /** Copies the blocks `[from, to)` of a message, padding included, to its lane. */
  #fill(lane: number, message: Uint8Array, from: number, to: number): void {
    const bytes = this.#bytes;
    const start = from * BLOCK_BYTES;
    const end = to * BLOCK_BYTES;
    const at = BLOCKS_AT + lane * LANE_BYTES;
    const { length } = message;
    if (end <= length) {
      bytes.set(message.subarray(start, end), at);
      return;
    }
    const whole = Math.max(0, length - start);
    if (whole > 0) bytes.set(message.subarray(start, length), at);
    bytes.fill(0, at + whole, at + end - start);
    if (start <= length) bytes[at + whole] = 0x80;
    if (to !== this.#blocks[lane]) return;
    this.#view.setUint32(at + end - start - 8, length * 8, true);
    this.#view.setUint32(at + end - start - 4, Math.floor(length / 2 ** 29), true);
  }

  #tell(lane: number, onDigest: OnDigest): void {
    const state = this.#state;
    const at = (lane >> 2) * 16 + (lane & 3);
    onDigest(lane, state[at] as number, state[at + 4] as number, state[at + 8] as number, state[at + 12] as number);
  }
}
