import { readFileSync, writeFileSync } from "node:fs";

/**
 * Replaces the text between the two comments that name a section of a page. The path is relative to the root, where npm
 * runs.
 */
export function replaceSection(path: string, name: string, text: string): void {
  const page = readFileSync(path, "utf8");
  const [begin, end] = [`<!-- begin: ${name} -->`, `<!-- end: ${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path} has no section ${name}`);
  writeFileSync(path, `${page.slice(0, from + begin.length)}\n${text.trim()}\n${page.slice(to)}`);
}
