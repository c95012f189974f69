import { basename, extname } from "node:path";

/** The part that rotation adds to a name: a number or a time, `.1`, `-20261129`, `.2026-11-29T12-00`. */
const ADDED = "[._-]\\d[\\dT:._-]*";
/** Before the extension, only a date: `app-2.log` may well be another program's log. */
const DATE_ADDED: string = `(?=(?:\\D*\\d){6})${ADDED}`;

/** The names that rotation gives to a file. Compressed files have another ending, and do not match. */
export class RotatedNames {
  readonly #stem: string;
  readonly #patterns: readonly RegExp[];

  constructor(path: string) {
    const whole = basename(path);
    const extension = extname(whole);
    this.#stem = whole.slice(0, whole.length - extension.length);
    this.#patterns = [
      new RegExp(`^${escaped(whole)}${ADDED}$`),
      ...(extension === "" ? [] : [new RegExp(`^${escaped(this.#stem)}${DATE_ADDED}${escaped(extension)}$`)]),
    ];
  }

  /** Whether the file may be looked at: a renamed file is found by its number, whatever follows its stem. */
  isBeside(name: string): boolean {
    return name.startsWith(this.#stem);
  }

  /** Whether rotation gives such a name: `app.log.1`, `app.log-20261129`, `app-2026-11-29.log`. */
  isRotated(name: string): boolean {
    return this.#patterns.some((pattern) => pattern.test(name));
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
