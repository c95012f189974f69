import type { InputShape } from "./input-shapes.js";

/** Longer texts are not matched with a pattern: the time of a pattern may grow with the square of the length. */
const isShortEnough = (value: string, max: number | undefined): boolean => max === undefined || value.length <= max;

/** The length of a text, of bytes, of a list or of a map. */
function lengthOf(value: unknown): number {
  return value instanceof Map ? value.size : (value as { readonly length: number }).length;
}

/** Checks a value, and returns the constraints that it breaks, in the service's words and order. */
export type Constraints = (value: unknown) => readonly string[];

const NONE: readonly string[] = [];

/** The constraints on a value of a shape, without those on its parts. */
export function constraintsOf({ type, min, max, pattern, oneOf }: InputShape): Constraints {
  const expression = pattern === undefined ? undefined : new RegExp(`^(?:${pattern})$`);
  if (expression === undefined && oneOf === undefined && min === undefined && max === undefined) return () => NONE;
  const what = type === "integer" ? "value" : "length";
  return (value) => {
    const size = type === "integer" ? (value as number) : lengthOf(value);
    const isFine =
      (oneOf === undefined || oneOf.includes(value as string)) &&
      (min === undefined || size >= min) &&
      (max === undefined || size <= max);
    const text = value as string;
    const isMatched = expression === undefined || !isShortEnough(text, max) || expression.test(text);
    if (isFine && isMatched) return NONE;
    const broken: string[] = [];
    if (oneOf?.includes(text) === false) broken.push(`Member must satisfy enum value set: [${oneOf.join(", ")}]`);
    if (!isMatched) broken.push(`Member must satisfy regular expression pattern: ${pattern}`);
    if (min !== undefined && size < min) broken.push(`Member must have ${what} greater than or equal to ${min}`);
    if (max !== undefined && size > max) broken.push(`Member must have ${what} less than or equal to ${max}`);
    return broken;
  };
}

/** The constraints on the parts of a list or of a map, as the service puts them in one text: the upper bound first. */
export function constraintsInWords({ min, max, pattern, oneOf }: InputShape): string {
  return [
    ...(max === undefined ? [] : [`Member must have length less than or equal to ${max}`]),
    ...(max === undefined ? [] : [`Member must have length greater than or equal to ${min ?? 0}`]),
    ...(pattern === undefined ? [] : [`Member must satisfy regular expression pattern: ${pattern}`]),
    ...(oneOf === undefined ? [] : [`Member must satisfy enum value set: [${oneOf.join(", ")}]`]),
  ].join(", ");
}

/** A value as the service shows it: the text of Java's `toString`. @param item - the shape of a list's structures */
export function shown(value: unknown, item?: string): string {
  if (value instanceof Uint8Array) {
    return `java.nio.HeapByteBuffer[pos=0 lim=${value.length} cap=${value.length}]`;
  }
  if (value instanceof Map) return `{${Array.from(value, ([key, each]) => `${key}=${each}`).join(", ")}}`;
  if (!Array.isArray(value)) return String(value);
  const structure = `com.amazonaws.kinesis.v20131202.${item}@c965e310`;
  return `[${value.map((each) => (typeof each === "object" ? structure : String(each))).join(", ")}]`;
}
