import { InvalidOptionError } from "./errors.js";
import {
  type AskedFor,
  type NumberRow,
  OPTIONS,
  type OptionPath,
  type OptionRow,
  type OptionValue,
} from "./option-table.js";
import type { ProducerOptions } from "./options.js";
import { unknownOption } from "./unknown-option.js";
import { show } from "./wording/shown-value.js";

type Decided = {
  [Path in OptionPath]: (typeof OPTIONS)[Path] extends { kind: "number" | "flag" | "choice" } ? Path : never;
};

/** Options that have a value even if nobody sets them. */
type DecidedPath = Exclude<Decided[OptionPath], AskedFor>;

/** The value of every option: the given one, or the default. */
export type OptionValues = {
  readonly [Path in OptionPath]: Path extends DecidedPath ? OptionValue<Path> : OptionValue<Path> | undefined;
};

/** The options of a caller, each read once. */
export interface CheckedOptions {
  readonly values: OptionValues;
  /** The options that have a value from the caller. */
  readonly set: ReadonlySet<OptionPath>;
}

/**
 * Checks each option by its row, and fills in the defaults. Reads each option once, in the order of the table: a
 * section before its options.
 *
 * @throws {@link InvalidOptionError} for the first one that is unknown or cannot be used
 */
export function checkOptions(options: ProducerOptions): CheckedOptions {
  if (typeof options !== "object" || options === null) throw wrongValue("options", "an object", options);
  refuseUnknown(options, "");
  const objects: Record<string, object> = { "": options };
  const values: Record<string, unknown> = {};
  const set: Set<OptionPath> = new Set();
  for (const [path, row] of Object.entries(OPTIONS) as [OptionPath, OptionRow][]) {
    const [prefix, name] = split(path);
    const value = read(objects[prefix] as Record<string, unknown>, name, path);
    if (value !== undefined) set.add(path);
    values[path] = checkValue(path, row, value);
    if (row.kind === "section") objects[`${path}.`] = readSection(path, row, value);
  }
  return { values: Object.freeze(values) as OptionValues, set };
}

/** The value of an option. A getter of the caller may throw. */
function read(object: Readonly<Record<string, unknown>>, name: string, path: string): unknown {
  try {
    return object[name];
  } catch (cause) {
    throw new InvalidOptionError(path, `${path} cannot be read: its getter throws`, { cause });
  }
}

/** The names of the options of an object, which may be a Proxy. */
function namesOf(options: object, name: string): readonly string[] {
  try {
    return Object.keys(options);
  } catch (cause) {
    throw new InvalidOptionError(name, `${name} cannot be read: its Proxy throws`, { cause });
  }
}

function split(path: string): [prefix: string, name: string] {
  const dot = path.indexOf(".") + 1;
  return [path.slice(0, dot), path.slice(dot)];
}

function readSection(path: OptionPath, row: OptionRow & { kind: "section" }, value: unknown): object {
  if (value === undefined) return {};
  const meant = row.shortFor?.(value) ?? value;
  refuseUnknown(meant as object, `${path}.`);
  return meant as object;
}

function refuseUnknown(options: object, prefix: string): void {
  for (const name of namesOf(options, prefix === "" ? "options" : prefix.slice(0, -1))) {
    // A name with a dot is a path of the table: the option itself is set in its section.
    if (name.includes(".") || !Object.hasOwn(OPTIONS, prefix + name)) throw unknownOption(name, prefix);
  }
}

function checkValue(path: OptionPath, row: OptionRow, value: unknown): unknown {
  const wanted = value === undefined ? undefined : wantedInstead(row, value);
  if (wanted !== undefined) throw wrongValue(path, wanted, value);
  return value === undefined && "default" in row ? row.default : value;
}

/** The expected kind of value, for the message; undefined when the value is valid. */
function wantedInstead(row: OptionRow, value: unknown): string | undefined {
  switch (row.kind) {
    case "number":
      return isInRange(row, value) ? undefined : rangeOf(row);
    case "flag":
      return typeof value === "boolean" ? undefined : "true or false";
    case "choice":
      return row.choices.some((choice) => choice === value)
        ? undefined
        : row.choices.map((choice) => `"${choice}"`).join(" or ");
    case "section":
      return row.shortFor?.(value) !== undefined || isPlain(value) ? undefined : row.wanted;
    case "value":
      return row.isRight?.(value) === false ? row.wanted : undefined;
  }
}

function isInRange({ min, max, isWhole = false, mayBeInfinite = false }: NumberRow, value: unknown): boolean {
  if (mayBeInfinite && value === Number.POSITIVE_INFINITY) return true;
  return typeof value === "number" && value >= min && value <= max && (!isWhole || Number.isInteger(value));
}

function rangeOf({ min, max, why, isWhole, mayBeInfinite }: NumberRow): string {
  const kind = isWhole === true ? "a whole number" : "a number";
  return `${kind} from ${min} to ${max}${mayBeInfinite === true ? ", or Infinity" : ""} (${why})`;
}

function isPlain(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrongValue(name: string, wanted: string, value: unknown): InvalidOptionError {
  return new InvalidOptionError(name, `${name} must be ${wanted}, got ${show(value)}`);
}
