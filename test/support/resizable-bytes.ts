/** Memory that may change its size. The types of TypeScript do not have it yet. */
export interface ResizableMemory extends ArrayBuffer {
  resize(bytes: number): void;
}

/** Shared memory that may grow. */
export interface GrowableMemory extends SharedArrayBuffer {
  grow(bytes: number): void;
}

type WithLimit<T> = new (bytes: number, options: { readonly maxByteLength: number }) => T;

/** An ArrayBuffer that may be resized. */
export function resizable(bytes: number, maxByteLength: number): ResizableMemory {
  return new (ArrayBuffer as unknown as WithLimit<ResizableMemory>)(bytes, { maxByteLength });
}

/** A SharedArrayBuffer that may grow. */
export function growable(bytes: number, maxByteLength: number): GrowableMemory {
  return new (SharedArrayBuffer as unknown as WithLimit<GrowableMemory>)(bytes, { maxByteLength });
}

/** Detaches the memory of a view, as `postMessage` with a transfer list does. */
export function transferAway(bytes: Uint8Array): Uint8Array {
  structuredClone(bytes.buffer, { transfer: [bytes.buffer as ArrayBuffer] });
  return bytes;
}
