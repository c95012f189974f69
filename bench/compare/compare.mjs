/**
 * Compares this library with others. Each comparison is a folder here with a `main.mjs`, which installs its peers from
 * its own pinned list. A peer that cannot be installed is an error with its name.
 *
 *     npm run bench compare -- [name [options of the comparison]]
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

const [name, ...options] = process.argv.slice(2);
const known = `there are ${NAMES.join(", ")}`;
if (name?.startsWith("-")) throw new Error(`${name} is an option of one comparison, whose name comes first: ${known}`);
if (name !== undefined && !NAMES.includes(name)) throw new Error(`no comparison ${name}; ${known}`);
for (const each of name === undefined ? NAMES : [name]) {
  console.log(`\n## ${each}\n`);
  const { status } = spawnSync(process.execPath, [join(FOLDER, each, "main.mjs"), ...options], { stdio: "inherit" });
  if (status !== 0) {
    console.error(`the comparison ${each} failed`);
    process.exitCode = 1;
  }
}
