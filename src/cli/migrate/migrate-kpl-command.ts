import { readFile } from "node:fs/promises";
import { fromKplProperties, type KplMigration, type KplReport } from "../../index.js";
import { show } from "../../wording/shown-value.js";
import { type Command, CommandError, type Terminal } from "../command.js";
import { counted } from "../counted.js";
import type { OptionTable, OptionValues } from "../option-table.js";
import { UsageError } from "../usage-error.js";
import { programText } from "./program-text.js";

const OPTIONS: OptionTable = {
  json: { meaning: "print the options and the report as a line of JSON on the standard output" },
};

const NOTES = `FILE is a configuration file of the KPL, which KinesisProducerConfiguration.fromPropertiesFile reads. - is the
standard input.
  kinesis-producer migrate-kpl kpl.properties > producer.mjs

Prints a program with the options of a KinesisProducer on the standard output, and what became of each key on the standard
error. A password is not shown. In JSON, Infinity is the text "Infinity". docs/from-kpl.md has all keys.

Status 0: every key is an option here, or needs none. 1: a key is missing or unknown, and the program needs your work; or a
value cannot be used, and nothing is printed.`;

/** `kinesis-producer migrate-kpl`: a configuration file of the KPL to options. */
export const migrateKplCommand: Command = {
  name: "migrate-kpl",
  summary: "print the options for a configuration file of the KPL, and what became of each of its keys",
  options: OPTIONS,
  operand: { value: "FILE", meaning: "one file to read; -: the standard input" },
  notes: NOTES,
  run: runMigrateKpl,
};

async function runMigrateKpl(values: OptionValues, terminal: Terminal): Promise<void> {
  const [file, ...more] = values.operands;
  if (file === undefined || more.length > 0)
    throw new UsageError(`migrate-kpl needs one FILE, got ${values.operands.length}`);
  const migration = migrate(await textOf(file, terminal), file);
  const { report } = migration;
  if (values.has("json")) terminal.out(JSON.stringify(migration, shownInJson));
  else print(migration, terminal);
  const open = report.missing.length + report.unknown.length;
  if (open > 0) throw new CommandError(`${counted(open, "key")} without an option: see the report`);
}

/** Java reads a file of properties as ISO 8859-1. */
async function textOf(file: string, terminal: Terminal): Promise<string> {
  if (file !== "-") {
    try {
      return await readFile(file, "latin1");
    } catch (error) {
      throw new CommandError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      });
    }
  }
  const chunks: Buffer[] = [];
  for await (const chunk of terminal.input()) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("latin1");
}

function migrate(text: string, file: string): KplMigration {
  try {
    return fromKplProperties(text);
  } catch (error) {
    // Only a value of the file can be wrong here: the text is a string.
    if (!(error instanceof Error)) throw error;
    throw new CommandError(`${file}: ${error.message.replaceAll("\n", `\n${file}: `)}`, { cause: error });
  }
}

function shownInJson(key: string, value: unknown): unknown {
  if (key === "password") return "***";
  return value === Number.POSITIVE_INFINITY ? "Infinity" : value;
}

function print({ options, report }: KplMigration, terminal: Terminal): void {
  terminal.out(programText(options, commentsOf(report)));
  for (const line of reportLines(report)) terminal.err(line);
}

function commentsOf({ mapped }: KplReport): Map<string, string> {
  return new Map(
    mapped.flatMap(({ options: [path = ""], note }) => (note === undefined ? [] : [[path.split(".")[0] ?? "", note]])),
  );
}

/** Keys of the KPL are words. Any other bytes may be long, or commands to the terminal. */
function shownKey(key: string): string {
  return /^[\w.-]{1,60}$/.test(key) ? key : show(key);
}

function reportLines({ mapped, dropped, missing, unknown }: KplReport): string[] {
  return [
    ...mapped.map(({ key, line, options, note }) => {
      const names = options.length === 0 ? "" : ` is ${options.join(" and ")}`;
      return `mapped   ${key} (line ${line})${names}${note === undefined ? "" : `: ${note}`}`;
    }),
    ...dropped.map(({ key, line, reason }) => `dropped  ${shownKey(key)} (line ${line}): ${reason}`),
    ...missing.map(({ key, line, instead }) => `missing  ${key} (line ${line}): ${instead}`),
    ...unknown.map(({ key, line, nearest }) => {
      const hint = nearest === undefined ? "" : `; did you mean ${nearest}?`;
      return `unknown  ${shownKey(key)} (line ${line}): the KPL has no such key${hint}`;
    }),
  ];
}
