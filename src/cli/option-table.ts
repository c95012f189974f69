import { parseArgs } from "node:util";
import { didYouMean } from "../wording/nearest-name.js";
import { UsageError } from "./usage-error.js";
import { HELP_COLUMNS, wrapRows } from "./wrap-text.js";

/** One option of a command. */
export interface OptionSpec {
  /** Placeholder of the value in the help; absent for a flag. */
  readonly value?: string;
  /** The option may be given several times. */
  readonly isRepeatable?: boolean;
  /** One sentence, for the help. */
  readonly meaning: string;
}

/** The options of a command by name, without the dashes, in the order of the help. */
export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** Arguments without a name, of any number: files, for example. */
export interface Operand {
  /** Placeholder of one argument in the help. */
  readonly value: string;
  /** One sentence, for the help. */
  readonly meaning: string;
}

/** The option that every command has. */
const HELP: OptionSpec = { meaning: "print this help and exit" };

/** The options of one command line, as text. */
export class OptionValues {
  readonly #values: ReadonlyMap<string, readonly string[]>;
  /** Arguments without a name, in order. */
  readonly operands: readonly string[];

  constructor(values: ReadonlyMap<string, readonly string[]>, operands: readonly string[] = []) {
    this.#values = values;
    this.operands = operands;
  }

  /** Whether the option was given. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Every value that was given to the option, in order. */
  texts(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /**
   * @param rule - the pattern of the value, and its description for the error * @throws UsageError when the value does
   * not match
   */
  text(name: string, rule?: { readonly pattern: RegExp; readonly allowed: string }): string | undefined {
    const value = this.texts(name)[0];
    if (value !== undefined && rule?.pattern.test(value) === false) throw wrongValue(name, rule.allowed, value);
    return value;
  }

  /**
   * The meaning of a word.
   *
   * @throws UsageError when the word is not one of the choices
   */
  choice<Value>(name: string, choices: Readonly<Record<string, Value>>): Value | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!Object.hasOwn(choices, text)) throw wrongValue(name, Object.keys(choices).join(" or "), text);
    return choices[text];
  }

  /** @throws UsageError when the value is not a whole number within the bounds */
  integer(name: string, min: number, max: number): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = /^-?\d+$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    const allowed =
      max === Number.MAX_SAFE_INTEGER ? `a whole number of at least ${min}` : `a whole number, ${min} to ${max}`;
    throw wrongValue(name, allowed, value);
  }
}

/** The error for a wrong value; every option has this form. */
export function wrongValue(name: string, allowed: string, value: string): UsageError {
  return new UsageError(`--${name} must be ${allowed}, got ${JSON.stringify(value)}`);
}

/**
 * Reads the arguments of a command.
 *
 * @throws UsageError for an unknown option, a missing value, or one value too many
 */
export function readOptions(args: readonly string[], table: OptionTable, operand?: Operand): OptionValues {
  const known: OptionTable = { ...table, help: HELP };
  const { tokens } = parseArgs({
    args: [...args],
    options: {
      ...Object.fromEntries(
        Object.entries(known).map(([name, { value }]) => [name, { type: value === undefined ? "boolean" : "string" }]),
      ),
      help: { type: "boolean", short: "h" },
    },
    // In strict mode parseArgs() would throw its own messages, without our suggestions.
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<string, string[]>();
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      if (operand === undefined)
        throw new UsageError(`unexpected argument ${JSON.stringify(token.value)}: options begin with --`);
      operands.push(token.value);
      continue;
    }
    const { name, rawName, value, inlineValue } = token;
    const spec = Object.hasOwn(known, name) ? known[name] : undefined;
    if (spec === undefined) {
      const names = Object.keys(known).map((each) => `--${each}`);
      throw new UsageError(`no option ${rawName}${didYouMean(rawName, names) || `; known are ${names.join(", ")}`}`);
    }
    if (spec.value === undefined && value !== undefined)
      throw new UsageError(`--${name} takes no value, got ${JSON.stringify(value)}`);
    const isMissing = value === undefined || (inlineValue !== true && value.startsWith("--"));
    if (spec.value !== undefined && isMissing) throw new UsageError(`--${name} needs a value: --${name} ${spec.value}`);
    const given = values.get(name) ?? [];
    if (given.length > 0 && spec.isRepeatable !== true) throw new UsageError(`--${name} was given more than once`);
    values.set(name, [...given, value ?? ""]);
  }
  return new OptionValues(values, operands);
}

/** The options as lines of the help, names and meanings in two columns. */
export function describeOptions(table: OptionTable, operand?: Operand): string {
  const operandRows = operand === undefined ? [] : [{ head: operand.value, meaning: operand.meaning }];
  const optionRows = Object.entries({ ...table, help: HELP }).map(([name, { value, isRepeatable, meaning }]) => ({
    head: value === undefined ? `--${name}` : `--${name} ${value}`,
    meaning: isRepeatable === true ? `${meaning} (repeatable)` : meaning,
  }));
  return wrapRows([...operandRows, ...optionRows], HELP_COLUMNS).join("\n");
}
