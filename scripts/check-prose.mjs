/**
 * Looks for the wordings of `prose-rules.mjs` in every comment, text and document. First checks that each rule reports
 * its planted sentence.
 *
 *     node scripts/check-prose.mjs [--count] [path ...]
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { PROSE_RULES, proseProblems } from "./prose-rules.mjs";

/** These files quote the wordings. */
const EXAMPLES = new Set(["scripts/prose-rules.mjs", "docs/style.md"]);

const args = process.argv.slice(2);
const isCounting = args.includes("--count");
const paths = args.filter((arg) => !arg.startsWith("--"));

const planted = PROSE_RULES.filter(({ name, planted, legal }) => {
  const found = (/** @type {string} */ text) => proseProblems("a.md", text).some(({ rule }) => rule.name === name);
  return !found(planted) || found(legal);
});
for (const { name } of planted)
  console.error(`the rule "${name}" does not tell its planted sentence from its legal one`);

const files = execFileSync("git", ["ls-files", "--", ...(paths.length === 0 ? ["."] : paths)], { encoding: "utf8" })
  .split("\n")
  .filter((file) => /\.(?:ts|mjs|md)$/.test(file) && !file.startsWith("etc/") && !EXAMPLES.has(file));

let count = 0;
for (const file of files) {
  const problems = proseProblems(file, readFileSync(file, "utf8"));
  count += problems.length;
  if (isCounting && problems.length > 0) console.log(`${String(problems.length).padStart(4)} ${file}`);
  else
    for (const { line, rule, words } of problems)
      console.error(`${file}:${line}: "${words}": ${rule.name}: ${rule.instead}`);
}
console.log(`prose: ${files.length} files, ${PROSE_RULES.length} rules, ${count} problems`);
process.exitCode = count === 0 && planted.length === 0 ? 0 : 1;
