/**
 * Fails when a file of `src/wire`, `src/wording` or `src/core` has no unit test of the same name, or when a unit test mirrors a file
 * that is gone.
 *
 *     node scripts/check-unit-tests-mirror.mjs [root]
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { sourceFiles } from "./source-files.mjs";

/** Files without their own test, each with the reason. */
const EXEMPT = new Map([
  ["core/condition/stream-health.ts", "types only: the compiler is its test"],
  ["core/ports.ts", "types only: the compiler is its test"],
]);

const MIRRORED = ["wire", "wording", "core"];

const root = resolve(process.argv[2] ?? ".");
const problems = [];
let mirrored = 0;

for (const folder of MIRRORED) {
  for (const file of sourceFiles(join(root, "src", folder))) {
    const path = `${folder}/${file}`;
    const test = `test/unit/${path.replace(/\.ts$/, ".test.ts")}`;
    const exists = existsSync(join(root, test));
    if (exists) mirrored++;
    if (EXEMPT.has(path) && exists) problems.push(`src/${path} has a test by now: take it off the list of exemptions`);
    if (!EXEMPT.has(path) && !exists) problems.push(`src/${path} has no ${test}`);
  }
  for (const file of sourceFiles(join(root, "test/unit", folder))) {
    if (!file.endsWith(".test.ts")) continue;
    const path = `${folder}/${file.replace(/\.test\.ts$/, ".ts")}`;
    if (!existsSync(join(root, "src", path)))
      problems.push(`test/unit/${folder}/${file} mirrors no file: src/${path} is gone`);
  }
}
for (const path of EXEMPT.keys()) {
  if (!existsSync(join(root, "src", path))) problems.push(`src/${path} is exempt and does not exist`);
}

for (const problem of problems) console.error(problem);
console.log(`unit tests mirror src: ${mirrored} files with their test, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
