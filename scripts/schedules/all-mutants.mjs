import { readdirSync } from "node:fs";

/**
 * Every planted bug: the exports of the files `mutants-of-*.mjs` in this folder, in the order of the file names.
 *
 * @returns {Promise<import("./mutant.mjs").Mutant[]>}
 */
export async function allMutants() {
  const files = readdirSync(new URL(".", import.meta.url)).filter((name) => /^mutants-of-.*\.mjs$/.test(name));
  const modules = await Promise.all(files.sort().map((name) => import(new URL(name, import.meta.url).href)));
  return modules.flatMap((module) => Object.values(module).flat());
}
