import { randomInt } from "node:crypto";
import type { UserRecord } from "../../index.js";
import { didYouMean } from "../../wording/nearest-name.js";
import { show } from "../../wording/shown-value.js";
import { utf8Text, withoutMark } from "../utf8-text.js";

/** The result of a line: a record, or a text that says why it is not one. Undefined for a blank line among JSON. */
export type ReadLine = UserRecord | string | undefined;

/** Turns a line into a record. `newKey` makes the partition key of a record that has none; by default a random one. */
export type RecordFormat = (line: Buffer, newKey?: () => string) => ReadLine;

/** The complaint about a text that UTF-8 cannot hold. */
const HALF = "has half of a surrogate pair, which is not a character";

const FIELDS = ["partitionKey", "explicitHashKey", "data", "tags", "recordId"] as const;

/** Each line is the data of a record, byte for byte. An empty line is a record too. */
export function linesAsData(partitionKey: string | undefined): RecordFormat {
  return (data, newKey = randomKey) => ({ partitionKey: partitionKey ?? newKey(), data });
}

/** The source of a partition key: a field of the JSON object, or a fixed key. */
export type KeySource = { readonly path: readonly string[] } | { readonly partitionKey: string | undefined };

/** Each line is a JSON object. Its bytes are the data of a record, without a byte-order mark. */
export function linesAsJson(keySource: KeySource): RecordFormat {
  return (line, newKey = randomKey) => {
    const data = withoutMark(line);
    const object = readObject(data);
    if (object === undefined || typeof object === "string") return object;
    if (!("path" in keySource)) return { partitionKey: keySource.partitionKey ?? newKey(), data };
    const { path } = keySource;
    const key = fieldAt(object, path);
    if (typeof key === "string" && key !== "") {
      return key.isWellFormed() ? { partitionKey: key, data } : `its ${path.join(".")} ${HALF}`;
    }
    // JSON.parse rounds larger numbers, so two different numbers could get the same key.
    if (Number.isSafeInteger(key)) return { partitionKey: String(key), data };
    const name = path.join(".");
    if (key === undefined) return `has no field ${name}`;
    return `its ${name} must be a text or a whole number up to 2^53, got ${show(key)}`;
  };
}

/** Each line is a whole record. */
export function linesAsRecords(defaultKey: string | undefined): RecordFormat {
  return (line, newKey = randomKey) => {
    const object = readObject(withoutMark(line));
    if (object === undefined || typeof object === "string") return object;
    for (const name of Object.keys(object)) {
      if (!FIELDS.some((field) => field === name)) {
        return `has an unknown field ${JSON.stringify(name)}${didYouMean(name, FIELDS)}`;
      }
    }
    const { partitionKey = defaultKey ?? newKey(), explicitHashKey, data, tags, recordId } = object;
    if (typeof data !== "string") return "its data must be a text";
    if (typeof partitionKey !== "string") return "its partitionKey must be a text";
    // A JSON number would have lost its last digits.
    if (explicitHashKey !== undefined && typeof explicitHashKey !== "string") {
      return "its explicitHashKey must be a text of digits";
    }
    if (tags !== undefined && !isTexts(tags)) return "its tags must be an object of texts";
    if (recordId !== undefined && typeof recordId !== "string") return "its recordId must be a text";
    const torn = firstTorn({ data, partitionKey, recordId, ...tags });
    if (torn !== undefined) return `its ${torn} ${HALF}`;
    return {
      partitionKey,
      ...(explicitHashKey === undefined ? {} : { explicitHashKey }),
      data,
      ...(tags === undefined ? {} : { tags }),
      ...(recordId === undefined ? {} : { recordId }),
    };
  };
}

/** The name of the first text that UTF-8 cannot hold: a JSON escape can encode half of a surrogate pair. */
function firstTorn(texts: Readonly<Record<string, string | undefined>>): string | undefined {
  return Object.entries(texts).find(([, text]) => text?.isWellFormed() === false)?.[0];
}

/** The JSON object of a line; a text that says why the line is not one; undefined for a blank line. */
function readObject(line: Buffer): Readonly<Record<string, unknown>> | string | undefined {
  const text = utf8Text(line);
  if (text === undefined) return "is not UTF-8";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return text.trim() === "" ? undefined : `is not JSON: ${error instanceof Error ? error.message : error}`;
  }
  return isObject(value) ? value : "is not a JSON object";
}

function fieldAt(object: unknown, path: readonly string[]): unknown {
  let value = object;
  for (const name of path) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every((each) => typeof each === "string");
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Short, because each record carries it; random enough to spread over any number of shards. */
function randomKey(): string {
  return randomInt(2 ** 40).toString(36);
}
