/**
 * Reads a caller's bytes by the intrinsic getters of TypedArray, not by the object's own properties: a subclass may
 * override `length`, a Proxy may answer anything, and both may run code.
 *
 * @module
 */

const typedArray: object = Object.getPrototypeOf(Uint8Array.prototype);
const kindOf = getterOf(Symbol.toStringTag);
const lengthOf = getterOf("length") as (this: Uint8Array) => number;
const bufferOf = getterOf("buffer") as (this: Uint8Array) => ArrayBufferLike;
const offsetOf = getterOf("byteOffset") as (this: Uint8Array) => number;

/** Cached: the prototype lookup from a Buffer is measurable per record (decisions/0038). */
const setBytes = Uint8Array.prototype.set;

const NOWHERE = new Uint8Array(0);

/** {@link byteLengthOf} returns it for a value that is not a Uint8Array. */
export const NOT_BYTES = -1;
/** {@link byteLengthOf} returns it for a Uint8Array without memory: its buffer was transferred, or shrunk. */
export const BYTES_GONE = -2;

/** Bytes of a Uint8Array, of any realm; a negative number for everything else. Runs none of the caller's code. */
export function byteLengthOf(value: unknown): number {
  if (kindOf.call(value) !== "Uint8Array") return NOT_BYTES;
  // An element of a Uint8Array is never the caller's code. After this read V8 knows the class, and inlines the getter.
  void (value as Uint8Array)[0];
  const length = lengthOf.call(value as Uint8Array);
  return length > 0 || isThere(value as Uint8Array) ? length : BYTES_GONE;
}

/** Whether the view still has memory. An empty view has no bytes either, but can be read. */
function isThere(bytes: Uint8Array): boolean {
  try {
    setBytes.call(NOWHERE, bytes);
    return true;
  } catch {
    return false;
  }
}

/** Copies the first `length` bytes, the number that {@link byteLengthOf} returned. */
export function copyBytes(into: Uint8Array, bytes: Uint8Array, at: number, length: number): void {
  try {
    setBytes.call(into, bytes, at);
  } catch {
    copyCounted(into, bytes, at, length);
  }
}

/** Another thread has grown the shared memory since the count, and the bytes no longer fit. */
function copyCounted(into: Uint8Array, bytes: Uint8Array, at: number, length: number): void {
  into.set(new Uint8Array(bufferOf.call(bytes), offsetOf.call(bytes), length), at);
}

function getterOf(name: string | symbol): (this: unknown) => unknown {
  return Object.getOwnPropertyDescriptor(typedArray, name)?.get as (this: unknown) => unknown;
}
