import { expect, test } from "vitest";

import { nearestName, show } from "../../src/option-text.js";

test.each([
  ["lingerMS", "lingerMs"],
  ["linger", "lingerMs"],
  ["maxAttempt", "maxAttempts"],
  ["MAXATTEMPTS", "maxAttempts"],
])("the name nearest to %j is %j", (name, nearest) => {
  expect(nearestName(name, ["region", "lingerMs", "maxAttempts"])).toBe(nearest);
});

test.each(["frobnicate", "x", ""])("no name is near to %j", (name) => {
  expect(nearestName(name, ["region", "lingerMs", "maxAttempts"])).toBeUndefined();
});

test("of two names that are as near, the first is taken", () => {
  expect(nearestName("maxX", ["maxA", "maxB"])).toBe("maxA");
});

test.each([
  ["text", '"text"'],
  [5, "5"],
  [5n, "5"],
  [Number.NaN, "NaN"],
  [true, "true"],
  [null, "null"],
  [undefined, "undefined"],
  [{ secret: 1 }, "an object"],
  [[1, 2], "an array"],
  [() => 1, "a function"],
  [Symbol("s"), "Symbol(s)"],
])("%o is shown as %s", (value, shown) => {
  expect(show(value)).toBe(shown);
});
