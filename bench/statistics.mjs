/** Summaries and tables of the benches. */
import { cpus } from "node:os";
import process from "node:process";

/** @param {readonly number[]} numbers */
export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = 0, high = 0] = sorted.length % 2 === 1 ? [sorted[middle], sorted[middle]] : sorted.slice(middle - 1);
  return (low + high) / 2;
}

/**
 * Rounds to three significant digits.
 *
 * @param {number} number
 */
export function show(number) {
  return number.toLocaleString("en", { maximumSignificantDigits: 3 });
}

/** The machine, in the form of the tables. */
export function machine() {
  return `Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}`;
}

/**
 * A table in Markdown; the first column is text, the others are numbers.
 *
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
export function table(head, rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

/**
 * @param {string} name
 * @param {string | undefined} text
 */
export function positive(name, text) {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`--${name} must be a number above 0, got ${text}`);
  return number;
}
