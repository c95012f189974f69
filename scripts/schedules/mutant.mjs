import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * A bug that somebody could write, as edits of the sources. The text of an edit must stand in its file exactly once.
 *
 * @typedef {{ file: string, find: string, replace: string }} Edit
 * @typedef {{ name: string, edits: readonly Edit[], caughtBy?: string }} Mutant - `caughtBy`: a unit test; the schedules
 *   when absent
 */

/**
 * @param {string} file - below src/
 * @param {string} find
 * @param {string} replace
 * @returns {Edit}
 */
export function edit(file, find, replace) {
  return { file: `src/${file}`, find, replace };
}

/**
 * The files that a mutant changes, changed.
 *
 * @param {Mutant} mutant
 * @returns {Map<string, string>} path from the root → text
 * @throws {Error} when an edit does not apply any more
 */
export function planted({ edits }) {
  /** @type {Map<string, string>} */
  const texts = new Map();
  for (const { file, find, replace } of edits) {
    const text = texts.get(file) ?? readFileSync(join(root, file), "utf8");
    const times = text.split(find).length - 1;
    if (times !== 1) throw new Error(`${file} has ${times} times: ${find}`);
    texts.set(
      file,
      text.replace(find, () => replace),
    );
  }
  return texts;
}
