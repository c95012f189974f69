import { md5ShortAscii, md5Text } from "./md5-text.js";

/** Scratch: hashing is synchronous. */
const words = new Uint32Array(4);

/** A partition key with its size and its MD5. */
export class HashedKey {
  /** Well-formed UTF-16: no lone surrogates. */
  readonly text: string;
  /** UTF-8 bytes of {@link text}. */
  readonly bytes: number;
  /** The MD5 of those bytes as four signed 32-bit words, most significant first: V8 keeps such numbers in place. */
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  #name: string | undefined = undefined;

  constructor(text: string, bytes: number, words: Uint32Array) {
    this.text = text;
    this.bytes = bytes;
    this.a = (words[0] as number) | 0;
    this.b = (words[1] as number) | 0;
    this.c = (words[2] as number) | 0;
    this.d = (words[3] as number) | 0;
  }

  /** A name that is made once for the key, at the first call; always with the same function. */
  named(make: (key: HashedKey) => string): string {
    this.#name ??= make(this);
    return this.#name;
  }
}

/** No key: records may go without on streams whose distribution is `AUTO`. */
export const NO_KEY: HashedKey = hashKey("");

/** Keys of one generation. Two generations are kept, so that the keys in use survive a change of generation. */
const GENERATION = 4_096;
/** Lookups after which the hit rate is evaluated. */
const WINDOW = 4_096;
/** Hits in a window that pay for the misses: a miss costs a third more than hashing alone, a hit a fifth of it. */
const WORTHWHILE_HITS = WINDOW / 4;
/** Windows without looking up, when it does not pay. */
const WINDOWS_OFF = 15;

/** Hashes a key that is used once. */
export function hashKey(text: string): HashedKey {
  if (md5ShortAscii(text, words)) return new HashedKey(text, text.length, words);
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  md5Text(wellFormed, words);
  return new HashedKey(wellFormed, Buffer.byteLength(wellFormed), words);
}

/**
 * Hashes partition keys and caches them: most streams have far fewer keys than records. Where every key is new, it
 * pauses the lookups (`npm run bench micro -- key-hasher`). Bounded: at most two generations of 4,096 keys.
 */
export class KeyHasher {
  #last: HashedKey | undefined;
  /** Whether the latest two keys were equal: only then it is worth comparing the next key with them. */
  #isRepeated = false;
  #young: Map<string, HashedKey> = new Map();
  #old: Map<string, HashedKey> = new Map();
  #lookups = 0;
  #hits = 0;
  #isWarm = false;
  #unlooked = 0;

  /** The key, hashed. */
  of(text: string): HashedKey {
    const last = this.#last;
    if (this.#isRepeated && text === last?.text) return last;
    const key = this.#unlooked > 0 ? this.#withoutLooking(text) : this.#lookUp(text);
    this.#isRepeated = key === last;
    this.#last = key;
    return key;
  }

  #withoutLooking(text: string): HashedKey {
    this.#unlooked--;
    return text === this.#last?.text ? this.#last : hashKey(text);
  }

  #lookUp(text: string): HashedKey {
    if (++this.#lookups > WINDOW) this.#review();
    let key = this.#young.get(text);
    if (key !== undefined) {
      this.#hits++;
      return key;
    }
    key = this.#old.get(text);
    if (key === undefined) key = hashKey(text);
    else this.#hits++;
    if (this.#young.size >= GENERATION) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(text, key);
    return key;
  }

  #review(): void {
    if (this.#hits < WORTHWHILE_HITS && this.#isWarm) {
      this.#unlooked = WINDOW * WINDOWS_OFF;
      this.#young = new Map();
      this.#old = new Map();
    }
    // In the first window after a start every key is new, even if there are few.
    this.#isWarm = this.#unlooked === 0;
    this.#lookups = 1;
    this.#hits = 0;
  }
}
