import { base64Length } from "./base64-length.js";
import { NOT_SCANNED, nameAt, type PutsReader, type ScannedText, textAt } from "./scanned-puts.js";

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Reads the JSON of PutRecords in its usual form without parsing it: it searches for quotes, and finds base64 or text
 * between them. All other bodies are left to a parser: escapes, values of other types, unknown or repeated members.
 */
export class JsonPutsReader implements PutsReader {
  readonly #body: Buffer;
  #at = 0;

  constructor(body: Buffer) {
    this.#body = body;
  }

  members(names: readonly Uint8Array[], member: (name: number) => void): void {
    this.#take(OPEN_OBJECT);
    let seen = 0;
    do {
      this.#take(QUOTE);
      const start = this.#at;
      const name = nameAt(this.#body, start, this.#closingQuote(), names);
      if ((seen & (1 << name)) !== 0) throw NOT_SCANNED;
      seen |= 1 << name;
      this.#take(COLON);
      member(name);
    } while (this.#takes(COMMA));
    this.#take(CLOSE_OBJECT);
  }

  items(item: () => void): void {
    this.#take(OPEN_LIST);
    do item();
    while (this.#takes(COMMA));
    this.#take(CLOSE_LIST);
  }

  text(): ScannedText {
    this.#take(QUOTE);
    const start = this.#at;
    const end = this.#closingQuote();
    let all = 0;
    for (let at = start; at < end; at++) {
      const byte = this.#body[at] as number;
      // JSON has no control characters, and a backslash changes the meaning of the next character.
      if (byte < 0x20 || byte === BACKSLASH) throw NOT_SCANNED;
      all |= byte;
    }
    return textAt(this.#body, start, end, all < 0x80);
  }

  dataLength(): number {
    this.#take(QUOTE);
    const start = this.#at;
    const length = base64Length(this.#body, start, this.#closingQuote());
    if (length === undefined) throw NOT_SCANNED;
    return length;
  }

  end(): void {
    this.#skipSpace();
    if (this.#at !== this.#body.length) throw NOT_SCANNED;
  }

  /**
   * Returns the place of the next quote, and moves behind it. An escaped quote shows by the backslash in front, which
   * the caller checks.
   */
  #closingQuote(): number {
    const end = this.#body.indexOf(QUOTE, this.#at);
    if (end < 0) throw NOT_SCANNED;
    this.#at = end + 1;
    return end;
  }

  #take(byte: number): void {
    if (!this.#takes(byte)) throw NOT_SCANNED;
  }

  #takes(byte: number): boolean {
    if (this.#body[this.#at] !== byte) {
      this.#skipSpace();
      if (this.#body[this.#at] !== byte) return false;
    }
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    for (;;) {
      const byte = this.#body[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#at++;
    }
  }
}
