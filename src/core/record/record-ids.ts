import { encodeTags, RECORD_ID_TAG } from "../../wire/record-tags.js";
import type { Random } from "../ports.js";

/** 64 characters that need no escape anywhere, the digits of an id: those of base64url. */
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/**
 * Characters that distinguish producers: 72 bits. Among a million producers, two are equal with a probability of 1 in 9
 * thousand million.
 */
const PREFIX_LENGTH = 12;

/** Characters from one random number: 36 bits, fewer than the 52 bits of a number in [0, 1). */
const LENGTH_AT_A_TIME = 6;

/**
 * Makes the ids of one producer's records: the producer's random prefix, and a number that counts up. Each id is the
 * bytes of a tag: 20 bytes for the first 64 records, 23 bytes up to 16 million (the unit test counts them).
 */
export class RecordIds {
  readonly #prefix: string;
  /** The tag of the latest id. */
  #tag: Uint8Array;
  #digits = 1;
  /** The next number. */
  #next = 0;

  constructor(random: Random) {
    let prefix = "";
    while (prefix.length < PREFIX_LENGTH) {
      prefix += textOf(Math.floor(random() * 64 ** LENGTH_AT_A_TIME), LENGTH_AT_A_TIME);
    }
    this.#prefix = prefix;
    this.#tag = this.#newTag();
  }

  /** The tag of the next record's id, as `encodeTags` would write it. The next call overwrites it: copy what is kept. */
  next(): Uint8Array {
    if (this.#next === 64 ** this.#digits) {
      this.#digits++;
      this.#tag = this.#newTag();
    }
    let rest = this.#next++;
    const tag = this.#tag;
    for (let at = tag.length - 1; at >= tag.length - this.#digits; at--) {
      tag[at] = DIGITS.charCodeAt(rest % 64);
      rest = Math.floor(rest / 64);
    }
    return tag;
  }

  /** A tag with room for as many digits as the numbers have now. */
  #newTag(): Uint8Array {
    return encodeTags({ [RECORD_ID_TAG]: this.#prefix + "A".repeat(this.#digits) }) as Uint8Array;
  }
}

function textOf(number: number, length: number): string {
  let text = "";
  for (let rest = number; text.length < length; rest = Math.floor(rest / 64)) text = DIGITS.charAt(rest % 64) + text;
  return text;
}
