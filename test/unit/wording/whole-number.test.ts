import { expect, test } from "vitest";

import { wholeNumberProblem } from "../../../src/wording/whole-number.js";

test.each([1, 2, 9, 10])("%d is a whole number from 1 to 10", (value) => {
  expect(wholeNumberProblem("size", value, 1, 10)).toBeUndefined();
  expect(wholeNumberProblem("size", value, 1)).toBeUndefined();
});

test.each([
  [0, "0"],
  [11, "11"],
  [1.5, "1.5"],
  [Number.NaN, "NaN"],
  [Number.POSITIVE_INFINITY, "Infinity"],
  ["5", '"5"'],
  [5n, "5"],
  [undefined, "undefined"],
  [{}, "an object"],
])("%o is not: the message has the name, the range and the value", (value, shown) => {
  expect(wholeNumberProblem("size", value, 1, 10)).toBe(`size must be a whole number from 1 to 10, got ${shown}`);
});

test("without a largest one, the range has none", () => {
  expect(wholeNumberProblem("size", 0, 1)).toBe("size must be a whole number from 1, got 0");
  expect(wholeNumberProblem("size", Number.POSITIVE_INFINITY, 1)).toContain("got Infinity");
});
