/**
 * Fails when a file of `src/` imports what the dependency rule does not grant its part.
 *
 *     node scripts/check-dependency-rule.mjs [root]
 */
import { readFileSync } from "node:fs";
import { join, posix, resolve } from "node:path";
import process from "node:process";
import { FENCES } from "./dependency-fences.mjs";
import { DEPENDENCY_RULE, FOLDERS, isGranted } from "./dependency-rule.mjs";
import { sourceFiles } from "./source-files.mjs";
import { sourceImports } from "./source-imports.mjs";

/** @typedef {import("./dependency-rule.mjs").Row} Row */

/**
 * The row of a file, or undefined when its folder is not in the table.
 *
 * @param {string} file - relative to `src/`
 * @returns {Row | undefined}
 */
function rowOf(file) {
  const slash = file.indexOf("/");
  const folder = slash < 0 ? "*.ts" : file.slice(0, slash + 1);
  return DEPENDENCY_RULE.find((row) => row.part === file) ?? DEPENDENCY_RULE.find((row) => row.part === folder);
}

/**
 * The target of an import: a path below `src/` without extension, or a package as written.
 *
 * @param {string} file
 * @param {string} specifier
 */
function targetOf(file, specifier) {
  if (!specifier.startsWith(".")) return { isPackage: true, name: specifier };
  return { isPackage: false, name: posix.join(posix.dirname(file), specifier).replace(/\.[cm]?[jt]s$/, "") };
}

/** The entry files that some file outside of their folder imports. */
const entered = new Set();

/**
 * The problem of an import over the fence of a sub-folder, if it has one.
 *
 * @param {string} file
 * @param {string} target - a path below `src/` without extension
 */
function fenceProblem(file, target) {
  const folder = `${posix.dirname(target)}/`;
  const entries = FENCES[folder];
  if (entries === undefined || file.startsWith(folder)) return undefined;
  const name = posix.basename(target);
  entered.add(target);
  if (entries.includes(name)) return undefined;
  return `${name} is private to ${folder}: its entry files are ${entries.join(", ")} (FENCES in scripts/dependency-fences.mjs)`;
}

/**
 * A sub-folder of a fenced folder that has no fence.
 *
 * @param {string} file
 */
function unfenced(file) {
  const [folder = "", inner = "", rest] = file.split("/");
  const isFenced = Object.keys(FENCES).some((fence) => fence.startsWith(`${folder}/`));
  return isFenced && rest !== undefined && FENCES[`${folder}/${inner}/`] === undefined
    ? `${folder}/${inner}/`
    : undefined;
}

const src = join(resolve(process.argv[2] ?? "."), "src");
const violations = [];
const files = sourceFiles(src);
for (const file of files) {
  const row = rowOf(file);
  if (row === undefined) {
    violations.push(`src/${file}: the folder is not in scripts/dependency-rule.mjs; known are ${FOLDERS.join(", ")}`);
    continue;
  }
  const open = unfenced(file);
  if (open !== undefined) violations.push(`src/${file}: ${open} is not in FENCES of scripts/dependency-fences.mjs`);
  for (const { specifier, typeOnly, line } of sourceImports(file, readFileSync(join(src, file), "utf8"))) {
    const target = targetOf(file, specifier);
    const fence = target.isPackage ? undefined : fenceProblem(file, target.name);
    if (fence !== undefined) violations.push(`src/${file}:${line}: must not import "${specifier}": ${fence}`);
    const types = row.mayImportTypes ?? [];
    if (isGranted(row.mayImport, target) || (typeOnly && isGranted(types, target))) continue;
    const hint = isGranted(types, target) ? "; its types may be imported with `import type`" : "";
    violations.push(`src/${file}:${line}: must not import "${specifier}": ${row.reason}${hint}`);
  }
}

// Planted trees have no such folders.
for (const [folder, entries] of Object.entries(FENCES)) {
  if (!files.some((file) => file.startsWith(folder))) continue;
  for (const entry of entries)
    if (!entered.has(`${folder}${entry}`))
      violations.push(`src/${folder}${entry}.ts: an entry file that no file outside imports`);
}

for (const violation of violations) console.error(violation);
console.log(`dependency rule: ${files.length} files, ${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;
