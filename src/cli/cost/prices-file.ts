import { readFileSync } from "node:fs";
import { didYouMean } from "../../wording/nearest-name.js";
import { show } from "../../wording/shown-value.js";
import { PRICES, type PriceList } from "../bill/prices.js";
import { CommandError } from "../command.js";

/**
 * Reads a price list in JSON: every field of {@link PRICES}, and no other. `unsettled` may be left out.
 *
 * @throws CommandError that names the file, the field and its value
 */
export function readPrices(file: string): PriceList {
  const value = parse(file);
  const list = isObject(value) ? { unsettled: [], ...value } : value;
  const problem = problemOf(list, PRICES, "");
  if (problem !== undefined) throw new CommandError(`--prices ${file}: ${problem}`);
  return list as PriceList;
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const problem = error instanceof SyntaxError ? "is not JSON" : "cannot be read";
    throw new CommandError(`--prices ${file} ${problem}: ${error instanceof Error ? error.message : error}`);
  }
}

/** The first field that differs in kind from the model; undefined when there is none. */
function problemOf(value: unknown, model: unknown, path: string): string | undefined {
  const name = path === "" ? "the price list" : path;
  if (value === undefined) return `${name} is missing`;
  if (typeof model === "number") {
    const isPrice = typeof value === "number" && Number.isFinite(value) && value >= 0;
    return isPrice ? undefined : `${name} must be a number of at least 0, got ${show(value)}`;
  }
  if (typeof model === "string") {
    const isText = typeof value === "string" && value !== "";
    return isText ? undefined : `${name} must be a text with at least one character, got ${show(value)}`;
  }
  if (Array.isArray(model)) {
    const isTexts = Array.isArray(value) && value.every((each) => typeof each === "string");
    return isTexts ? undefined : `${name} must be an array of texts, got ${show(value)}`;
  }
  if (!isObject(value)) return `${name} must be an object, got ${show(value)}`;
  return problemInside(value, model as Readonly<Record<string, unknown>>, path);
}

function problemInside(
  value: Readonly<Record<string, unknown>>,
  model: Readonly<Record<string, unknown>>,
  path: string,
): string | undefined {
  const inside = (name: string): string => (path === "" ? name : `${path}.${name}`);
  const names = Object.keys(model);
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined)
    return `unknown field ${inside(unknown)}${didYouMean(unknown, names) || `; known are ${names.join(", ")}`}`;
  for (const name of names) {
    const problem = problemOf(value[name], model[name], inside(name));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
