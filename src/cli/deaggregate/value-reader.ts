import type { Line } from "../line-reader.js";
import { utf8Text, withoutMark } from "../utf8-text.js";
import { JsonScan } from "./json-scan.js";

/** Most bytes of one JSON value, in one line or in several. */
export const MAX_VALUE_BYTES: number = 256 * 1024 * 1024;

/** A JSON value, or a reason why there is none, with its lines. */
export type FoundValue = { readonly name: string } & ({ readonly value: unknown } | { readonly problem: string });

/** A line with its bytes. */
interface WholeLine extends Line {
  readonly bytes: Buffer;
}

const NO_JSON = "is not JSON";

/**
 * Reads JSON values from lines: a value to a line, or values of several lines, as programs print them for people. It
 * holds the lines of one value. A line that is torn is reported, and the values behind it are read.
 */
export class ValueReader {
  readonly #maxBytes: number;
  /** The lines of a value that has not ended. */
  #held: WholeLine[] = [];
  #heldBytes = 0;
  #scan = new JsonScan();

  constructor(maxBytes: number = MAX_VALUE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** The values that this line ends. */
  take({ number, bytes }: Line): FoundValue[] {
    if (bytes === undefined) {
      return [...this.end(), { name: `line ${number}`, problem: `has more than ${this.#maxBytes} bytes` }];
    }
    const line = { number, bytes: number === 1 ? withoutMark(bytes) : bytes };
    return this.#held.length === 0 ? this.#begin(line) : this.#continue(line);
  }

  /** The end of the input: a value that has not ended is none. */
  end(): FoundValue[] {
    return this.#letGo().flatMap(valueOfLine);
  }

  #begin(line: WholeLine): FoundValue[] {
    const found = valueOfLine(line);
    const isValue = found.every((each) => "value" in each);
    if (isValue) return found;
    this.#scan = new JsonScan();
    if (this.#scan.add(line.bytes) !== "open") return found;
    this.#hold(line);
    return [];
  }

  #continue(line: WholeLine): FoundValue[] {
    const state = this.#scan.add(line.bytes);
    // This line may be the beginning of the next value.
    if (state === "broken") return [...this.end(), ...this.#begin(line)];
    this.#hold(line);
    if (state === "open") return this.#heldBytes > this.#maxBytes ? [this.#tooLarge()] : [];
    const lines = this.#letGo();
    const value = parse(utf8Text(Buffer.concat(lines.flatMap(({ bytes }) => [bytes, LINE_FEED]))));
    return value === undefined ? lines.flatMap(valueOfLine) : [{ name: nameOf(lines), ...value }];
  }

  #tooLarge(): FoundValue {
    const problem = `have more than ${this.#maxBytes} bytes without the end of a value`;
    return { name: nameOf(this.#letGo()), problem };
  }

  #hold(line: WholeLine): void {
    this.#held.push(line);
    this.#heldBytes += line.bytes.length;
  }

  #letGo(): WholeLine[] {
    const lines = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    return lines;
  }
}

const LINE_FEED = Buffer.from("\n");

/** The value of a line; an empty array for a blank line. */
function valueOfLine({ number, bytes }: WholeLine): FoundValue[] {
  const name = `line ${number}`;
  const text = utf8Text(bytes);
  if (text === undefined) return [{ name, problem: "is not UTF-8" }];
  const value = parse(text);
  if (value !== undefined) return [{ name, ...value }];
  return text.trim() === "" ? [] : [{ name, problem: NO_JSON }];
}

function nameOf(lines: readonly WholeLine[]): string {
  return `lines ${lines[0]?.number} to ${lines.at(-1)?.number}`;
}

function parse(text: string | undefined): { readonly value: unknown } | undefined {
  if (text === undefined) return undefined;
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
