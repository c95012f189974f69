/**
 * Writes WebAssembly as a stack of instructions: just those that `md5-lanes-module` and
 * `base64-module` need, by the names of the specification.
 *
 * Source: WebAssembly Core Specification 2.0, chapter 5 (binary format); its opcodes stand beside the names.
 *
 * @module
 */

/** Lane types and function types in the binary format. */
const I32 = 0x7f;
const V128 = 0x7b;

/** Opcode that comes before every vector instruction. */
const VECTOR = 0xfd;

/** An unsigned number in LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return bytes;
}

/** A number from 0 as a constant of the code: LEB128 of signed numbers, so the last byte keeps its bit 6 clear. */
function signed(value: number): number[] {
  const bytes = unsigned(value);
  const last = bytes.length - 1;
  if (((bytes[last] as number) & 0x40) === 0) return bytes;
  return [...bytes.slice(0, last), (bytes[last] as number) | 0x80, 0];
}

/** The body of a function: instructions, and the locals they use. */
export class WasmCode {
  readonly #bytes: number[] = [];
  readonly #parameters: number;
  #integers = 0;
  #vectors = 0;

  /** @param parameters - 32-bit integers, which are the first locals */
  constructor(parameters: number) {
    this.#parameters = parameters;
  }

  /** A new local of 32 bits, 0 at first. All of them come before the first vector. */
  newInteger(): number {
    return this.#parameters + this.#integers++;
  }

  /** A new local of 128 bits. */
  newVector(): number {
    return this.#parameters + this.#integers + this.#vectors++;
  }

  get(local: number): this {
    return this.#emit(0x20, ...unsigned(local));
  }

  set(local: number): this {
    return this.#emit(0x21, ...unsigned(local));
  }

  /** `set` that leaves the value on the stack. */
  tee(local: number): this {
    return this.#emit(0x22, ...unsigned(local));
  }

  /** A constant from 0 up. */
  i32(value: number): this {
    return this.#emit(0x41, ...signed(value));
  }

  i32Add(): this {
    return this.#emit(0x6a);
  }

  i32Sub(): this {
    return this.#emit(0x6b);
  }

  /** Repeats what `body` emits for as long as it leaves a number other than 0 on the stack. */
  loopWhile(body: () => void): this {
    this.#emit(0x03, 0x40);
    body();
    return this.#emit(0x0d, 0, 0x0b);
  }

  /** Loads 16 bytes from the address on the stack and `offset`. */
  load(offset: number): this {
    return this.#emit(VECTOR, 0x00, 0, ...unsigned(offset));
  }

  /** Stores 16 bytes. */
  store(offset: number): this {
    return this.#emit(VECTOR, 0x0b, 0, ...unsigned(offset));
  }

  /** A constant of 16 bytes. */
  bytes(bytes: readonly number[]): this {
    return this.#emit(VECTOR, 0x0c, ...bytes);
  }

  /** Picks 16 bytes out of the 32 of two vectors. */
  shuffleBytes(...places: readonly number[]): this {
    return this.#emit(VECTOR, 0x0d, ...places);
  }

  /** Picks four 32-bit lanes out of the eight of two vectors. */
  shuffle(...lanes: readonly [number, number, number, number]): this {
    return this.shuffleBytes(...lanes.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]));
  }

  /** Takes, for each byte of the second vector, the byte of the first at that place, 0 to 15. */
  swizzle(): this {
    return this.#emit(VECTOR, 0x0e);
  }

  /** Multiplies 16-bit lanes; the upper bits of a product are lost. */
  multiplyShorts(): this {
    return this.#emit(VECTOR, 0x95, 1);
  }

  /** Shifts 16-bit lanes to the right by the number on the stack, zeros following. */
  shiftShortsRight(): this {
    return this.#emit(VECTOR, 0x8d, 1);
  }

  /** Adds bytes. */
  addBytes(): this {
    return this.#emit(VECTOR, 0x6e);
  }

  /** Subtracts unsigned bytes; a negative result becomes 0. */
  subtractBytes(): this {
    return this.#emit(VECTOR, 0x73);
  }

  /** All bits of a byte where the first one is greater, both signed; none elsewhere. */
  greaterBytes(): this {
    return this.#emit(VECTOR, 0x27);
  }

  not(): this {
    return this.#emit(VECTOR, 0x4d);
  }

  and(): this {
    return this.#emit(VECTOR, 0x4e);
  }

  or(): this {
    return this.#emit(VECTOR, 0x50);
  }

  xor(): this {
    return this.#emit(VECTOR, 0x51);
  }

  /** Adds 32-bit lanes. */
  add(): this {
    return this.#emit(VECTOR, 0xae, 1);
  }

  /** Shifts 32-bit lanes to the left by the number on the stack. */
  shiftLeft(): this {
    return this.#emit(VECTOR, 0xab, 1);
  }

  /** The same to the right, zeros following. */
  shiftRight(): this {
    return this.#emit(VECTOR, 0xad, 1);
  }

  /**
   * A module with this as its only function, exported as `run`, over a memory imported as `env.memory`.
   *
   * @param pages - least size of the memory, 64 KiB each
   */
  toModule(pages: number): Uint8Array<ArrayBuffer> {
    const locals = [2, ...unsigned(this.#integers), I32, ...unsigned(this.#vectors), V128];
    const body = [...locals, ...this.#bytes, 0x0b];
    return new Uint8Array([
      ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...section(1, [1, 0x60, this.#parameters, ...new Array<number>(this.#parameters).fill(I32), 0]),
      ...section(2, [1, ...name("env"), ...name("memory"), 2, 0, ...unsigned(pages)]),
      ...section(3, [1, 0]),
      ...section(7, [1, ...name("run"), 0, 0]),
      ...section(10, [1, ...unsigned(body.length), ...body]),
    ]);
  }

  #emit(...bytes: readonly number[]): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function name(text: string): number[] {
  return [text.length, ...Buffer.from(text)];
}
