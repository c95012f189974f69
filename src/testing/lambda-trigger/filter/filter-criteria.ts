import { didYouMean } from "../../../wording/nearest-name.js";
import { show } from "../../../wording/shown-value.js";
import { alternatives, compilePattern, fieldsOf, isObject, rulesTest } from "./compile-pattern.js";

/** Which records reach the function: those that match a filter. */
export interface FilterCriteria {
  /** One to ten filters. */
  readonly filters: readonly FilterPattern[];
}

/** One filter. */
export interface FilterPattern {
  /** The text of a JSON object, as AWS takes it, or the object. It may have the fields `data` and `partitionKey`. */
  readonly pattern: string | object;
}

/** A record as filters see it. */
export interface FilteredRecord {
  readonly partitionKey?: string | undefined;
  /** Base64. */
  readonly data: string;
}

/** Filters of a mapping, with a raised quota. Source: "Control which events Lambda sends to your function". */
const MAX_FILTERS = 10;

/** Characters of a pattern. Source: "Filter", Lambda API Reference. */
const MAX_PATTERN_LENGTH = 4_096;

/** A record that a pattern is compared with. Its data is parsed when a pattern needs it. */
interface Subject {
  readonly partitionKey: string | undefined;
  /** Undefined when the data is no JSON. */
  readonly json: () => { readonly value: unknown } | undefined;
}

type SubjectTest = (subject: Subject) => boolean;

/**
 * Compiles filter criteria into a test of a record.
 *
 * @param name - of the option, for errors
 * @throws RangeError for criteria that AWS would refuse, or that could never match
 */
export function compileFilters(criteria: unknown, name: string): (record: FilteredRecord) => boolean {
  const filters = isObject(criteria) ? criteria.filters : undefined;
  if (!Array.isArray(filters))
    throw new RangeError(`${name} must be { filters: [{ pattern }] }, got ${show(criteria)}`);
  if (filters.length === 0 || filters.length > MAX_FILTERS) {
    throw new RangeError(`${name}.filters must have 1 to ${MAX_FILTERS} filters, got ${filters.length}`);
  }
  const tests = filters.map((filter, index) => {
    const path = `${name}.filters[${index}].pattern`;
    return compileSubject(patternOf(isObject(filter) ? filter.pattern : undefined, path), path);
  });
  return ({ partitionKey, data }) => {
    let parsed: { readonly json: { readonly value: unknown } | undefined } | undefined;
    const subject: Subject = {
      partitionKey,
      json: () => {
        parsed ??= { json: parseData(data) };
        return parsed.json;
      },
    };
    return tests.some((test) => test(subject));
  };
}

function patternOf(pattern: unknown, path: string): unknown {
  if (typeof pattern !== "string") return pattern;
  if (pattern.length > MAX_PATTERN_LENGTH) {
    throw new RangeError(`${path} must have at most ${MAX_PATTERN_LENGTH} characters, got ${pattern.length}`);
  }
  try {
    return JSON.parse(pattern);
  } catch (error) {
    throw new RangeError(`${path} must be the text of a JSON object: ${(error as Error).message}`);
  }
}

/** The top of a pattern: metadata, and the data. */
function compileSubject(pattern: unknown, path: string): SubjectTest {
  const tests = Object.entries(fieldsOf(pattern, path)).map(([name, field]): SubjectTest => {
    if (name === "$or") return alternatives(field, `${path}.$or`, compileSubject);
    if (name === "data") return dataTest(field, `${path}.data`);
    if (name === "partitionKey") return keyTest(field, `${path}.partitionKey`);
    const hint = didYouMean(name, ["data", "partitionKey"]);
    throw new RangeError(`${path} may have data and partitionKey, got ${show(name)}${hint}`);
  });
  return (subject) => tests.every((test) => test(subject));
}

/** Data that is no JSON never matches a pattern for data. */
function dataTest(field: unknown, path: string): SubjectTest {
  const test = compilePattern(field, path);
  return ({ json }) => {
    const parsed = json();
    return parsed !== undefined && test(isObject(parsed.value) ? parsed.value : undefined);
  };
}

function keyTest(field: unknown, path: string): SubjectTest {
  if (!Array.isArray(field)) throw new RangeError(`${path} must be a list of rules, got ${show(field)}`);
  const test = rulesTest(field, path);
  return ({ partitionKey }) => test(partitionKey);
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function parseData(data: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(utf8.decode(Buffer.from(data, "base64"))) };
  } catch {
    return undefined;
  }
}
