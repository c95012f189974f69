/**
 * Compiles TypeScript to JavaScript, file by file and without type checks, for programs that run without a test runner.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { sourceFiles } from "./source-files.mjs";

/** @type {import("typescript").CompilerOptions} */
const OPTIONS = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  inlineSourceMap: true,
};

/**
 * The JavaScript of one file's text.
 *
 * @param {string} text
 * @param {string} fileName - where stack traces say it is
 * @returns {string}
 */
export function transpile(text, fileName) {
  return ts.transpileModule(text, { compilerOptions: OPTIONS, fileName }).outputText;
}

/**
 * Transpiles every file of some folders into a tree of the same shape, which must lie where packages can be found.
 *
 * @param {string} root
 * @param {string} out
 * @param {readonly string[]} folders
 */
export function transpileTree(root, out, folders) {
  for (const folder of folders) {
    for (const file of sourceFiles(join(root, folder))) {
      const path = join(root, folder, file);
      const target = join(out, folder, file.replace(/\.ts$/, ".js"));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, transpile(readFileSync(path, "utf8"), path));
    }
  }
  // Marks the tree as ES modules.
  copyFileSync(join(root, "package.json"), join(out, "package.json"));
}
