/** Slots are a power of two: more than the keys that the producer remembers. */
const SLOT_BITS = 15;
const SLOTS: number = 2 ** SLOT_BITS;
/** Longer texts are not kept: memory stays bounded, and few keys are longer. */
const MOST_BYTES = 64;

/**
 * The texts of repeated bytes, each as one string object: a stream has far fewer partition keys than records. Such a string
 * has its hash already, and is compared by its address, when the producer looks its key up. It keeps short ASCII only.
 */
export class TextCache {
  readonly #texts: string[] = new Array<string>(SLOTS).fill("");

  /** The text of some bytes in UTF-8. */
  textOf(bytes: Buffer, from: number, end: number): string {
    const length = end - from;
    if (length < 4 || length > MOST_BYTES) return bytes.toString("utf8", from, end);
    const mixed = Math.imul(wordAt(bytes, from), 0x9e3779b1) ^ (wordAt(bytes, end - 4) + length);
    // The high bits of a product depend on all bits of its factors.
    const slot = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> (32 - SLOT_BITS);
    const text = this.#texts[slot] as string;
    if (text.length === length && isSame(text, bytes, from)) return text;
    const second = this.#texts[slot ^ 1] as string;
    if (second.length === length && isSame(second, bytes, from)) return second;
    return this.#miss(bytes, from, end, slot);
  }

  #miss(bytes: Buffer, from: number, end: number, slot: number): string {
    const text = bytes.toString("utf8", from, end);
    // A text with as many units as bytes is ASCII.
    if (text.length === end - from) {
      this.#texts[slot ^ 1] = this.#texts[slot] as string;
      this.#texts[slot] = text;
    }
    return text;
  }
}

function wordAt(bytes: Buffer, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

function isSame(text: string, bytes: Buffer, from: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[from + i]) return false;
  return true;
}
