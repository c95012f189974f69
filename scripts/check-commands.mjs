/**
 * A figure in a document names the command that measured it: fails when a document or a comment names a script of npm,
 * a bench, a step of `npm run check` or a program that does not exist. In CHANGELOG.md only the unreleased part is
 * checked.
 *
 *     node scripts/check-commands.mjs [root]
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { BENCHES } from "../bench/benches.mjs";
import { STEPS } from "./check-steps.mjs";

/** Folders that are generated, or not ours. */
const SKIPPED = new Set(["node_modules", ".git", "build", "dist"]);
const TEXTS = /\.(md|ts|mjs|jsonc?)$|^run$/;
/** After a line break in a comment, the next line begins with a star or two slashes. */
const GAP = String.raw`\s+(?:(?:\*|//)\s+)?`;
const NPM_RUN = new RegExp(
  String.raw`npm${GAP}run${GAP}(?:--silent${GAP})?([a-z][\w:-]*)((?:${GAP}(?!np[mx] )[a-z][\w-]*)*)(${GAP}-- )?`,
  "g",
);
const PROGRAM = /\bnode ((?:bench|scripts)\/[\w./-]+\.mjs)/g;

const root = resolve(process.argv[2] ?? ".");
/** @type {{ scripts: Record<string, string> }} */
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const npmScripts = Object.keys(scripts);
/** Scripts of npm whose arguments are names. @type {Record<string, { names: string[], kind: string, most: number }>} */
const NAMED = {
  bench: { names: Object.keys(BENCHES), kind: "bench", most: 1 },
  check: { names: Object.keys(STEPS), kind: "step of npm run check", most: Number.POSITIVE_INFINITY },
};

/**
 * @param {string} text
 * @returns {{ index: number, problem: string }[]}
 */
function problemsIn(text) {
  const problems = [];
  for (const { index, 1: script = "", 2: words = "", 3: options } of text.matchAll(NPM_RUN)) {
    if (!npmScripts.includes(script)) problems.push({ index, problem: `there is no npm script ${script}` });
    const named = NAMED[script];
    if (named === undefined) continue;
    const args = words.match(/[a-z][\w-]*/g) ?? [];
    if (script === "bench" && args.length === 0 && options !== undefined)
      problems.push({ index, problem: "options of a bench come after its name" });
    for (const name of args.slice(0, named.most))
      if (!named.names.includes(name)) problems.push({ index, problem: `there is no ${named.kind} ${name}` });
  }
  for (const { index, 1: file = "" } of text.matchAll(PROGRAM))
    if (!existsSync(join(root, file))) problems.push({ index, problem: `there is no ${file}` });
  return problems;
}

/**
 * @param {string} folder - from the root
 * @returns {Generator<string>} the texts in it
 */
function* textsIn(folder) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (SKIPPED.has(entry.name)) continue;
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* textsIn(path);
    else if (TEXTS.test(entry.name)) yield path;
  }
}

/** @param {string} path */
function read(path) {
  const text = readFileSync(join(root, path), "utf8");
  // In a shell, a command ends with its line.
  if (path === ".ci/run") return text.replaceAll("\n", ";\n");
  return path === "CHANGELOG.md" ? text.split(/^(?=## )/m, 2).join("") : text;
}

let files = 0;
let failed = 0;
for (const path of textsIn("")) {
  // This file has commands that must be refused.
  if (path === "scripts/planted-commands.mjs") continue;
  files++;
  const text = read(path);
  for (const { index, problem } of problemsIn(text)) {
    failed++;
    console.error(`${path}:${text.slice(0, index).split("\n").length}: ${problem}`);
  }
}
console.log(`commands that are named: ${files} files, ${failed} problems`);
process.exitCode = failed === 0 && files > 0 ? 0 : 1;
