import { show } from "../../../wording/shown-value.js";
import { type LeafTest, leafTest } from "./leaf-rule.js";

/** Decides about an object of a record; undefined when the record has no object there. */
export type ObjectTest = (object: Readonly<Record<string, unknown>> | undefined) => boolean;

/** The key of alternatives. */
const OR = "$or";

/**
 * Compiles a pattern of Lambda's event filtering: all fields must match, and of the rules of a field any. Source:
 * "Filter rule syntax" in "Control which events Lambda sends to your function", Lambda Developer Guide.
 *
 * - A field of the pattern has a list of rules, or an object with further fields.
 * - `$or` has a list of patterns, any of which must match.
 * - A list in the record matches when any of its elements matches.
 * - Rules see leaves only: an object in the record is no value.
 *
 * @param path - of the pattern, for errors
 * @throws RangeError for a pattern that Lambda does not document
 */
export function compilePattern(pattern: unknown, path: string): ObjectTest {
  const tests = Object.entries(fieldsOf(pattern, path)).map(([name, field]) =>
    name === OR ? alternatives(field, `${path}.${OR}`, compilePattern) : fieldTest(name, field, `${path}.${name}`),
  );
  return (object) => tests.every((test) => test(object));
}

/** Compiles the alternatives of `$or` by the given function. */
export function alternatives<Subject>(
  field: unknown,
  path: string,
  compile: (pattern: unknown, path: string) => (subject: Subject) => boolean,
): (subject: Subject) => boolean {
  if (!Array.isArray(field) || field.length < 2) {
    throw new RangeError(`${path} must be a list of two patterns or more, got ${show(field)}`);
  }
  const tests = field.map((each, index) => compile(each, `${path}[${index}]`));
  return (subject) => tests.some((test) => test(subject));
}

/** The test of a field that has a list of rules. */
export function rulesTest(rules: readonly unknown[], path: string): LeafTest {
  if (rules.length === 0) throw new RangeError(`${path} must have a rule, got an empty list`);
  const tests = rules.map((rule, index) => leafTest(rule, `${path}[${index}]`));
  return (value) => {
    const leaves = leavesOf(value);
    return leaves.length === 0
      ? tests.some((test) => test(undefined))
      : leaves.some((leaf) => tests.some((test) => test(leaf)));
  };
}

/** @throws RangeError when the pattern is no object with a field */
export function fieldsOf(pattern: unknown, path: string): Readonly<Record<string, unknown>> {
  if (!isObject(pattern)) throw new RangeError(`${path} must be an object, got ${show(pattern)}`);
  if (Object.keys(pattern).length === 0) throw new RangeError(`${path} must have a field, got an empty object`);
  return pattern;
}

/** Whether a value of JSON is an object, and no list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fieldTest(name: string, field: unknown, path: string): ObjectTest {
  if (Array.isArray(field)) {
    const test = rulesTest(field, path);
    return (object) => test(fieldOf(object, name));
  }
  if (!isObject(field)) {
    throw new RangeError(`${path} must be a list of rules or an object, got ${show(field)}: write [${show(field)}]`);
  }
  const test = compilePattern(field, path);
  return (object) => {
    const value = fieldOf(object, name);
    const objects = (Array.isArray(value) ? value : [value]).filter(isObject);
    return objects.length === 0 ? test(undefined) : objects.some((each) => test(each));
  };
}

function fieldOf(object: Readonly<Record<string, unknown>> | undefined, name: string): unknown {
  return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
}

/** The values that rules see: of a list its elements, and no objects. */
function leavesOf(value: unknown): readonly unknown[] {
  return (Array.isArray(value) ? value : [value]).filter((each) => each !== undefined && !isObject(each));
}
