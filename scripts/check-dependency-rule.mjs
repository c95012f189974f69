/**
 * Fails when a file of `src/` imports what the dependency rule does not grant its part.
 *
 *     node scripts/check-dependency-rule.mjs [root]
 */
import { readFileSync } from "node:fs";
import { join, posix, resolve } from "node:path";
import process from "node:process";
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

const src = join(resolve(process.argv[2] ?? "."), "src");
const violations = [];
const files = sourceFiles(src);
for (const file of files) {
  const row = rowOf(file);
  if (row === undefined) {
    violations.push(`src/${file}: the folder is not in scripts/dependency-rule.mjs; known are ${FOLDERS.join(", ")}`);
    continue;
  }
  for (const { specifier, typeOnly, line } of sourceImports(file, readFileSync(join(src, file), "utf8"))) {
    const target = targetOf(file, specifier);
    const types = row.mayImportTypes ?? [];
    if (isGranted(row.mayImport, target) || (typeOnly && isGranted(types, target))) continue;
    const hint = isGranted(types, target) ? "; its types may be imported with `import type`" : "";
    violations.push(`src/${file}:${line}: must not import "${specifier}": ${row.reason}${hint}`);
  }
}

for (const violation of violations) console.error(violation);
console.log(`dependency rule: ${files.length} files, ${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;
