import { NOT_SCANNED, nameAt, type PutsReader, type ScannedText, textAt } from "./scanned-puts.js";

const BYTES = 2;
const TEXT = 3;
const LIST = 4;
const MAP = 5;

const INDEFINITE = -1;
const BREAK = 0xff;

/**
 * Reads the CBOR of PutRecords in its usual form: maps and lists of any length, strings of definite length. All other
 * bodies are left to a parser: values of other types, unknown or repeated members.
 */
export class CborPutsReader implements PutsReader {
  readonly #body: Buffer;
  #at = 0;

  constructor(body: Buffer) {
    this.#body = body;
  }

  members(names: readonly Uint8Array[], member: (name: number) => void): void {
    const length = this.#head(MAP);
    let seen = 0;
    for (let taken = 0; this.#hasMore(length, taken); taken++) {
      const start = this.#string(TEXT);
      const name = nameAt(this.#body, start, this.#at, names);
      if ((seen & (1 << name)) !== 0) throw NOT_SCANNED;
      seen |= 1 << name;
      member(name);
    }
  }

  items(item: () => void): void {
    const length = this.#head(LIST);
    for (let taken = 0; this.#hasMore(length, taken); taken++) item();
  }

  text(): ScannedText {
    const start = this.#string(TEXT);
    let all = 0;
    for (let at = start; at < this.#at; at++) all |= this.#body[at] as number;
    return textAt(this.#body, start, this.#at, all < 0x80);
  }

  dataLength(): number {
    const start = this.#string(BYTES);
    return this.#at - start;
  }

  end(): void {
    if (this.#at !== this.#body.length) throw NOT_SCANNED;
  }

  #hasMore(length: number, taken: number): boolean {
    if (length !== INDEFINITE) return taken < length;
    if (this.#body[this.#at] !== BREAK) return true;
    this.#at++;
    return false;
  }

  /** Returns where the content of a string begins, and moves behind it. */
  #string(major: number): number {
    const length = this.#head(major);
    const start = this.#at;
    if (length === INDEFINITE || length > this.#body.length - start) throw NOT_SCANNED;
    this.#at = start + length;
    return start;
  }

  /** The length in a head of this type, below 2^32. */
  #head(major: number): number {
    const body = this.#body;
    const head = body[this.#at++];
    if (head === undefined || head >> 5 !== major) throw NOT_SCANNED;
    const info = head & 0x1f;
    if (info < 24) return info;
    if (info === 31) return INDEFINITE;
    const size = 1 << (info - 24);
    const at = this.#at;
    this.#at += size;
    if (size > 4 || this.#at > body.length) throw NOT_SCANNED;
    return body.readUIntBE(at, size);
  }
}
