/**
 * The places that repeat the dependency rule, made from its table: what Biome checks of it (`biome-dependency-rule.json`, which
 * `biome.jsonc` extends) and the table of CONTRIBUTING.md. Fails when one differs, or when the table names a part of `src/`
 * that does not exist; `--update` writes them.
 *
 *     node scripts/dependency-rule-places.mjs [--update]
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { DEPENDENCY_RULE, isPackage, REFUSALS } from "./dependency-rule.mjs";
import { fillPlaces, markdownTable } from "./marked-places.mjs";

/** @typedef {import("./dependency-rule.mjs").Row} Row */

/** A file with its own row belongs to this row only: two overrides of one rule would replace each other. */
const SINGLE_FILES = DEPENDENCY_RULE.map(({ part }) => part).filter((part) => !part.endsWith("/") && part !== "*.ts");

/**
 * Patterns of the files of a row, for Biome.
 *
 * @param {Row} row
 */
function filesOf({ part }) {
  if (part === "*.ts")
    return ["**/src/*.ts", ...SINGLE_FILES.filter((file) => !file.includes("/")).map((f) => `!**/src/${f}`)];
  if (!part.endsWith("/")) return [`**/src/${part}`];
  return [`**/src/${part}**`, ...SINGLE_FILES.filter((file) => file.startsWith(part)).map((file) => `!**/src/${file}`)];
}

/** The globals that a row refuses, each with its reason. @param {Row} row */
function deniedGlobals({ part, refuses }) {
  const denied = refuses.flatMap((refusal) => Object.entries(REFUSALS[refusal].globals));
  return Object.fromEntries(denied.map(([name, reason]) => [name, `${part.replace(/\/.*/, "")} ${reason}`]));
}

function biomeConfiguration() {
  const plugins = Object.entries(REFUSALS).flatMap(([refusal, { plugin }]) => {
    const rows = DEPENDENCY_RULE.filter(({ refuses }) => refuses.some((each) => each === refusal));
    const includes = [...new Set(rows.flatMap(filesOf))].filter((pattern) => !pattern.startsWith("!"));
    return plugin === undefined ? [] : [{ path: `./biome-plugins/${plugin}.grit`, includes }];
  });
  const overrides = DEPENDENCY_RULE.flatMap((row) => {
    const globals = deniedGlobals(row);
    if (Object.keys(globals).length === 0) return [];
    const noRestrictedGlobals = { level: "error", options: { deniedGlobals: globals } };
    return [{ includes: filesOf(row), linter: { rules: { style: { noRestrictedGlobals } } } }];
  });
  return `${JSON.stringify({ plugins, overrides }, undefined, 2)}\n`;
}

/** Grants as a cell. @param {readonly string[]} grants */
function cell(grants) {
  return grants
    .map((grant) =>
      grant === "*" ? "files at the top" : `\`${grant}${/[/:]$/.test(grant) && isPackage(grant) ? "*" : ""}\``,
    )
    .join(", ");
}

function contributingTable() {
  const rows = DEPENDENCY_RULE.map(({ part, mayImport, mayImportTypes = [], refuses }) => {
    const own = mayImport.filter((grant) => !isPackage(grant) && grant !== part);
    const types = cell(mayImportTypes);
    return [
      part === "*.ts" ? "other files at the top" : `\`${part}\``,
      [cell(own), types === "" ? "" : `types of ${types}`].filter((text) => text !== "").join("; ") || "–",
      cell(mayImport.filter(isPackage)) || "–",
      refuses.map((refusal) => REFUSALS[refusal].words).join(", ") || "–",
    ];
  });
  return markdownTable(["part of `src/`", "may import", "packages", "may not use"], rows);
}

/** Whether `src/` has what a grant or a row names. @param {string} name */
function exists(name) {
  if (name.startsWith("*") || isPackage(name)) return true;
  return [name, `${name}.ts`].some((path) => existsSync(join("src", path)));
}

const problems = DEPENDENCY_RULE.flatMap(({ part, mayImport, mayImportTypes = [] }) =>
  [part, ...mayImport, ...mayImportTypes]
    .filter((name) => !exists(name))
    .map((name) => `scripts/dependency-rule.mjs names ${name} in the row of ${part}, and src/ does not have it`),
);
const places = {
  "biome-dependency-rule.json": biomeConfiguration(),
  "CONTRIBUTING.md": fillPlaces("CONTRIBUTING.md", { "dependency rule": contributingTable() }),
};
for (const [file, text] of Object.entries(places)) {
  if (process.argv.includes("--update")) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
    problems.push(
      `${file} does not say what scripts/dependency-rule.mjs says; run: node scripts/dependency-rule-places.mjs --update`,
    );
  }
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
