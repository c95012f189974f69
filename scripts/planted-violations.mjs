/**
 * One violation of every rule of this repository, and a few files that must pass. `check-planted-violations.mjs`
 * writes them into an empty tree and runs the lint over it.
 */
import { posix } from "node:path";
import { DEPENDENCY_RULE, FOLDERS } from "./dependency-rule.mjs";
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

/** Files that grants mention by name. */
const NAMED = [
  "record",
  "errors",
  "quotas",
  "whole-answer",
  "options",
  "producer",
  "index",
  "core/ports",
  "core/hash-key",
  "core/shard-map",
];
const ENTRY_POINTS = ["aggregate", "deaggregate", "lambda", "reader", "testing"].map((folder) => `${folder}/index`);

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

/**
 * Every import that the table does not grant: each folder, each type-only grant taken as a value, the SDK at the top.
 *
 * @returns {Plant[]}
 */
function arrowPlants() {
  const plants = [];
  for (const row of DEPENDENCY_RULE) {
    const targets = FOLDERS.filter((folder) => !row.mayImport.includes(`${folder}/`)).map((f) => `${f}/${STUB}`);
    if (!row.mayImport.includes("*")) targets.push("producer");
    const packages = row.part.endsWith("/") ? [] : ["@aws-sdk/client-kinesis"];
    for (const grant of row.mayImportTypes ?? []) (grant.endsWith("/") ? packages : targets).push(grant);
    for (const target of new Set([...targets, ...packages])) {
      const file = plantedFile(row.part, slug(target));
      const isPackage = packages.includes(target);
      const name = isPackage && target.endsWith("/") ? `${target}planted` : target;
      const from = isPackage ? name : specifier(file, name);
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
  plants.push({ file: "src/misc/planted.ts", text: STUB_TEXT, rule: ARROW, reason: "the folder is not in" });
  return plants;
}

const TIMERS = ["setTimeout", "setInterval", "setImmediate"];
const CLOCKS = ["Date", "performance"];
const WORLD = ["process", "crypto", "fetch", "globalThis"];

/** @type {Record<string, Record<string, readonly string[]>>} folder → words of the reason → globals */
const GLOBALS = {
  wire: {
    "wire is clock-free": CLOCKS,
    "wire starts no timer": TIMERS,
    "wire is synchronous": ["queueMicrotask"],
    "wire ": WORLD,
  },
  core: {
    "core is clock-free": CLOCKS,
    "core starts no timer": TIMERS,
    "core is synchronous": ["queueMicrotask"],
    "core ": WORLD,
  },
  pipeline: { "pipeline is clock-free": CLOCKS, "pipeline starts no timer": TIMERS, "pipeline ": WORLD },
};

const SDK = ["@aws-sdk/client-kinesis", "@smithy/node-http-handler", "@aws-sdk/client-kinesis/deep/file.js"];
const NODE = ["node:fs", "node:fs/promises", "fs", "node:worker_threads", "undici"];
/** @type {Record<string, { reason: string, refused: readonly string[] }>} folder → what Biome must say, packages */
const PACKAGES = {
  wire: { reason: "wire/ is bytes in, bytes out", refused: [...SDK, ...NODE, "node:crypto"] },
  core: { reason: "core/ is pure decisions", refused: [...SDK, ...NODE, "node:crypto"] },
  pipeline: { reason: "pipeline/ meets the world through ports only", refused: [...SDK, ...NODE, "node:timers"] },
  metrics: { reason: "metrics/ counts and publishes", refused: [...SDK, ...NODE] },
  aggregate: { reason: "aggregate/ is for people who only need the format", refused: [...SDK, ...NODE] },
  deaggregate: { reason: "deaggregate/ is a pure decoder", refused: [...SDK, ...NODE] },
  compression: { reason: "compression/ is used without the SDK", refused: [...SDK, ...NODE] },
  locks: { reason: "locks/ is used by parts that have no dependencies", refused: [...SDK, "undici"] },
  lambda: { reason: "lambda/ is bundled into functions", refused: [...SDK, ...NODE] },
  reader: { reason: "reader/ speaks GetRecords through @aws-sdk/*", refused: ["undici", "@smithy/node-http-handler"] },
  testing: { reason: "testing/ stands in for the service", refused: [...SDK, "undici"] },
  cli: { reason: "cli/ is a user of this library", refused: ["@smithy/node-http-handler", "undici"] },
};

/** @returns {Plant[]} */
function worldPlants() {
  /** @type {Plant[]} */
  const plants = [];
  for (const [folder, reasons] of Object.entries(GLOBALS)) {
    for (const [reason, names] of Object.entries(reasons)) {
      for (const name of names) {
        const text = `export const planted = ${name};\n`;
        const file = `src/${folder}/planted-global-${slug(name)}.ts`;
        plants.push({ file, text, rule: "lint/style/noRestrictedGlobals", reason });
      }
    }
  }
  for (const [folder, { reason, refused }] of Object.entries(PACKAGES)) {
    for (const name of refused) {
      const text = `import { planted } from "${name}";\nexport const use = planted;\n`;
      const file = `src/${folder}/planted-package-${slug(name)}.ts`;
      plants.push({ file, text, rule: "lint/style/noRestrictedImports", reason });
    }
  }
  const digest = 'import { planted } from "node:fs";\nexport const use = planted;\n';
  plants.push({
    file: "src/wire/body-digest.ts",
    text: digest,
    rule: "lint/style/noRestrictedImports",
    reason: "node:crypto in body-digest.ts only",
  });
  return plants;
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

/** @returns {Plant[]} */
function pluginPlants() {
  /** @type {Plant[]} */
  const plants = [];
  for (const folder of ["wire", "core"]) {
    ASYNC_FORMS.forEach((text, index) => {
      plants.push({
        file: `src/${folder}/planted-async-${index}.ts`,
        text: `${text}\n`,
        rule: "plugin",
        reason: "wire/ and core/ are synchronous",
      });
    });
  }
  for (const folder of [...FOLDERS.filter((name) => name !== "edge"), "."]) {
    plants.push({
      file: posix.join("src", folder, "planted-random.ts"),
      text: "export const planted = Math.random();\n",
      rule: "plugin",
      reason: "randomness is a port",
    });
  }
  for (const folder of ["wire", "core", "pipeline"]) {
    plants.push({
      file: `src/${folder}/planted-hidden-timer.ts`,
      text: "export const planted = AbortSignal.timeout(10);\n",
      rule: "plugin",
      reason: "a hidden timer",
    });
  }
  return plants;
}

/**
 * Arrows that must always be refused, even if the table changes. Otherwise a wider table would also remove the planted
 * violation.
 *
 * @type {Record<string, readonly string[]>}
 */
const NEVER = {
  "wire/": ["core/", "pipeline/", "edge/", "producer"],
  "core/": ["pipeline/", "edge/", "metrics/", "testing/", "producer", "record", "errors"],
  "pipeline/": ["edge/", "testing/", "producer"],
  "edge/": ["pipeline/", "core/", "producer"],
  "metrics/": ["pipeline/", "edge/", "core/", "producer"],
  "aggregate/": ["pipeline/", "edge/", "producer"],
  "deaggregate/": ["pipeline/", "edge/", "core/", "producer"],
  "compression/": ["pipeline/", "edge/", "producer"],
  "locks/": ["pipeline/", "edge/", "core/", "wire/", "producer"],
  "lambda/": ["pipeline/", "edge/", "core/", "producer"],
  "reader/": ["pipeline/", "edge/", "producer"],
  "testing/": ["pipeline/", "edge/", "core/", "producer"],
  "cli/": ["pipeline/", "edge/", "core/", "wire/", "producer"],
  "producer.ts": ["testing/", "cli/", "lambda/", "@aws-sdk/client-kinesis"],
  "*.ts": ["edge/", "testing/", "cli/", "@aws-sdk/client-kinesis"],
};

/**
 * The arrows of NEVER that the table grants.
 *
 * @returns {string[]}
 */
export function grantedAgainstTheRule() {
  const plants = arrowPlants();
  return Object.entries(NEVER).flatMap(([part, targets]) =>
    targets
      .filter((target) => {
        const name = target.endsWith("/") ? `${target}${STUB}` : target;
        const file = `src/${plantedFile(part, slug(name))}`;
        const from = name.startsWith("@") ? name : specifier(file.slice("src/".length), name);
        return !plants.some((plant) => plant.file === file && plant.reason.startsWith(`must not import "${from}":`));
      })
      .map((target) => `scripts/dependency-rule.mjs grants ${part} ${target}, which must stay refused`),
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
    /** @type {(grants: readonly string[], keyword: string) => string[]} */
    const lines = (grants, keyword) =>
      grants
        .map((grant) => (grant === "*" ? STUB : grant))
        .map((grant) => (grant.endsWith("/") && FOLDERS.includes(grant.slice(0, -1)) ? grant + STUB : grant))
        .filter((grant) => !grant.endsWith(":"))
        .map((grant) => (grant.endsWith("/") ? `${grant}planted` : specifier(file, grant)))
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
  const stubs = [...FOLDERS.map((folder) => `${folder}/${STUB}`), STUB, ...NAMED, ...ENTRY_POINTS];
  return {
    plants: /** @type {Plant[]} */ ([
      ...arrowPlants(),
      ...worldPlants(),
      ...pluginPlants(),
      ...commandPlants(),
      ...house,
    ]),
    legal: legalFiles(),
    stubs: stubs.map((path) => ({ file: `src/${path}.ts`, text: STUB_TEXT })),
  };
}
