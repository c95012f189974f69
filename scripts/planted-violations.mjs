/**
 * One violation of every rule of this repository, and a few files that must pass. `check-planted-violations.mjs`
 * writes them into an empty tree and runs the lint over it.
 */
import { posix } from "node:path";
import { DEPENDENCY_RULE, FOLDERS, isGranted, isPackage, REFUSALS } from "./dependency-rule.mjs";
import { COMMANDS_THAT_ARE_THERE, commandPlants } from "./planted-commands.mjs";

/**
 * @typedef {object} Plant
 * @property {string} file - where it is planted; one violation per file
 * @property {string} text
 * @property {string} rule - the rule that must report the file
 * @property {string} reason - what the report must say
 */

export const ARROW = "dependency-rule";

/** A module that exports `planted`: every folder has one, so that no import dangles. */
const STUB = "planted-stub";
const STUB_TEXT = "export const planted = 1;\n";

/** Files that the table mentions by name. */
const NAMED = DEPENDENCY_RULE.flatMap(({ part, mayImport, mayImportTypes = [], never = [] }) => [
  ...(part === "*.ts" ? [] : [part.replace(/\.ts$/, "")]),
  ...mayImport,
  ...mayImportTypes,
  ...never,
]).filter((name) => name !== "*" && !name.endsWith("/") && !isPackage(name));

/** @type {(from: string, target: string) => string} */
function specifier(from, target) {
  const path = posix.relative(posix.dirname(from), target);
  return path.startsWith(".") ? `${path}.js` : `./${path}.js`;
}

/**
 * A file of a row, named after its violation. A row of one file has only that file, which collects all imports.
 *
 * @type {(part: string, name: string) => string}
 */
function plantedFile(part, name) {
  if (part.endsWith("/")) return `${part}planted-${name}.ts`;
  return part === "*.ts" ? `planted-${name}.ts` : part;
}

/** @type {(text: string) => string} */
const slug = (text) =>
  text
    .replace(/[^a-z0-9]+/gi, "-")
    .replace(/^-|-$/g, "")
    .toLowerCase();

/** A package that no part may import, and one that Node has under a second name. */
const FOREIGN = ["undici", "fs"];
const PACKAGES = [...new Set(DEPENDENCY_RULE.flatMap(({ mayImport }) => mayImport.filter(isPackage)))];

/**
 * A name of the table as an import names it: a folder by its stub, a package by one of that prefix.
 *
 * @type {(name: string) => string}
 */
function importedName(name) {
  if (isPackage(name)) return /[/:]$/.test(name) ? `${name}planted` : name;
  return name.endsWith("/") ? `${name}${STUB}` : name;
}

/** @type {(grants: readonly string[], imported: string) => boolean} */
const grants = (grants, imported) => isGranted(grants, { isPackage: isPackage(imported), name: imported });

/**
 * Every import that the table does not grant: each folder, each package, each type-only grant taken as a value.
 *
 * @returns {Plant[]}
 */
function arrowPlants() {
  const plants = [];
  for (const row of DEPENDENCY_RULE) {
    const names = [...FOLDERS.map((f) => `${f}/`), "producer", ...PACKAGES, ...FOREIGN, ...(row.mayImportTypes ?? [])];
    const refused = names.map(importedName).filter((name) => !grants(row.mayImport, name));
    for (const name of new Set(refused)) {
      const file = plantedFile(row.part, slug(name));
      const from = isPackage(name) ? name : specifier(file, name);
      plants.push({
        file: `src/${file}`,
        text: `import { planted } from "${from}";\nexport const use${plants.length} = planted;\n`,
        rule: ARROW,
        reason: `must not import "${from}": ${row.reason}`,
      });
    }
  }
  const forms = [
    'export { planted } from "../edge/S.js";',
    'export const p = import("../edge/S.js");',
    'export type P = import("../edge/S.js").P;',
  ];
  forms.forEach((form, index) => {
    const text = `${form.replace("S", STUB)}\n`;
    plants.push({ file: `src/core/planted-form-${index}.ts`, text, rule: ARROW, reason: "core/ is pure decisions" });
  });
  const over = 'import { planted } from "../core/lane/closed-keys.js";\nexport const used = planted;\n';
  plants.push({ file: "src/pipeline/planted-fence.ts", text: over, rule: ARROW, reason: "private to core/lane/" });
  plants.push({ file: "src/core/planted-folder/planted.ts", text: STUB_TEXT, rule: ARROW, reason: "is not in FENCES" });
  plants.push({ file: "src/misc/planted.ts", text: STUB_TEXT, rule: ARROW, reason: "the folder is not in" });
  return plants;
}

/** @returns {Plant[]} */
function globalPlants() {
  return DEPENDENCY_RULE.flatMap(({ part, refuses }) =>
    refuses.flatMap((refusal) =>
      Object.entries(REFUSALS[refusal].globals).map(([name, reason]) => ({
        file: `src/${plantedFile(part, `global-${slug(name)}`)}`,
        text: `export const planted${name} = ${name};\n`,
        rule: "lint/style/noRestrictedGlobals",
        reason,
      })),
    ),
  );
}

const ASYNC_FORMS = [
  "export async function planted(): Promise<void> {}",
  "export const planted = async (): Promise<void> => {};",
  "export const planted = async function named(): Promise<void> {};",
  "export class Planted {\n  async run(): Promise<void> {}\n}",
  "export class Planted {\n  static async *run(): AsyncGenerator<number> {}\n}",
  "export const planted = {\n  async run(): Promise<void> {},\n};",
  "export const planted = new Promise<void>(() => {});",
  "export const planted = new Promise(() => {});",
  "export const planted = Promise.resolve(1);",
  "export const planted = Promise.all<number>([]);",
];

/** The forms that each plugin finds, and words of its message. @type {Readonly<Record<string, readonly [string, string[]]>>} */
const PLUGIN_FORMS = {
  "synchronous-only": ["this folder is synchronous", ASYNC_FORMS],
  "no-math-random": ["randomness is a port", ["export const planted = Math.random();"]],
  "no-hidden-timer": ["a hidden timer", ["export const planted = AbortSignal.timeout(10);"]],
};

/** @returns {Plant[]} */
function pluginPlants() {
  /** @type {Plant[]} */
  const plants = [];
  // A file with its own row takes one violation of a kind: it has only that file.
  for (const { part, refuses } of DEPENDENCY_RULE.filter((row) => row.part.endsWith("/") || row.part === "*.ts")) {
    for (const { plugin } of refuses.map((refusal) => REFUSALS[refusal])) {
      if (plugin === undefined) continue;
      const [reason, forms] = PLUGIN_FORMS[plugin] ?? [];
      if (forms === undefined || reason === undefined) throw new Error(`PLUGIN_FORMS has no form for ${plugin}`);
      forms.forEach((text, index) => {
        const file = `src/${plantedFile(part, `${plugin}-${index}`)}`;
        plants.push({ file, text: `${text}\n`, rule: "plugin", reason });
      });
    }
  }
  return plants;
}

/**
 * The arrows that the table grants though it says that they must stay refused: widening a grant would otherwise take the
 * planted violation along.
 *
 * @returns {string[]}
 */
export function grantedAgainstTheRule() {
  return DEPENDENCY_RULE.flatMap(({ part, mayImport, never = [] }) =>
    never
      .filter((name) => grants(mayImport, importedName(name)))
      .map((name) => `scripts/dependency-rule.mjs grants ${part} ${name}, which must stay refused`),
  );
}

/** Rules beyond the dependency rule: file, text, rule, words of the message. */
const HOUSE = [
  ["src/core/planted-enum.ts", "export enum Planted {\n  A,\n}", "style/noEnum", "enum"],
  [
    "src/core/planted-namespace.ts",
    "export namespace Planted {\n  export const a = 1;\n}",
    "style/noNamespace",
    "namespace",
  ],
  [
    "src/core/planted-parameter-property.ts",
    "export class Planted {\n  constructor(readonly a: number) {}\n}",
    "style/noParameterProperties",
    "parameter propert",
  ],
  ["src/core/planted-default.ts", "export default 1;", "style/noDefaultExport", "default export"],
  ["src/core/PlantedName.ts", "export const planted = 1;", "style/useFilenamingConvention", "kebab-case"],
  ["src/core/planted-long.ts", "export {};\n".repeat(401).trimEnd(), "style/noExcessiveLinesPerFile", "400"],
  ["src/core/planted-re-export.ts", `export * from "./${STUB}.js";`, "performance/noReExportAll", "export *"],
  [
    "src/core/planted-cycle-a.ts",
    'import type { B } from "./planted-cycle-b.js";\nexport type A = B;',
    "suspicious/noImportCycles",
    "cycle",
  ],
  [
    "src/core/planted-cycle-b.ts",
    'import type { A } from "./planted-cycle-a.js";\nexport type B = A | 1;',
    "suspicious/noImportCycles",
    "cycle",
  ],
  [
    "src/edge/planted-floating.ts",
    "async function run(): Promise<number> {\n  return await new Promise((done) => done(1));\n}\nexport function planted(): void {\n  run();\n}",
    "nursery/noFloatingPromises",
    "Promise",
  ],
  ["src/core/planted-console.ts", 'console.log("planted");\nexport {};', "suspicious/noConsole", "console"],
  [
    "test/unit/planted-only.test.ts",
    'import { it } from "vitest";\n\nit.only("plants", () => {});',
    "suspicious/noFocusedTests",
    "focus",
  ],
  [
    "test/unit/planted-skip.test.ts",
    'import { it } from "vitest";\n\nit.skip("plants", () => {});',
    "suspicious/noSkippedTests",
    "disabled test",
  ],
  [
    "src/core/planted-ignore.ts",
    "// @ts-ignore\nexport const planted: number = 1;",
    "suspicious/noTsIgnore",
    "@ts-ignore",
  ],
];

/**
 * Files that the rule must accept: every grant of the table, and the globals that only `edge/` may use.
 *
 * @returns {{ file: string, text: string }[]}
 */
function legalFiles() {
  const legal = [];
  for (const row of DEPENDENCY_RULE.filter((each) => each.part.endsWith("/") || each.part === "*.ts")) {
    const file = plantedFile(row.part, "legal");
    /** @type {(granted: readonly string[], keyword: string) => string[]} */
    const lines = (granted, keyword) =>
      granted
        .map((name) => (name === "*" ? STUB : importedName(name)))
        .map((name) => (isPackage(name) ? name : specifier(file, name)))
        .map((from, index) => `${keyword} { planted as ${keyword.replace(" ", "")}${index} } from "${from}";`);
    const text = [...lines(row.mayImport, "export"), ...lines(row.mayImportTypes ?? [], "export type"), ""].join("\n");
    legal.push({ file: `src/${file}`, text });
  }
  legal.push({
    file: "src/edge/planted-world.ts",
    text: [
      'import { planted } from "@aws-sdk/client-kinesis";',
      'import { hash } from "node:crypto";',
      "export const use = [planted, hash, Date.now(), Math.random(), setTimeout, process, performance];",
      "export async function wait(): Promise<void> {",
      "  await Promise.resolve();",
      "}",
      "",
    ].join("\n"),
  });
  legal.push(COMMANDS_THAT_ARE_THERE);
  legal.push({
    file: "src/core/planted-port.ts",
    text: "export interface Port {\n  ask(): Promise<number>;\n}\n",
  });
  return legal;
}

/**
 * @returns {{ plants: Plant[], legal: { file: string, text: string }[], stubs: { file: string, text: string }[] }}
 */
export function plantedTree() {
  const house = HOUSE.map(([file, text, rule, reason]) => ({ file, text: `${text}\n`, rule: `lint/${rule}`, reason }));
  const stubs = new Set([...FOLDERS.map((folder) => `${folder}/${STUB}`), STUB, ...NAMED]);
  return {
    plants: /** @type {Plant[]} */ ([
      ...arrowPlants(),
      ...globalPlants(),
      ...pluginPlants(),
      ...commandPlants(),
      ...house,
    ]),
    legal: legalFiles(),
    stubs: [...stubs].map((path) => ({ file: `src/${path}.ts`, text: STUB_TEXT })),
  };
}
