/**
 * Parts of documents that are made from sources: what stands between `<!-- table: NAME -->` and `<!-- /table -->`.
 */
import { readFileSync } from "node:fs";

/**
 * A document with its marked places filled.
 *
 * @param {string} document - its path
 * @param {Readonly<Record<string, string>>} parts - name of the place → text
 * @returns {string}
 * @throws when the document has no such place
 */
export function fillPlaces(document, parts) {
  let text = readFileSync(document, "utf8");
  for (const [name, part] of Object.entries(parts)) {
    const place = new RegExp(`(<!-- table: ${name} -->\n)[\\s\\S]*?(\n<!-- /table -->)`);
    if (!place.test(text)) throw new Error(`${document} has no place for the table "${name}"`);
    text = text.replace(place, (_, open, close) => `${open}\n${part}\n${close}`);
  }
  return text;
}

/**
 * A table in Markdown.
 *
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
export function markdownTable(head, rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
