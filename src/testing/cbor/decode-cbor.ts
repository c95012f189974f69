/** Deeper than any input of the API. Deeper nesting could exhaust the stack. */
const MAX_DEPTH = 64;

/** The types of values, by the upper three bits of their head. */
const MAJOR = { unsigned: 0, negative: 1, bytes: 2, text: 3, list: 4, map: 5, tag: 6, simple: 7 } as const;

/** The length of an item that ends with a break. */
const INDEFINITE = -1;

/** The byte that ends an item of indefinite length. */
const BREAK = 0xff;

/** The tag of a time. */
const EPOCH_TIME = 1;

/**
 * Reads one CBOR value (RFC 8949), which must take all of the bytes. The result is that of JSON.parse, with bytes in
 * place of base64. A time (tag 1) is in milliseconds on the wire, as AWS sends it against the RFC
 * (aws/aws-sdk-java-v2#4661). The result has seconds with a fraction, as in the JSON protocol. Other tags are skipped.
 * Text that is not UTF-8 has U+FFFD, as in JSON.
 *
 * Byte strings are copies: the caller may reuse `bytes`.
 *
 * @throws SyntaxError for anything else, whatever the bytes
 */
export function decodeCbor(bytes: Uint8Array): unknown {
  const reader = new CborReader(bytes);
  const value = reader.value(0);
  reader.end();
  return value;
}

/** Reads value after value. A length allocates nothing before its content was seen. */
class CborReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** @throws SyntaxError when bytes are left */
  end(): void {
    if (this.#at !== this.#bytes.length) throw new SyntaxError(`CBOR goes on at byte ${this.#at}`);
  }

  value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new SyntaxError(`CBOR is nested deeper than ${MAX_DEPTH}`);
    const head = this.#byte();
    const info = head & 0x1f;
    switch (head >> 5) {
      case MAJOR.unsigned:
        return this.#number(info);
      case MAJOR.negative:
        return -1 - this.#number(info);
      case MAJOR.bytes:
        return this.#byteString(info);
      case MAJOR.text:
        return this.#text(info);
      case MAJOR.list:
        return this.#list(this.#length(info), depth);
      case MAJOR.map:
        return this.#map(this.#length(info), depth);
      case MAJOR.tag:
        return this.#tagged(this.#number(info), depth);
      default:
        return this.#simple(info);
    }
  }

  #byte(): number {
    this.#need(1);
    return this.#bytes[this.#at++] as number;
  }

  #need(count: number): void {
    if (count > this.#bytes.length - this.#at) throw new SyntaxError("CBOR ends in the middle");
  }

  /** The number in a head; above 2^53 the nearest `number`. */
  #number(info: number): number {
    if (info < 24) return info;
    const size = 1 << (info - 24);
    if (size > 8) throw new SyntaxError(`CBOR has no number of kind ${info}`);
    this.#need(size);
    const at = this.#at;
    this.#at += size;
    return size === 8
      ? this.#bytes.readUInt32BE(at) * 2 ** 32 + this.#bytes.readUInt32BE(at + 4)
      : this.#bytes.readUIntBE(at, size);
  }

  #length(info: number): number {
    return info === 31 ? INDEFINITE : this.#number(info);
  }

  /** Whether an item of this length has another element; consumes the break. */
  #hasMore(length: number, taken: number): boolean {
    if (length !== INDEFINITE) return taken < length;
    this.#need(1);
    if (this.#bytes[this.#at] !== BREAK) return true;
    this.#at++;
    return false;
  }

  /** Returns where the content of a string of definite length begins, and moves behind it. */
  #skip(length: number): number {
    this.#need(length);
    const start = this.#at;
    this.#at += length;
    return start;
  }

  /** A string of indefinite length consists of pieces of definite length and the same type, and a break. */
  #pieces(major: number): Buffer {
    const pieces: Buffer[] = [];
    while (this.#hasMore(INDEFINITE, 0)) {
      const head = this.#byte();
      if (head >> 5 !== major) throw new SyntaxError("CBOR has a string with a piece of another type");
      const length = this.#number(head & 0x1f);
      const start = this.#skip(length);
      pieces.push(this.#bytes.subarray(start, start + length));
    }
    return Buffer.concat(pieces);
  }

  #byteString(info: number): Uint8Array {
    const length = this.#length(info);
    if (length === INDEFINITE) return Uint8Array.from(this.#pieces(MAJOR.bytes));
    const start = this.#skip(length);
    return Uint8Array.from(this.#bytes.subarray(start, start + length));
  }

  #text(info: number): string {
    const length = this.#length(info);
    if (length === INDEFINITE) return this.#pieces(MAJOR.text).toString();
    const start = this.#skip(length);
    return this.#bytes.toString("utf8", start, start + length);
  }

  #list(length: number, depth: number): unknown[] {
    const list: unknown[] = [];
    while (this.#hasMore(length, list.length)) list.push(this.value(depth + 1));
    return list;
  }

  #map(length: number, depth: number): object {
    const members: [string, unknown][] = [];
    while (this.#hasMore(length, members.length)) {
      const head = this.#byte();
      if (head >> 5 !== MAJOR.text) throw new SyntaxError("CBOR has a map with a key that is no text");
      members.push([this.#text(head & 0x1f), this.value(depth + 1)]);
    }
    // Defines own members for all names, as JSON.parse does: `__proto__` is a plain member.
    return Object.fromEntries(members);
  }

  #tagged(tag: number, depth: number): unknown {
    const value = this.value(depth + 1);
    return tag === EPOCH_TIME && typeof value === "number" ? value / 1000 : value;
  }

  #simple(info: number): unknown {
    switch (info) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
      case 23:
        return null;
      case 25:
        return halfFloat(this.#bytes.readUInt16BE(this.#skip(2)));
      case 26:
        return this.#bytes.readFloatBE(this.#skip(4));
      case 27:
        return this.#bytes.readDoubleBE(this.#skip(8));
      default:
        throw new SyntaxError(`CBOR has no simple value ${info}`);
    }
  }
}

/** Source: RFC 8949, appendix D. */
function halfFloat(half: number): number {
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  const sign = half & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (fraction + 1024) * 2 ** (exponent - 25);
}
