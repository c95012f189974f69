/**
 * This library beside others: each comparison is a folder here with a `main.mjs`, which starts what it compares with by its
 * own pinned list. A peer that cannot be had is an error that names it.
 *
 *     npm run bench:compare -- [name] [options of the comparison]
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));
const NAMES = readdirSync(FOLDER)
  .filter((name) => existsSync(join(FOLDER, name, "main.mjs")))
  .sort();

const [first, ...rest] = process.argv.slice(2);
const isNamed = first !== undefined && !first.startsWith("-");
if (isNamed && !NAMES.includes(first)) throw new Error(`no comparison ${first}; there are ${NAMES.join(", ")}`);
const options = isNamed || first === undefined ? rest : [first, ...rest];
for (const name of isNamed ? [first] : NAMES) {
  console.log(`\n## ${name}\n`);
  const { status } = spawnSync(process.execPath, [join(FOLDER, name, "main.mjs"), ...options], { stdio: "inherit" });
  if (status !== 0) {
    console.error(`the comparison ${name} failed`);
    process.exitCode = 1;
  }
}
