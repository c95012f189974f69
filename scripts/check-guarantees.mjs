/**
 * Fails when a rule of docs/guarantees.md, or a clause of it, names no test; when it names a test that does not exist; and
 * when a comment, a test or a document cites a rule that is not on the page.
 *
 *     node scripts/check-guarantees.mjs [root]
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { testTitles } from "./test-titles.mjs";

const PAGE = "docs/guarantees.md";
/** Places that may cite rules: these folders, and the documents at the top. */
const FOLDERS = ["src", "test", "docs", "decisions", "scripts", "bench", "examples", "proto"];
const IS_READ = /\.(ts|mts|mjs|md|proto)$/;

const HEADING = /^### (\d+)\. \S/;
const CLAUSE = /^- \*\*(\d+)([a-z])\*\* \S/;
/** A test that holds clauses: `- 16a 16b \`unit/core/x.test.ts\`: suite › test`. */
const TEST = /^- ((?:\d+[a-z] )+)`([^`]+)`: (.+)$/;
/** A citation: `rule 16`, `Rules 5 to 7 and 12`, `rule 3a`. */
const CITATION = /\brules?\s+(\d+[a-z]?\b(?:(?:,?\s+(?:and|or|to)\s+|,\s+|–)\d+[a-z]?\b)*)/gi;

const root = resolve(process.argv[2] ?? ".");
/** @type {string[]} */
const problems = [];

/** @param {string} path */
const read = (path) => readFileSync(join(root, path), "utf8");

/** Rule → its clauses, each with how many tests hold it. @type {Map<number, Map<string, number>>} */
const rules = new Map();
/** @type {Map<string, Set<string>>} */
const titlesOf = new Map();
let tests = 0;

/** @type {(line: number, problem: string) => void} */
const report = (line, problem) => {
  problems.push(`${PAGE}:${line}: ${problem}`);
};

/** @param {string} file */
function titlesIn(file) {
  let titles = titlesOf.get(file);
  if (titles === undefined) {
    titles = existsSync(join(root, file)) ? testTitles(file, read(file)) : new Set();
    titlesOf.set(file, titles);
  }
  return titles;
}

/** @type {(line: number, clauses: string[], name: string, title: string) => void} */
function takeTest(line, clauses, name, title) {
  const file = `test/${name}`;
  tests++;
  if (!existsSync(join(root, file))) report(line, `there is no ${file}`);
  else if (!titlesIn(file).has(title)) report(line, `${file} has no test "${title}"`);
  for (const clause of clauses) {
    const held = rules.get(Number.parseInt(clause, 10));
    const letter = clause.at(-1) ?? "";
    const count = held?.get(letter);
    if (held === undefined || count === undefined) report(line, `there is no clause ${clause} above`);
    else held.set(letter, count + 1);
  }
}

/** @type {(line: number, number: number, letter: string) => void} */
function takeClause(line, number, letter) {
  const [last, clauses] = [...rules].at(-1) ?? [0, new Map()];
  const next = String.fromCharCode("a".charCodeAt(0) + clauses.size);
  if (number === last && letter === next) clauses.set(letter, 0);
  else report(line, `clause ${number}${letter} stands where ${last}${next} is next`);
}

function readPage() {
  for (const [index, text] of read(PAGE).split("\n").entries()) {
    const line = index + 1;
    const heading = HEADING.exec(text);
    const clause = CLAUSE.exec(text);
    const test = TEST.exec(text);
    if (heading !== null) {
      if (Number(heading[1]) !== rules.size + 1)
        report(line, `rule ${heading[1]} stands where ${rules.size + 1} is next`);
      rules.set(Number(heading[1]), new Map());
    } else if (clause !== null) takeClause(line, Number(clause[1]), clause[2] ?? "");
    else if (test !== null) takeTest(line, (test[1] ?? "").trim().split(" "), test[2] ?? "", test[3] ?? "");
    else if (/^- \d+[a-z]\b/.test(text)) report(line, "no test can be read from this line");
  }
  for (const [number, clauses] of rules) {
    if (clauses.size === 0) problems.push(`${PAGE}: rule ${number} has no clause`);
    for (const [letter, count] of clauses)
      if (count === 0) problems.push(`${PAGE}: clause ${number}${letter} has no test`);
  }
}

/** @type {(cited: string) => boolean} */
function exists(cited) {
  const clauses = rules.get(Number.parseInt(cited, 10));
  return clauses !== undefined && (/\d$/.test(cited) || clauses.has(cited.at(-1) ?? ""));
}

/** @param {string} file */
function readCitations(file) {
  let cited = 0;
  // A citation may go on in the next line of a comment.
  const text = read(file).replace(/\n\s*(?:\*|\/\/)(?=\s)/g, (gap) => `\n${" ".repeat(gap.length - 1)}`);
  for (const match of text.matchAll(CITATION)) {
    const line = text.slice(0, match.index).split("\n").length;
    for (const [rule] of (match[1] ?? "").matchAll(/\d+[a-z]?/g)) {
      cited++;
      if (!exists(rule)) problems.push(`${file}:${line}: ${PAGE} has no rule ${rule}`);
    }
  }
  return cited;
}

/** @returns {string[]} */
function citingFiles() {
  const files = FOLDERS.filter((folder) => existsSync(join(root, folder))).flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)),
  );
  return [...readdirSync(root).filter((name) => name.endsWith(".md")), ...files.filter((file) => IS_READ.test(file))];
}

readPage();
let citations = 0;
for (const file of citingFiles()) citations += readCitations(file);

for (const problem of problems) console.error(problem);
console.log(`${rules.size} rules, ${tests} tests that hold them, ${citations} citations, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
