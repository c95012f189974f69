import { didYouMean } from "../../../wording/nearest-name.js";
import { show } from "../../../wording/shown-value.js";

/** Decides about one value of a record; undefined when the record has no such field. */
export type LeafTest = (value: unknown) => boolean;

/** Numbers in a pattern. Source: "Event pattern comparison operators", EventBridge User Guide. */
const MAX_NUMBER = 5_000_000_000;

const COMPARE: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  "=": (value, limit) => value === limit,
  "<": (value, limit) => value < limit,
  "<=": (value, limit) => value <= limit,
  ">": (value, limit) => value > limit,
  ">=": (value, limit) => value >= limit,
};

/** Operators of a rule, in the words of AWS. */
const OPERATORS: Readonly<Record<string, (operand: unknown, path: string) => LeafTest>> = {
  prefix: (operand, path) => {
    const prefix = textOf(operand, `${path}.prefix`);
    return (value) => typeof value === "string" && value.startsWith(prefix);
  },
  suffix: (operand, path) => {
    const suffix = textOf(operand, `${path}.suffix`);
    return (value) => typeof value === "string" && value.endsWith(suffix);
  },
  "equals-ignore-case": (operand, path) => {
    const text = textOf(operand, `${path}.equals-ignore-case`).toLowerCase();
    return (value) => typeof value === "string" && value.toLowerCase() === text;
  },
  "anything-but": anythingBut,
  numeric,
  exists: (operand, path) => {
    if (typeof operand !== "boolean")
      throw new RangeError(`${path}.exists must be true or false, got ${show(operand)}`);
    return (value) => (value !== undefined) === operand;
  },
};

/**
 * Reads one rule of a field: a value, or an object with one operator.
 *
 * @param path - of the rule, for errors
 * @throws RangeError for a rule that Lambda does not document
 */
export function leafTest(rule: unknown, path: string): LeafTest {
  if (isScalar(rule)) return (value) => value === rule;
  if (typeof rule !== "object" || Array.isArray(rule)) {
    throw new RangeError(`${path} must be a text, a number, a boolean, null or an operator, got ${show(rule)}`);
  }
  const [entry, ...others] = Object.entries(rule as object);
  if (entry === undefined || others.length > 0) {
    throw new RangeError(`${path} must have one operator, got ${entry === undefined ? 0 : others.length + 1}`);
  }
  const [name, operand] = entry;
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (operator === undefined) {
    const names = Object.keys(OPERATORS);
    throw new RangeError(
      `${path} has no operator ${show(name)}${didYouMean(name, names) || `; Lambda has ${names.join(", ")}`}`,
    );
  }
  return operator(operand, path);
}

function anythingBut(operand: unknown, path: string): LeafTest {
  const values: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  if (values.length === 0 || !values.every((value) => typeof value === "string" || typeof value === "number")) {
    throw new RangeError(`${path}.anything-but must be a text, a number, or a list of them, got ${show(operand)}`);
  }
  const known: ReadonlySet<unknown> = new Set(values);
  return (value) => value !== undefined && !known.has(value);
}

function numeric(operand: unknown, path: string): LeafTest {
  const name = `${path}.numeric`;
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    throw new RangeError(`${name} must be one or two pairs of a comparison and a number, got ${show(operand)}`);
  }
  const tests: ((value: number) => boolean)[] = [];
  for (let i = 0; i < operand.length; i += 2) tests.push(comparison(operand[i], operand[i + 1], name));
  return (value) => typeof value === "number" && tests.every((test) => test(value));
}

function comparison(sign: unknown, limit: unknown, name: string): (value: number) => boolean {
  const compare = typeof sign === "string" && Object.hasOwn(COMPARE, sign) ? COMPARE[sign] : undefined;
  if (compare === undefined) {
    throw new RangeError(`${name} must compare with ${Object.keys(COMPARE).join(", ")}, got ${show(sign)}`);
  }
  if (typeof limit !== "number" || !(Math.abs(limit) <= MAX_NUMBER)) {
    throw new RangeError(`${name} must have numbers from -${MAX_NUMBER} to ${MAX_NUMBER}, got ${show(limit)}`);
  }
  return (value) => compare(value, limit);
}

function textOf(operand: unknown, name: string): string {
  if (typeof operand !== "string") throw new RangeError(`${name} must be a text, got ${show(operand)}`);
  return operand;
}

function isScalar(value: unknown): value is string | number | boolean | null {
  return value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
