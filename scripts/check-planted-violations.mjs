/**
 * Tests the rules themselves. Plants one violation of each rule in an empty tree with this repository's configuration,
 * and runs the lint and the other checks once. Fails unless every planted file is reported for its rule with that
 * rule's reason, and the files that must pass are not reported.
 *
 *     node scripts/check-planted-violations.mjs [--list]
 */
import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { COMMANDS } from "./planted-commands.mjs";
import { GUARANTEES, LEGAL_GUARANTEES, PLANTED_GUARANTEES } from "./planted-guarantees.mjs";
import { ARROW, grantedAgainstTheRule, plantedTree } from "./planted-violations.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const biome = createRequire(import.meta.url).resolve("@biomejs/biome/bin/biome");
const isListing = process.argv.includes("--list");

/**
 * @param {string} tree
 * @param {string[]} args
 */
function run(tree, args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: tree,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
    maxBuffer: 1 << 26,
  });
  return { status, output: `${stdout}\n${stderr}` };
}

/**
 * The reports of all checks: file → list of rule and message.
 *
 * @param {string} biomeOutput
 * @param {string} arrowOutput
 * @param {string} guaranteesOutput
 * @param {string} commandOutput
 */
function readReports(biomeOutput, arrowOutput, guaranteesOutput, commandOutput) {
  /** @type {Map<string, { rule: string, message: string }[]>} */
  const reports = new Map();
  /** @type {(file: string, rule: string, message: string) => void} */
  const add = (file, rule, message) => {
    const list = reports.get(file) ?? [];
    list.push({ rule, message: message.replace(/\s+/g, " ") });
    reports.set(file, list);
  };
  // Biome's machine-readable reporters leave out the reason of a global: only the text has it.
  const header = /^((?:src|test)\/\S+?)(?::\d+:\d+)? (\S+)(?: .*?)? ?━+$/gm;
  const found = [...biomeOutput.matchAll(header)];
  found.forEach((match, index) => {
    add(match[1] ?? "", match[2] ?? "", biomeOutput.slice(match.index + match[0].length, found[index + 1]?.index));
  });
  for (const match of arrowOutput.matchAll(/^(src\/[^:\s]+):(?:\d+:)? (.*)$/gm))
    add(match[1] ?? "", ARROW, match[2] ?? "");
  for (const match of guaranteesOutput.matchAll(/^(\w+\/[^:\s]+):(?:\d+:)? (.*)$/gm))
    add(match[1] ?? "", GUARANTEES, match[2] ?? "");
  for (const match of commandOutput.matchAll(/^([^:\s]+):\d+: (.*)$/gm)) add(match[1] ?? "", COMMANDS, match[2] ?? "");
  return reports;
}

const tree = mkdtempSync(join(tmpdir(), "planted-"));
const started = Date.now();
const problems = grantedAgainstTheRule();
let seen = 0;
try {
  const { stubs, ...lints } = plantedTree();
  const plants = [...lints.plants, ...PLANTED_GUARANTEES];
  const legal = [...lints.legal, ...LEGAL_GUARANTEES];
  for (const name of ["biome.jsonc", "biome-dependency-rule.json", "biome-plugins", "package.json", "tsconfig.json"]) {
    cpSync(join(root, name), join(tree, name), { recursive: true });
  }
  mkdirSync(join(tree, "node_modules"));
  const planted = new Set(plants.map(({ file }) => file));
  for (const { file, text } of [...stubs.filter(({ file }) => !planted.has(file)), ...legal, ...plants]) {
    const path = join(tree, file);
    mkdirSync(dirname(path), { recursive: true });
    if (planted.has(file)) appendFileSync(path, text);
    else writeFileSync(path, text);
  }

  const lint = run(tree, [biome, "lint", "--max-diagnostics=none", "."]);
  const arrows = run(tree, [join(root, "scripts/check-dependency-rule.mjs"), tree]);
  const guarantees = run(tree, [join(root, "scripts/check-guarantees.mjs"), tree]);
  const commands = run(tree, [join(root, "scripts/check-commands.mjs"), tree]);
  if ([lint, arrows, guarantees, commands].some(({ status }) => status === 0))
    problems.push("a lint passed over planted violations");
  const reports = readReports(lint.output, arrows.output, guarantees.output, commands.output);

  for (const { file, rule, reason } of plants) {
    const report = reports.get(file)?.find((each) => each.rule === rule && each.message.includes(reason));
    if (report === undefined) {
      const instead = (reports.get(file) ?? []).map((each) => each.rule).join(", ") || "nothing";
      problems.push(`${file}: expected ${rule} with "${reason}"; reported was ${instead}`);
    } else {
      seen++;
      if (isListing) console.log(`${file}: ${rule}: ${reason}`);
    }
  }
  for (const { file } of legal) {
    for (const { rule, message } of reports.get(file) ?? []) {
      if (/noRestricted|plugin|dependency-rule|noImportCycles|guarantees|commands/.test(rule))
        problems.push(`${file} must pass: ${rule}:${message}`);
    }
  }
  if (reports.size === 0) problems.push(`no report could be read:\n${lint.output.slice(0, 2000)}`);
} finally {
  rmSync(tree, { recursive: true, force: true });
}

for (const problem of problems) console.error(problem);
console.log(`planted violations: ${seen} seen failing, ${problems.length} problems, ${Date.now() - started} ms`);
process.exitCode = problems.length === 0 ? 0 : 1;
