import { describe, expect, it } from "vitest";

import { WasmCode } from "../../../../src/wire/simd/wasm-code.js";

interface Compiled {
  readonly memory: Uint32Array;
  readonly run: (...parameters: number[]) => void;
}

function compiled(code: WasmCode): Compiled {
  const api = (globalThis as unknown as Record<"WebAssembly", Record<string, new (...args: unknown[]) => unknown>>)
    .WebAssembly;
  const memory = new (api.Memory as new (size: object) => { buffer: ArrayBuffer })({ initial: 1 });
  const module = new (api.Module as new (bytes: Uint8Array) => object)(code.toModule(1));
  const instance = new (api.Instance as new (module: object, imports: object) => { exports: { run: Compiled["run"] } })(
    module,
    { env: { memory } },
  );
  return { memory: new Uint32Array(memory.buffer), run: instance.exports.run };
}

/** Code that loads two vectors, applies an operation, and stores the result after them. */
function ofTwo(operation: (code: WasmCode) => void): number[] {
  const code = new WasmCode(0);
  code.i32(0);
  code.i32(0).load(0).i32(0).load(16);
  operation(code);
  code.store(32);
  const { memory, run } = compiled(code);
  memory.set([1, 2, 3, 0xffff_ffff, 5, 6, 7, 8]);
  run();
  return [...memory.subarray(8, 12)];
}

const EACH = Array.from({ length: 16 }, (_, i) => i);

/** Code that applies an operation to two constants of 16 bytes and stores the result. */
function ofBytes(first: readonly number[], second: readonly number[], operation: (code: WasmCode) => void): number[] {
  const code = new WasmCode(0);
  code.i32(0).bytes(first).bytes(second);
  operation(code);
  code.store(0);
  const { memory, run } = compiled(code);
  run();
  return [...new Uint8Array(memory.buffer, 0, 16)];
}

describe("WasmCode", () => {
  it.each<[string, (code: WasmCode) => void, number[]]>([
    ["and", (code) => code.and(), [1, 2, 3, 8]],
    ["or", (code) => code.or(), [5, 6, 7, 0xffff_ffff]],
    ["xor", (code) => code.xor(), [4, 4, 4, 0xffff_fff7]],
    ["add, around the end", (code) => code.add(), [6, 8, 10, 7]],
    ["shuffle", (code) => code.shuffle(7, 0, 4, 2), [8, 1, 5, 3]],
    ["not, of the second", (code) => code.not().and(), [0, 0, 0, 0xffff_fff7]],
    ["shifts, of the second", (code) => code.i32(31).shiftLeft().i32(30).shiftRight().or(), [3, 2, 3, 0xffff_ffff]],
  ])("%s", (_, operation, expected) => {
    expect(ofTwo(operation)).toEqual(expected);
  });

  it.each<[string, (a: number, b: number) => number, (code: WasmCode) => void]>([
    ["addBytes", (a, b) => (a + b) & 0xff, (code) => code.addBytes()],
    ["subtractBytes", (a, b) => Math.max(0, a - b), (code) => code.subtractBytes()],
    ["greaterBytes", (a, b) => ((a << 24) >> 24 > (b << 24) >> 24 ? 0xff : 0), (code) => code.greaterBytes()],
  ])("%s", (_, byte, operation) => {
    const first = EACH.map((i) => (i * 37) & 0xff);
    const second = EACH.map((i) => (i * i * 29 + 3) & 0xff);
    expect(ofBytes(first, second, operation)).toEqual(EACH.map((i) => byte(first[i] as number, second[i] as number)));
  });

  it("picks bytes by constants, and by bytes", () => {
    const places = EACH.map((i) => (i * 7 + 5) % 32);
    const [first, second] = [EACH.map((i) => i + 100), EACH.map((i) => i + 200)];
    const both = [...first, ...second];
    expect(ofBytes(first, second, (code) => code.shuffleBytes(...places))).toEqual(places.map((place) => both[place]));
    expect(ofBytes(first, EACH.toReversed(), (code) => code.swizzle())).toEqual(first.toReversed());
  });

  it("multiplies and shifts words of 16 bits", () => {
    const word = (value: number): number[] => EACH.map((i) => (i % 2 === 0 ? value & 0xff : value >> 8));
    const times = ofBytes(word(0x1234), word(0x0103), (code) => code.multiplyShorts());
    expect(times).toEqual(word((0x1234 * 0x0103) & 0xffff));
    const shifted = ofBytes(word(0x8123), word(0), (code) => code.or().i32(10).shiftShortsRight());
    expect(shifted).toEqual(word(0x8123 >> 10));
  });

  it("repeats a loop until a number is 0, with locals of both kinds", () => {
    const code = new WasmCode(1);
    const at = code.newInteger();
    const sum = code.newVector();
    code.loopWhile(() => {
      code.get(sum).get(at).load(0).add().set(sum);
      code.get(at).i32(16).i32Add().set(at);
      code.get(0).i32(1).i32Sub().tee(0);
    });
    code.i32(0).get(sum).store(1_024);
    const { memory, run } = compiled(code);
    memory.fill(3, 0, 40);

    run(10);

    expect([...memory.subarray(256, 260)]).toEqual([30, 30, 30, 30]);
  });

  it.each([0, 63, 64, 127, 128, 8_191, 8_192, 65_520])("stores at constant address %i", (address) => {
    const code = new WasmCode(0);
    code.i32(address).i32(0).load(0).store(0);
    const { memory, run } = compiled(code);
    memory[0] = 7;

    run();

    const bytes = new Uint8Array(memory.buffer);
    expect(bytes[address]).toBe(7);
  });
});
