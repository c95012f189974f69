/** The used part of `WebAssembly`. TypeScript has its types only in the browser library. */
interface WebAssemblyApi {
  validate(code: Uint8Array): boolean;
  readonly Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: { readonly run: (count: number) => void } };
}

declare const WebAssembly: WebAssemblyApi | undefined;

/** A module that can run, with a memory of 64 KiB that is its own. */
export interface WasmInstance {
  readonly run: (count: number) => void;
  readonly memory: ArrayBuffer;
}

/** Compiles a module that `WasmCode` wrote; undefined where WebAssembly or its vectors are not available. */
export function wasmInstance(code: Uint8Array): WasmInstance | undefined {
  if (typeof WebAssembly === "undefined" || !WebAssembly.validate(code)) return undefined;
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } });
  return { run: exports.run, memory: memory.buffer };
}
