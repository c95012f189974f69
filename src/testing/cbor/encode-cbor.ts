/** The types of values, in the upper three bits of their head. */
const MAJOR = { unsigned: 0, negative: 0x20, bytes: 0x40, text: 0x60, list: 0x80, map: 0xa0 } as const;

/** The head of a time: tag 1. */
const EPOCH_TIME = 0xc1;

const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;
const DOUBLE = 0xfb;

/** Longest head: one byte, and a number of eight bytes. */
const MAX_HEAD_BYTES = 9;

/** Returns the value to write for a member of a map, like the replacer of JSON.stringify. */
export type CborReplacer = (name: string, value: unknown) => unknown;

/**
 * Writes a value as CBOR (RFC 8949): definite lengths, and the shortest numbers without half floats. Undefined members
 * are left out, as in JSON.stringify. Bytes are byte strings. A `Date` is a time (tag 1) in whole milliseconds, as AWS
 * sends it against the RFC (aws/aws-sdk-java-v2#4661).
 *
 * @throws TypeError for a function, a symbol or a bigint
 */
export function encodeCbor(value: unknown, replace: CborReplacer = (_, member) => member): Uint8Array {
  const writer = new CborWriter(replace);
  writer.value(value);
  return writer.taken();
}

class CborWriter {
  readonly #replace: CborReplacer;
  #bytes = Buffer.allocUnsafe(1024);
  #at = 0;

  constructor(replace: CborReplacer) {
    this.#replace = replace;
  }

  taken(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  value(value: unknown): void {
    if (value === null || value === undefined) this.#byte(NULL);
    else if (typeof value === "string") this.#text(value);
    else if (typeof value === "number") this.#number(value);
    else if (typeof value === "boolean") this.#byte(value ? TRUE : FALSE);
    else if (value instanceof Uint8Array) this.#byteString(value);
    else if (value instanceof Date) {
      this.#byte(EPOCH_TIME);
      this.#number(value.getTime());
    } else if (Array.isArray(value)) {
      this.#head(MAJOR.list, value.length);
      for (const item of value) this.value(item);
    } else if (typeof value === "object") this.#map(value);
    else throw new TypeError(`CBOR has no ${typeof value}`);
  }

  #map(map: object): void {
    const members = Object.entries(map).filter(([, value]) => value !== undefined);
    this.#head(MAJOR.map, members.length);
    for (const [name, value] of members) {
      this.#text(name);
      this.value(this.#replace(name, value));
    }
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
      if (value >= 0) this.#head(MAJOR.unsigned, value);
      else this.#head(MAJOR.negative, -1 - value);
      return;
    }
    this.#room(MAX_HEAD_BYTES);
    this.#byte(DOUBLE);
    this.#at = this.#bytes.writeDoubleBE(value, this.#at);
  }

  #text(text: string): void {
    const length = Buffer.byteLength(text);
    this.#head(MAJOR.text, length);
    this.#room(length);
    this.#at += this.#bytes.write(text, this.#at);
  }

  #byteString(bytes: Uint8Array): void {
    this.#head(MAJOR.bytes, bytes.length);
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #head(major: number, number: number): void {
    this.#room(MAX_HEAD_BYTES);
    if (number < 24) this.#byte(major | number);
    else if (number < 2 ** 8) this.#sized(major | 24, number, 1);
    else if (number < 2 ** 16) this.#sized(major | 25, number, 2);
    else if (number < 2 ** 32) this.#sized(major | 26, number, 4);
    else {
      this.#sized(major | 27, Math.floor(number / 2 ** 32), 4);
      this.#at = this.#bytes.writeUInt32BE(number % 2 ** 32, this.#at);
    }
  }

  #sized(head: number, number: number, size: number): void {
    this.#byte(head);
    this.#at = this.#bytes.writeUIntBE(number, this.#at, size);
  }

  #byte(byte: number): void {
    this.#room(1);
    this.#bytes[this.#at++] = byte;
  }

  #room(count: number): void {
    if (count <= this.#bytes.length - this.#at) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + count));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}
