import { type InputShape, OPERATION_MEMBERS, SHAPES } from "../../src/testing/input/input-shapes.js";
import type { OperationName } from "../../src/testing/operations/operations.js";
import { membersOf } from "./input-samples.js";

/** The way to a value in an input: names of members and indexes of lists. */
export type InputPath = readonly (string | number)[];

/** A value that breaks the service's model. */
export interface Breach {
  readonly path: InputPath;
  /** Undefined removes the member. */
  readonly value: unknown;
  /** `SerializationException` for a type. */
  readonly isOfType: boolean;
  /** Texts of the answer: all problems that the value makes, or the message about its type. */
  readonly texts: readonly string[];
}

const JAVA_NUMBER = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber";

/** Values of wrong types with the service's answer, by the type that is wanted. */
const WRONG_TYPES: Readonly<Record<InputShape["type"], readonly (readonly [unknown, string])[]>> = {
  string: [
    [true, "class java.lang.Boolean can not be converted to an String"],
    [7, `${JAVA_NUMBER} can not be converted to an String`],
    [[], "Start of list found where not expected"],
    [{}, "Start of structure or map found where not expected."],
  ],
  integer: [
    [true, "class java.lang.Boolean can not be converted to an Integer"],
    ["7", "class java.lang.String can not be converted to an Integer"],
    [[], "Start of list found where not expected"],
    [{}, "Start of structure or map found where not expected."],
  ],
  boolean: [
    [7, `${JAVA_NUMBER} can not be converted to an Boolean`],
    ["yes", "'YES' can not be converted to an Boolean"],
    [[], "Start of list found where not expected"],
    [{}, "Start of structure or map found where not expected."],
  ],
  timestamp: [
    [true, "class java.lang.Boolean can not be converted to milliseconds since epoch"],
    ["7", "class java.lang.String can not be converted to milliseconds since epoch"],
    [[], "Start of list found where not expected"],
    [{}, "Start of structure or map found where not expected."],
  ],
  blob: [
    [true, "class java.lang.Boolean can not be converted to a Blob"],
    [7, `${JAVA_NUMBER} can not be converted to a Blob`],
    [
      "abc",
      "'abc' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: 3",
    ],
    ["ab*d", "'ab*d' can not be converted to a Blob: Invalid Base64 character: '*'"],
    [[], "Start of list found where not expected"],
    [{}, "Start of structure or map found where not expected."],
  ],
  list: [
    [true, "Expected list or null"],
    [7, "Expected list or null"],
    ["a", "Expected list or null"],
    [{}, "Start of structure or map found where not expected."],
  ],
  map: [
    [true, "Expected map or null"],
    [7, "Expected map or null"],
    ["a", "Expected map or null"],
    [[], "Start of list found where not expected"],
  ],
  structure: [
    [true, "Expected null"],
    [7, "Expected null"],
    ["a", "Expected null"],
    [[], "Start of list found where not expected"],
  ],
};

/** Every breach of every member of an operation's input. */
export function breachesOf(operation: OperationName): Breach[] {
  return structureBreaches(OPERATION_MEMBERS[operation], []);
}

function structureBreaches(text: string, path: InputPath): Breach[] {
  return membersOf(text).flatMap(({ name, shape, isRequired }) => {
    const at = [...path, name];
    const missing = problem(at, undefined, "Member must not be null");
    return [
      ...(isRequired ? [undefined, null] : []).map((value) => ({ path: at, value, isOfType: false, texts: [missing] })),
      ...valueBreaches(shape, at),
    ];
  });
}

function valueBreaches(shape: InputShape, path: InputPath): Breach[] {
  const ofTypes = WRONG_TYPES[shape.type].map(([value, text]) => ({ path, value, isOfType: true, texts: [text] }));
  const ofConstraints = wrongValues(shape)
    .map((value) => ({ path, value, isOfType: false, texts: problemsOf(shape, value, path) }))
    .filter(({ texts }) => texts.length > 0);
  return [...ofTypes, ...ofConstraints, ...partBreaches(shape, path)];
}

/** Breaches in the parts of a value. */
function partBreaches(shape: InputShape, path: InputPath): Breach[] {
  if (shape.type === "structure") return structureBreaches(shape.members ?? "", path);
  if (shape.type === "map") return mapBreaches(shape, path);
  if (shape.type !== "list") return [];
  const item = SHAPES[shape.member ?? ""] as InputShape;
  if (item.type === "structure") return valueBreaches(item, [...path, 0]);
  const ofTypes = WRONG_TYPES[item.type].map(([value, text]) => ({
    ...{ path, value: [value], isOfType: true, texts: [text] },
  }));
  const ofConstraints = wrongValues(item)
    .filter((value) => problemsOf(item, value, path).length > 0)
    .map((value) => ({
      ...{ path, value: [value], isOfType: false },
      texts: [problem(path, `[${value}]`, `Member must satisfy constraint: [${inWords(item)}]`)],
    }));
  return [...ofTypes, ...ofConstraints];
}

function mapBreaches(shape: InputShape, path: InputPath): Breach[] {
  const [key, value] = [shape.key, shape.value].map((name) => SHAPES[name ?? ""] as InputShape) as [
    InputShape,
    InputShape,
  ];
  return [
    { path, value: { a: 7 }, isOfType: true, texts: [`${JAVA_NUMBER} can not be converted to an String`] },
    ...["", "k".repeat((key.max ?? 0) + 1)].map((name) => ({
      ...{ path, value: { [name]: "" }, isOfType: false },
      texts: [problem(path, `{${name}=}`, `Map keys must satisfy constraint: [${inWords(key)}]`)],
    })),
    ...["v".repeat((value.max ?? 0) + 1)].map((text) => ({
      ...{ path, value: { a: text }, isOfType: false },
      texts: [problem(path, `{a=${text}}`, `Map value must satisfy constraint: [${inWords(value)}]`)],
    })),
  ];
}

/** Values of the right type, some of which break a constraint. */
function wrongValues({ type, min = 0, max, member, pattern }: InputShape): unknown[] {
  const sizes = [...(min > 0 ? [min - 1] : []), ...(max === undefined || max > 20_000 ? [] : [max + 1])];
  if (type === "integer")
    return min === 0 && max === undefined ? [-1] : [min - 1, ...(max === undefined ? [] : [max + 1])];
  if (type === "string") {
    return [
      ...sizes.map((size) => "a".repeat(size)),
      "no such value",
      ...(pattern === undefined ? [] : ["", " ", ":", "0007"]),
    ];
  }
  if (type === "map")
    return sizes.map((size) => Object.fromEntries(Array.from({ length: size }, (_, i) => [`k${i}`, ""])));
  if (type !== "list" || SHAPES[member ?? ""]?.type === "structure") return type === "list" ? [[]] : [];
  const item = SHAPES[member ?? ""]?.oneOf?.[0] ?? "a";
  return sizes.map((size) => new Array<string>(size).fill(item));
}

/** All problems of a value, in the service's words and order. */
function problemsOf({ type, min, max, pattern, oneOf }: InputShape, value: unknown, path: InputPath): string[] {
  const isNumber = type === "integer";
  const size = isNumber
    ? (value as number)
    : type === "map"
      ? Object.keys(value as object).length
      : (value as string).length;
  const kind = isNumber ? "value" : "length";
  const isTooLong = max !== undefined && size > max;
  const isOther = pattern !== undefined && !isTooLong && !new RegExp(`^(?:${pattern})$`).test(value as string);
  const found = [
    oneOf !== undefined &&
      !oneOf.includes(value as string) &&
      `Member must satisfy enum value set: [${oneOf.join(", ")}]`,
    isOther && `Member must satisfy regular expression pattern: ${pattern}`,
    min !== undefined && size < min && `Member must have ${kind} greater than or equal to ${min}`,
    isTooLong && `Member must have ${kind} less than or equal to ${max}`,
  ];
  return found.filter((text) => text !== false).map((text) => problem(path, shownText(value), text));
}

function shownText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.join(", ")}]`;
  if (typeof value !== "object") return String(value);
  return `{${Object.entries(value as object)
    .map(([key, each]) => `${key}=${each}`)
    .join(", ")}}`;
}

function inWords({ min = 0, max, oneOf }: InputShape): string {
  if (oneOf !== undefined) return `Member must satisfy enum value set: [${oneOf.join(", ")}]`;
  return `Member must have length less than or equal to ${max}, Member must have length greater than or equal to ${min}`;
}

/** The path of a problem: names begin with a small letter, and items count from 1. */
function problem(path: InputPath, value: string | undefined, constraint: string): string {
  const names = path.map((part) =>
    typeof part === "number" ? `${part + 1}.member` : `${part.charAt(0).toLowerCase()}${part.slice(1)}`,
  );
  const shown = value === undefined ? "Value null" : `Value '${value}'`;
  return `${shown} at '${names.join(".")}' failed to satisfy constraint: ${constraint}`;
}
