import { InvalidOptionError } from "../base-errors.js";
import type { ProducerOptions } from "../options.js";
import { didYouMean } from "../wording/nearest-name.js";
import { show } from "../wording/shown-value.js";
import { KPL_KEYS, type KplKey } from "./kpl-keys.js";
import { type KplValue, readValue } from "./kpl-value.js";
import type { Outcome } from "./outcome.js";
import { PropertiesSyntaxError, type Property, readProperties } from "./properties.js";

/** A key in a configuration file of the KPL. */
export interface KplAssignment {
  readonly key: string;
  /** The value as text, without the escapes of the file; `***` for a password, also under a misspelt key. */
  readonly value: string;
  /** The line of the file, from 1. */
  readonly line: number;
}

/** The keys of a file by their fate, in the order of the file. */
export interface KplReport {
  /** Keys that are options here: their paths, and a note if something is different. */
  readonly mapped: readonly (KplAssignment & { readonly options: readonly string[]; readonly note?: string })[];
  /** Keys that need no option, each with the reason. */
  readonly dropped: readonly (KplAssignment & { readonly reason: string })[];
  /** Keys without an option of the producer: what the program must do instead. */
  readonly missing: readonly (KplAssignment & { readonly instead: string })[];
  /** Keys that the KPL does not have, each with the nearest of its keys. The KPL only warns about them. */
  readonly unknown: readonly (KplAssignment & { readonly nearest?: string })[];
}

/** The options for a configuration file of the KPL, and what became of its keys. */
export interface KplMigration {
  /** Options of a `KinesisProducer`; the stream is not in the file, because each call of the KPL names it. */
  readonly options: ProducerOptions;
  readonly report: KplReport;
}

/**
 * Reads a configuration file of the KPL, as `KinesisProducerConfiguration.fromPropertiesFile` does, and returns the options
 * for a `KinesisProducer`. The keys are those of KPL 1.1.1; docs/from-kpl.md has all of them.
 *
 * @param text - the contents of a Java `.properties` file; Java reads such files as ISO 8859-1
 * @throws {@link InvalidOptionError} for values that the KPL refuses, too. Its message has every such value with its line,
 * and `option` is the first key
 *
 * @example
 * ```ts
 * const { options, report } = fromKplProperties(await readFile("kpl.properties", "latin1"));
 * const producer = new KinesisProducer({ ...options, streamName: "clicks" });
 * ```
 */
export function fromKplProperties(text: string): KplMigration {
  if (typeof text !== "string") throw new InvalidOptionError("text", `text must be a string, got ${show(text)}`);
  const properties = read(text);
  const last = new Map(properties.map((property) => [property.key, property]));
  const values = readValues(last);
  const report: Report = { mapped: [], dropped: [], missing: [], unknown: [] };
  const set = new Map<string, unknown>();
  for (const found of properties) {
    const known = Object.hasOwn(KPL_KEYS, found.key) ? KPL_KEYS[found.key] : undefined;
    const valid = last.get(found.key);
    // Reports are printed and logged. A misspelt key may have the password, too.
    const property = SECRET.test(found.key) ? { ...found, value: "***" } : found;
    if (valid !== found) report.dropped.push({ ...property, reason: `line ${valid?.line} sets it again` });
    else if (known === undefined) report.unknown.push({ ...property, ...nearestTo(property.key) });
    else file(property, known.place(values.get(property.key) as KplValue, values), report, set);
  }
  return { options: nested(set), report };
}

/** Keys whose values are not shown. */
const SECRET = /pass|pasw|pwd|secret|token/i;

type Report = { [Part in keyof KplReport]: KplReport[Part][number][] };

function read(text: string): readonly Property[] {
  try {
    return readProperties(text);
  } catch (error) {
    if (!(error instanceof PropertiesSyntaxError)) throw error;
    throw new InvalidOptionError("text", error.message);
  }
}

/** The checked values of all known keys. */
function readValues(properties: ReadonlyMap<string, Property>): ReadonlyMap<string, KplValue> {
  const values = new Map<string, KplValue>();
  const problems: { readonly key: string; readonly text: string }[] = [];
  for (const { key, value, line } of properties.values()) {
    if (!Object.hasOwn(KPL_KEYS, key)) continue;
    const found = readValue(key, (KPL_KEYS[key] as KplKey).rule, value);
    if ("value" in found) values.set(key, found.value);
    else problems.push({ key, text: `${found.problem} (line ${line})` });
  }
  const [first] = problems;
  if (first === undefined) return values;
  throw new InvalidOptionError(first.key, problems.map((problem) => problem.text).join("\n"));
}

function nearestTo(key: string): { readonly nearest?: string } {
  const [, nearest] = /^; did you mean (\w+)\?$/.exec(didYouMean(key, Object.keys(KPL_KEYS))) ?? [];
  return nearest === undefined ? {} : { nearest };
}

function file(property: Property, outcome: Outcome, report: Report, set: Map<string, unknown>): void {
  switch (outcome.kind) {
    case "mapped": {
      for (const [path, value] of outcome.set) set.set(path, value);
      const options = outcome.set.map(([path]) => path);
      report.mapped.push({ ...property, options, ...(outcome.note === undefined ? {} : { note: outcome.note }) });
      return;
    }
    case "dropped":
      report.dropped.push({ ...property, reason: outcome.reason });
      return;
    case "missing":
      report.missing.push({ ...property, instead: outcome.instead });
  }
}

/** Options in their sections. `aggregation: false` leaves no place for the rest of its section, which it makes useless. */
function nested(set: ReadonlyMap<string, unknown>): ProducerOptions {
  const options: Record<string, unknown> = {};
  for (const [path, value] of set) {
    const [section = "", name] = path.split(".");
    const there = options[section];
    if (name === undefined) options[section] = there === undefined || value === false ? value : there;
    else if (there !== false) options[section] = { ...(typeof there === "object" ? there : {}), [name]: value };
  }
  return options;
}
