import { show } from "./shown-value.js";

/**
 * Why a value is not the whole number that it must be, as the text of an error; undefined when it is.
 *
 * @param max - none when it is left out
 */
export function wholeNumberProblem(name: string, value: unknown, min: number, max?: number): string | undefined {
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= (max ?? Number.POSITIVE_INFINITY)) {
    return undefined;
  }
  return `${name} must be a whole number from ${min}${max === undefined ? "" : ` to ${max}`}, got ${show(value)}`;
}
