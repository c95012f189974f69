import { readdirSync } from "node:fs";

/**
 * Every planted bug: what the files `mutants-of-*.mjs` beside this one export, in the order of their names.
 *
 * @returns {Promise<import("./mutant.mjs").Mutant[]>}
 */
export async function allMutants() {
  const files = readdirSync(new URL(".", import.meta.url)).filter((name) => /^mutants-of-.*\.mjs$/.test(name));
  const modules = await Promise.all(files.sort().map((name) => import(new URL(name, import.meta.url).href)));
  return modules.flatMap((module) => Object.values(module).flat());
}
