import { show } from "./shown-value.js";

/**
 * The error text for a value that must be a whole number in a range; undefined when the value is valid.
 *
 * @param max - no maximum if absent
 */
export function wholeNumberProblem(name: string, value: unknown, min: number, max?: number): string | undefined {
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= (max ?? Number.POSITIVE_INFINITY)) {
    return undefined;
  }
  return `${name} must be a whole number from ${min}${max === undefined ? "" : ` to ${max}`}, got ${show(value)}`;
}
