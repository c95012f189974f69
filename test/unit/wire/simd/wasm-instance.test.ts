import { afterEach, expect, it, vi } from "vitest";

import { WasmCode } from "../../../../src/wire/simd/wasm-code.js";
import { wasmInstance } from "../../../../src/wire/simd/wasm-instance.js";

afterEach(() => {
  vi.unstubAllGlobals();
});

function storesAt(address: number): Uint8Array {
  const code = new WasmCode(1);
  code.i32(address).bytes(new Array<number>(16).fill(9)).store(0);
  return code.toModule(1);
}

it("runs a module over its own memory", () => {
  const [first, second] = [wasmInstance(storesAt(32)), wasmInstance(storesAt(32))];

  first?.run(0);

  expect(new Uint8Array(first?.memory as ArrayBuffer)[32]).toBe(9);
  expect(new Uint8Array(second?.memory as ArrayBuffer)[32]).toBe(0);
});

it("there is none of code that this engine does not understand", () => {
  const code = storesAt(0);
  // A version of the format that does not exist.
  code[4] = 99;
  expect(wasmInstance(code)).toBeUndefined();
});

it("there is none without WebAssembly", () => {
  vi.stubGlobal("WebAssembly", undefined);
  expect(wasmInstance(storesAt(0))).toBeUndefined();
});
