/** One assignment of a `.properties` file. */
export interface Property {
  readonly key: string;
  readonly value: string;
  /** The number of its first line, from 1. */
  readonly line: number;
}

/** A line that `java.util.Properties` refuses. */
export class PropertiesSyntaxError extends Error {}

const LINE_END = /\r\n|\r|\n/;
const BLANK = /^[ \t\f]*/;
const SEPARATORS = "=: \t\f";
const ESCAPED: Readonly<Record<string, string>> = { t: "\t", r: "\r", n: "\n", f: "\f" };

/**
 * Reads a `.properties` file as `java.util.Properties.load` does: comments with `#` or `!`, lines continued by a backslash,
 * `=`, `:` or blanks between key and value, and the escapes of Java. Blanks at the end of a value belong to it. Every
 * assignment is returned, in the order of the file; in Java, the last one of a key is valid.
 *
 * @throws PropertiesSyntaxError for `\u` without four hexadecimal digits; its message names the line
 */
export function readProperties(text: string): readonly Property[] {
  const lines = text.split(LINE_END);
  const properties: Property[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = i + 1;
    let part = withoutIndent(lines[i] as string);
    if (part === "" || part.startsWith("#") || part.startsWith("!")) continue;
    const parts: string[] = [];
    // A continued line is never a comment, and at the end of the file the backslash counts for nothing.
    while (isContinued(part)) {
      parts.push(part.slice(0, -1));
      i++;
      part = withoutIndent(lines[i] ?? "");
    }
    parts.push(part);
    const logical = parts.join("");
    if (logical !== "") properties.push({ ...divide(logical, line), line });
  }
  return properties;
}

function withoutIndent(line: string): string {
  return line.replace(BLANK, "");
}

/** Whether an odd number of backslashes ends the line: a pair of them is an escaped backslash. */
function isContinued(line: string): boolean {
  let backslashes = 0;
  while (line.charAt(line.length - 1 - backslashes) === "\\") backslashes++;
  return backslashes % 2 === 1;
}

function divide(line: string, number: number): { readonly key: string; readonly value: string } {
  let end = 0;
  while (end < line.length && !SEPARATORS.includes(line.charAt(end))) end += line.charAt(end) === "\\" ? 2 : 1;
  const key = line.slice(0, end);
  const rest = withoutIndent(line.slice(end));
  const value = /^[=:]/.test(rest) ? withoutIndent(rest.slice(1)) : rest;
  return { key: unescaped(key, number), value: unescaped(value, number) };
}

function unescaped(text: string, line: number): string {
  return text.replace(
    /\\(?:u([\s\S]{0,4})|([\s\S]))/g,
    (_, digits: string | undefined, character: string | undefined) => {
      if (digits === undefined) return ESCAPED[character as string] ?? (character as string);
      if (/^[0-9a-fA-F]{4}$/.test(digits)) return String.fromCharCode(Number.parseInt(digits, 16));
      throw new PropertiesSyntaxError(
        `\\u must be followed by 4 hexadecimal digits, got ${JSON.stringify(digits)} (line ${line})`,
      );
    },
  );
}
