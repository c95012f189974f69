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
