/**
 * docs/compatibility.md, as far as runs write it: a section for each part, with the versions of its clients and its tests.
 * A run writes the sections of the parts that passed, and leaves the others.
 *
 * @typedef {{ fullName: string, status: string }} TestResult
 */
import { readFileSync, writeFileSync } from "node:fs";
import { installedVersions } from "./clients.mjs";
import { PARTS } from "./parts.mjs";

const DOCUMENT = "docs/compatibility.md";
const MARKERS = { start: "<!-- run: npm run test:interop -->", end: "<!-- /run -->" };

/**
 * Writes the sections of these parts, or reports that they differ from this run.
 *
 * @param {ReadonlyMap<string, readonly TestResult[]>} passed - the tests of each part that passed
 * @param {boolean} isUpdate
 * @returns {boolean} false if they differ
 */
export function keepDocument(passed, isUpdate) {
  const old = readFileSync(DOCUMENT, "utf8");
  const start = old.indexOf(MARKERS.start);
  const end = old.indexOf(MARKERS.end);
  if (start === -1 || end < start) throw new Error(`${DOCUMENT} has no place for the run: ${MARKERS.start}`);
  const head = old.slice(0, start + MARKERS.start.length);
  const before = sectionsOf(old.slice(head.length, end));
  const sections = Object.keys(PARTS).flatMap((name) => {
    const tests = passed.get(name);
    return tests === undefined ? (before.get(name) ?? []) : rendered(name, tests);
  });
  const text = `${head}\n\n${[tableOf(sections), ...sections].join("\n\n")}\n\n${old.slice(end)}`;
  if (text === old) return true;
  if (!isUpdate) {
    console.error(`${DOCUMENT} tells another run: \`npm run test:interop -- --update\` with these parts writes it`);
    return false;
  }
  writeFileSync(DOCUMENT, text);
  console.log(`${DOCUMENT} written`);
  return true;
}

/**
 * The table above the sections.
 *
 * @param {readonly string[]} sections
 */
function tableOf(sections) {
  const rows = sections.map((section) => {
    const [name = ""] = /^### (.+)$/m.exec(section)?.slice(1) ?? [];
    const [versions = ""] = /^Versions: (.+)\.$/m.exec(section)?.slice(1) ?? [];
    const [count = ""] = /^Result of .+: (.+)\.$/m.exec(section)?.slice(1) ?? [];
    return `| [${name}](#${name}) | ${versions.replaceAll("; ", "<br>")} | ${count} |`;
  });
  return ["| part | versions | cases |", "| --- | --- | --- |", ...rows].join("\n");
}

/**
 * @param {string} text
 * @returns {Map<string, string>}
 */
function sectionsOf(text) {
  const sections = text.split(/^### /m).slice(1);
  return new Map(sections.map((section) => [section.slice(0, section.indexOf("\n")), `### ${section.trim()}`]));
}

/**
 * @param {string} name
 * @param {readonly TestResult[]} tests
 */
function rendered(name, tests) {
  const part = PARTS[name];
  const all = (part?.needs ?? []).flatMap((client) => Object.entries(installedVersions(client)));
  const shown = all.filter(([client]) => part?.shows === undefined || part.shows.includes(client));
  return [
    `### ${name}`,
    "",
    `${part?.about}.`,
    `Versions: ${shown.map(([client, version]) => `${client} ${version}`).join("; ")}.`,
    ...(part?.set === undefined ? [] : ["", `To set: ${part.set}.`, ""]),
    `Result of \`npm run test:interop -- ${name}\`: ${tests.length} passed.`,
    "",
    ...tests.map((test) => `- ✓ ${test.fullName}`),
  ].join("\n");
}
