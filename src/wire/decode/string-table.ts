import { decodeUtf8 } from "./java-utf8.js";

/**
 * Longest string for which V8's `substring` copies. A longer one would be a view that keeps the text of the whole table
 * alive for as long as the caller keeps the key, in a set of users for example.
 */
const COPIED_BY_SUBSTRING = 12;

/**
 * One of the two key tables of an aggregate: the positions of its entries, and the strings that were requested.
 *
 * For a short key, the call into native code is most of the cost. So the whole table is decoded at once where possible,
 * and short keys are cut out of that text (`npm run bench micro -- decoder`).
 */
export class StringTable {
  /** Entries, used or not. */
  readonly size: number;
  readonly #bytes: Buffer;
  /** Start and end of each entry. */
  readonly #spans: Int32Array;
  readonly #strings: (string | undefined)[];
  /** The text from the first entry to the last, when all of it is ASCII; "" otherwise. */
  #text: string | undefined;

  constructor(bytes: Buffer, spans: Int32Array) {
    this.size = spans.length / 2;
    this.#bytes = bytes;
    this.#spans = spans;
    this.#strings = new Array<string | undefined>(this.size).fill(undefined);
  }

  /** The entry, with U+FFFD for parts that are not UTF-8, as in Java. The index must be within the table. */
  get(index: number): string {
    const known = this.#strings[index];
    if (known !== undefined) return known;
    const made = this.#make(this.#spans[index * 2] as number, this.#spans[index * 2 + 1] as number);
    this.#strings[index] = made;
    return made;
  }

  #make(start: number, end: number): string {
    if (end - start <= COPIED_BY_SUBSTRING) {
      this.#text ??= this.#readText();
      const first = this.#spans[0] as number;
      if (this.#text !== "") return this.#text.substring(start - first, end - first);
    }
    return decodeUtf8(this.#bytes, start, end);
  }

  #readText(): string {
    const spans = this.#spans;
    const first = spans[0] as number;
    const last = spans[spans.length - 1] as number;
    let keyBytes = 0;
    for (let i = 0; i < spans.length; i += 2) keyBytes += (spans[i + 1] as number) - (spans[i] as number);
    // The entries are not adjacent: other fields, perhaps records, lie between them.
    if (last - first > keyBytes + spans.length * 2) return "";
    const text = this.#bytes.toString("utf8", first, last);
    // Equal numbers of characters and bytes mean ASCII, or stray bytes that became U+FFFD one by one.
    return text.length === last - first && !text.includes("\uFFFD") ? text : "";
  }
}
