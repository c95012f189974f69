/**
 * The generated parts of the documents: the tables of docs/reference.md (options, error codes), docs/errors.md (error
 * codes) and docs/metrics.md (the fields of `stats()`), the operations of docs/local-kinesis.md, and the helps of the
 * commands. Needs `npm run build`. Fails when a document differs; `--update` writes it.
 *
 *     node scripts/docs-tables.mjs [--update]
 */
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { ERROR_GUIDE } from "./error-guide.mjs";
import { exporterTables } from "./exporter-tables.mjs";
import { fillPlaces, markdownTable } from "./marked-places.mjs";
import { operationsTable } from "./operations-table.mjs";

const isUpdate = process.argv.includes("--update");

/** @param {string} file */
const load = (file) => import(pathToFileURL(file).href);
/** @type {{ OPTIONS: Record<string, { kind: string, default?: unknown, min: number, max: number, mayBeInfinite?: boolean }> }} */
const { OPTIONS } = await load("dist/option-table.js");
/** @type {{ ERROR_CODES: Record<keyof typeof ERROR_GUIDE, string> }} */
const { ERROR_CODES } = await load("dist/errors.js");
/** @type {{ COMMANDS: readonly { name: string }[] }} */
const { COMMANDS } = await load("dist/cli/commands.js");
/** @type {{ commandHelp(command: object): string }} */
const { commandHelp } = await load("dist/cli/help.js");

/**
 * Members of an interface: name, type, the comment without its tags, and its remarks.
 *
 * @param {string} file
 * @param {string} interfaceName
 */
function members(file, interfaceName) {
  const text = readFileSync(file, "utf8");
  const source = ts.createSourceFile(file, text, { languageVersion: ts.ScriptTarget.Latest }, true);
  const declaration = source.statements.filter(ts.isInterfaceDeclaration).find((s) => s.name.text === interfaceName);
  if (declaration === undefined) throw new Error(`${file} has no interface ${interfaceName}`);
  return declaration.members.filter(ts.isPropertySignature).map((member) => {
    const name = member.name.getText(source);
    const [doc] = ts.getJSDocCommentsAndTags(member);
    if (doc === undefined) throw new Error(`${interfaceName}.${name} has no comment`);
    const remarks = ts.getJSDocTags(member).find(({ tagName }) => tagName.text === "remarks");
    const type = (member.type?.getText(source) ?? "").replace(/\s+/g, " ");
    return { name, type, meaning: plainText(doc.comment), remarks: plainText(remarks?.comment) };
  });
}

/** @param {ts.JSDoc["comment"]} comment */
function plainText(comment) {
  return (ts.getTextOfJSDocComment(comment) ?? "").replace(/\s+/g, " ").trim();
}

/** @param {number} value */
function number(value) {
  if (value === Number.POSITIVE_INFINITY) return "Infinity";
  return Math.abs(value) >= 1e12 ? value.toExponential() : value.toLocaleString("en");
}

/** @param {unknown} value */
function shown(value) {
  if (value === undefined) return "–";
  return typeof value === "number" ? number(value) : String(value);
}

/**
 * @param {string} prefix
 * @param {string} interfaceName
 * @returns {string[][]}
 */
function optionRows(prefix, interfaceName) {
  /** @type {Record<string, string>} */
  const sections = { tls: "TlsOptions", aggregation: "AggregationOptions", shardLimits: "ShardLimitOptions" };
  return members("src/options.ts", interfaceName).flatMap(({ name, type, meaning }) => {
    const path = prefix + name;
    const option = OPTIONS[path];
    if (option === undefined) throw new Error(`src/option-table.ts has no row for ${path}`);
    const orInfinity = option.mayBeInfinite === true ? ", or Infinity" : "";
    const range = option.kind === "number" ? `${number(option.min)} to ${number(option.max)}${orInfinity}` : "";
    const row = [`\`${path}\``, `\`${type.replaceAll("|", "\\|")}\``, shown(option.default), range, meaning];
    const section = prefix === "" ? sections[name] : undefined;
    return section === undefined ? [row] : [row, ...optionRows(`${name}.`, section)];
  });
}

/**
 * The table of an interface of `stats()`. The remarks of a field are its kind, its unit, and `KPL` with the KPL's name.
 *
 * @param {string} file
 * @param {string} interfaceName
 */
function statsTable(file, interfaceName) {
  const rows = members(file, interfaceName).map(({ name, meaning, remarks }) => {
    const [kind, ...others] = remarks.split(", ");
    if (kind === undefined || kind === "") throw new Error(`${interfaceName}.${name} has no @remarks with its kind`);
    const kpl = others.find((part) => part.startsWith("KPL "))?.slice("KPL ".length) ?? "";
    const unit = others.find((part) => !part.startsWith("KPL ")) ?? "";
    return [`\`${name}\``, kind, unit, meaning, kpl];
  });
  return markdownTable(["name", "kind", "unit", "meaning", "KPL"], rows);
}

/** @param {string} name */
function help(name) {
  const command = COMMANDS.find((each) => each.name === name);
  if (command === undefined) throw new Error(`there is no command ${name}`);
  return ["```text", `$ kinesis-producer ${name} --help`, "", commandHelp(command), "```"].join("\n");
}

/** @type {Record<string, Record<string, string>>} document → name of the place → text */
const PARTS = {
  "docs/reference.md": {
    options: markdownTable(["option", "type", "default", "range", "meaning"], optionRows("", "ProducerOptions")),
    errors: markdownTable(
      ["code", "meaning"],
      Object.entries(ERROR_CODES).map(([code, meaning]) => [`\`${code}\``, meaning]),
    ),
  },
  "docs/metrics.md": {
    "stats of a producer": statsTable("src/stats.ts", "ProducerStats"),
    "stats of a stream": statsTable("src/stats.ts", "StreamStats"),
    "stats of the last minute": statsTable("src/stats.ts", "RecentStats"),
    "stats of a shard": statsTable("src/shard-stats.ts", "ShardStats"),
  },
  "docs/errors.md": {
    errors: markdownTable(
      ["code", "meaning", "when", "retry", "delivery", "status for an HTTP service"],
      Object.entries(ERROR_GUIDE).map(([code, { when, retry, delivery, status }]) => {
        const meaning = ERROR_CODES[/** @type {keyof typeof ERROR_GUIDE} */ (code)];
        return [`\`${code}\``, meaning, when, retry, delivery, status];
      }),
    ),
  },
  "docs/exporters.md": await exporterTables(),
  "docs/local-kinesis.md": {
    operations: await operationsTable(),
    "kinesis-producer local": help("local"),
    "kinesis-producer faults": help("faults"),
  },
  "docs/consumers.md": {
    "kinesis-producer tail": help("tail"),
    "kinesis-producer deaggregate": help("deaggregate"),
  },
  "docs/dead-letters.md": { "kinesis-producer put": help("put") },
  "docs/cost.md": { "kinesis-producer cost": help("cost") },
  "docs/load.md": { "kinesis-producer load": help("load") },
};
for (const [document, parts] of Object.entries(PARTS)) {
  const before = readFileSync(document, "utf8");
  const after = fillPlaces(document, parts);
  if (isUpdate) writeFileSync(document, after);
  else if (after !== before) {
    console.error(`${document} does not say what the sources say; run: npm run check docs -- --update`);
    process.exitCode = 1;
  }
}
