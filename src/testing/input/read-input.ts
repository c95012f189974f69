import { ServiceError } from "../kinesis-model/service-error.js";
import { constraintsInWords, constraintsOf, shown } from "./constraints.js";
import { type InputShape, OPERATION_MEMBERS, SHAPES } from "./input-shapes.js";
import { readItems, readParts, readSimple } from "./input-values.js";

/** A shape, ready to read values. */
interface Reader {
  /**
   * Returns the value in its type: bytes for base64, a `Map` for a map, a structure without unknown members and nulls.
   *
   * @throws ServiceError when it has another type
   */
  read(value: unknown): unknown;
  /** Adds each broken constraint of a value that was read, with its path. */
  check(value: unknown, path: string, problems: string[]): void;
}

interface Member {
  readonly name: string;
  /** The name in paths. */
  readonly shownName: string;
  readonly isRequired: boolean;
  readonly reader: Reader;
}

/** Most problems that one answer names. */
const MAX_PROBLEMS = 10;

const READERS = new Map<string, Reader>();
const INPUTS = new Map<string, Reader>();

/**
 * Reads the input of an operation like the service: first the types of all values, then all constraints.
 *
 * @param input - in the form of the JSON protocol, except that base64 may be plain bytes
 * @returns the input with each value in its type: bytes for base64, a `Map` for a map, seconds for a time; without
 *   unknown members
 * @throws ServiceError `SerializationException` for the first wrong type, `ValidationException` for broken constraints
 */
export function readInput(operation: keyof typeof OPERATION_MEMBERS, input: unknown): object {
  let reader = INPUTS.get(operation);
  if (reader === undefined) {
    reader = structureReader(OPERATION_MEMBERS[operation]);
    INPUTS.set(operation, reader);
  }
  const read = reader.read(input) as object;
  const problems: string[] = [];
  reader.check(read, "", problems);
  refuse(problems);
  return read;
}

/**
 * Refuses an input with problems.
 *
 * @param problems - in the form of {@link problemAt}
 * @throws ServiceError when there is one
 */
export function refuse(problems: readonly string[]): void {
  if (problems.length === 0) return;
  const named = problems.slice(0, MAX_PROBLEMS);
  const count = named.length === 1 ? "1 validation error" : `${named.length} validation errors`;
  throw new ServiceError("ValidationException", `${count} detected: ${named.join("; ")}`);
}

/** A broken constraint of a member. @param value - as it is shown; undefined for a missing one */
export function problemAt(path: string, value: string | undefined, constraint: string): string {
  const text = value === undefined ? "Value null" : `Value '${value}'`;
  return `${text} at '${path}' failed to satisfy constraint: ${constraint}`;
}

/** A member that is missing. */
export function missingAt(path: string): string {
  return problemAt(path, undefined, "Member must not be null");
}

/** Whether a text keeps the constraints of a shape. */
export function keepsShape(shape: "StreamName" | "StreamARN" | "HashKey", text: string): boolean {
  const problems: string[] = [];
  readerOf(shape).check(text, "", problems);
  return problems.length === 0;
}

function readerOf(name: string): Reader {
  let reader = READERS.get(name);
  if (reader === undefined) {
    reader = newReader(SHAPES[name] as InputShape);
    READERS.set(name, reader);
  }
  return reader;
}

function newReader(shape: InputShape): Reader {
  switch (shape.type) {
    case "structure":
      return structureReader(shape.members ?? "");
    case "list":
      return listReader(shape, shape.member as string);
    case "map":
      return mapReader(shape, shape.key as string, shape.value as string);
    default:
      return simpleReader(shape);
  }
}

function simpleReader(shape: InputShape): Reader {
  const constraints = constraintsOf(shape);
  return {
    read: (value) => readSimple(value, shape.type),
    check: (value, path, problems) => {
      for (const broken of constraints(value)) problems.push(problemAt(path, shown(value), broken));
    },
  };
}

function listReader(shape: InputShape, item: string): Reader {
  const constraints = constraintsOf(shape);
  const reader = readerOf(item);
  const itemShape = SHAPES[item] as InputShape;
  const checkItems = itemShape.type === "structure" ? checkStructures(reader) : checkWhole(shape, item);
  return {
    read: (value) => readItems(value).map((each) => reader.read(each)),
    check: (value, path, problems) => {
      for (const broken of constraints(value)) problems.push(problemAt(path, shown(value, item), broken));
      checkItems(value, path, problems);
    },
  };
}

function checkStructures(reader: Reader): Reader["check"] {
  return (value, path, problems) => {
    const items = value as readonly unknown[];
    for (let index = 0; index < items.length; index++) {
      reader.check(items[index], `${path}.${index + 1}.member`, problems);
    }
  };
}

/** The service has one text for all texts of a list. */
function checkWhole(shape: InputShape, item: string): Reader["check"] {
  const constraints = constraintsOf(SHAPES[item] as InputShape);
  const words = `Member must satisfy constraint: [${constraintsInWords(SHAPES[item] as InputShape)}]`;
  return (value, path, problems) => {
    const isFine = (value as readonly unknown[]).every((each) => constraints(each).length === 0);
    if (!isFine) problems.push(problemAt(path, shown(value, shape.member), words));
  };
}

function mapReader(shape: InputShape, key: string, value: string): Reader {
  const constraints = constraintsOf(shape);
  const ofKeys = constraintsOf(SHAPES[key] as InputShape);
  const ofValues = constraintsOf(SHAPES[value] as InputShape);
  const keysInWords = `Map keys must satisfy constraint: [${constraintsInWords(SHAPES[key] as InputShape)}]`;
  const valuesInWords = `Map value must satisfy constraint: [${constraintsInWords(SHAPES[value] as InputShape)}]`;
  return {
    read: (map) =>
      new Map(Object.entries(readParts(map, "map")).map(([name, each]) => [name, readerOf(value).read(each)])),
    check: (map, path, problems) => {
      const entries = [...(map as ReadonlyMap<string, unknown>)];
      const report = (words: string): void => {
        problems.push(problemAt(path, shown(map), words));
      };
      for (const broken of constraints(map)) report(broken);
      if (entries.some(([name]) => ofKeys(name).length > 0)) report(keysInWords);
      if (entries.some(([, each]) => ofValues(each).length > 0)) report(valuesInWords);
    },
  };
}

function structureReader(text: string): Reader {
  const members = text === "" ? [] : text.split(" ").map(memberOf);
  return {
    read: (value) => {
      const parts = readParts(value, "structure");
      const read: Record<string, unknown> = {};
      for (const { name, reader } of members) {
        const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
        if (part !== undefined && part !== null) read[name] = reader.read(part);
      }
      return read;
    },
    check: (value, path, problems) => {
      const parts = value as Readonly<Record<string, unknown>>;
      for (const { name, shownName, isRequired, reader } of members) {
        const part = parts[name];
        if (part === undefined && !isRequired) continue;
        const partPath = path === "" ? shownName : `${path}.${shownName}`;
        if (part === undefined) problems.push(missingAt(partPath));
        else reader.check(part, partPath, problems);
      }
    },
  };
}

function memberOf(text: string): Member {
  const [, name = "", shape = name, star] = /^(\w+)(?::(\w+))?(\*)?$/.exec(text) ?? [];
  const shownName = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  return { name, shownName, isRequired: star !== undefined, reader: readerOf(shape) };
}
