/**
 * Reads a caller's bytes by what they are, and not by what their object says: a subclass may override `length`, a Proxy may answer
 * anything, and either may run code in between.
 *
 * @module
 */

const typedArray: object = Object.getPrototypeOf(Uint8Array.prototype);
const kindOf = getterOf(Symbol.toStringTag);
const lengthOf = getterOf("length") as (this: Uint8Array) => number;
const bufferOf = getterOf("buffer") as (this: Uint8Array) => ArrayBufferLike;
const offsetOf = getterOf("byteOffset") as (this: Uint8Array) => number;

/** Kept, because it is far up from a Buffer to be looked up for every record (decisions/0038). */
const setBytes = Uint8Array.prototype.set;

const NOWHERE = new Uint8Array(0);

/** What {@link byteLengthOf} says of anything but a Uint8Array. */
export const NOT_BYTES = -1;
/** What {@link byteLengthOf} says of a Uint8Array whose memory is not there any more: transferred, or shrunk from under it. */
export const BYTES_GONE = -2;

/** Bytes of a Uint8Array, of any realm; a negative number for everything else. Runs none of the caller's code. */
export function byteLengthOf(value: unknown): number {
  if (kindOf.call(value) !== "Uint8Array") return NOT_BYTES;
  const length = lengthOf.call(value as Uint8Array);
  return length > 0 || isThere(value as Uint8Array) ? length : BYTES_GONE;
}

/** A view without memory has no bytes either, but cannot be read. */
function isThere(bytes: Uint8Array): boolean {
  try {
    setBytes.call(NOWHERE, bytes);
    return true;
  } catch {
    return false;
  }
}

/** Copies the first `length` bytes, which is as many as {@link byteLengthOf} counted. */
export function copyBytes(into: Uint8Array, bytes: Uint8Array, at: number, length: number): void {
  try {
    setBytes.call(into, bytes, at);
  } catch {
    // Another thread has grown the shared memory since they were counted, and they do not fit any more.
    into.set(new Uint8Array(bufferOf.call(bytes), offsetOf.call(bytes), length), at);
  }
}

function getterOf(name: string | symbol): (this: unknown) => unknown {
  return Object.getOwnPropertyDescriptor(typedArray, name)?.get as (this: unknown) => unknown;
}
