const [OBJECT, OBJECT_END, ARRAY, ARRAY_END, QUOTE, BACKSLASH, COLON, COMMA] = [...'{}[]"\\:,'].map((character) =>
  character.charCodeAt(0),
);
const SPACE = 0x20;

/**
 * Follows the brackets of a JSON value that has several lines, to know where it ends. It does not check the rest of the
 * syntax; but where another object or array may not begin, the value is broken: it was torn, and the next one has begun.
 */
export class JsonScan {
  /** The open brackets. */
  readonly #open: number[] = [];
  /** The last byte that is not blank and not in a text. */
  #last = 0;
  #isBroken = false;

  /**
   * Reads the next line.
   *
   * @returns whether the value goes on in the next line, has ended in this one, or cannot be JSON
   */
  add(line: Uint8Array): "open" | "ended" | "broken" {
    let isText = false;
    for (let i = 0; i < line.length && !this.#isBroken; i++) {
      const byte = line[i] as number;
      if (isText) {
        if (byte === BACKSLASH) i++;
        else if (byte === QUOTE) isText = false;
        continue;
      }
      if (byte <= SPACE) continue;
      if (byte === QUOTE) isText = true;
      else if (byte === OBJECT || byte === ARRAY) this.#begin(byte);
      else if (byte === OBJECT_END || byte === ARRAY_END) this.#end(byte);
      this.#last = byte;
    }
    // A text never goes on in the next line.
    if (this.#isBroken || isText) return "broken";
    return this.#open.length === 0 ? "ended" : "open";
  }

  #begin(bracket: number): void {
    const within = this.#open.at(-1);
    const mayBegin =
      within === OBJECT
        ? this.#last === COLON
        : within === ARRAY
          ? this.#last === ARRAY || this.#last === COMMA
          : this.#last === 0;
    if (mayBegin) this.#open.push(bracket);
    else this.#isBroken = true;
  }

  #end(bracket: number): void {
    this.#isBroken = this.#open.pop() !== (bracket === OBJECT_END ? OBJECT : ARRAY);
  }
}
