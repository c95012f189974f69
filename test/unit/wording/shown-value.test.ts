import { expect, test } from "vitest";

import { show } from "../../../src/wording/shown-value.js";

test.each([
  [null, "null"],
  [undefined, "undefined"],
  ["text", '"text"'],
  ["x".repeat(60), `"${"x".repeat(60)}"`],
  ["x".repeat(61), `"${"x".repeat(60)}…"`],
  [5n, "5"],
  [Number.NaN, "NaN"],
  [true, "true"],
  [{ secret: "x" }, "an object"],
  [[1, 2], "an array"],
  [Symbol("s"), "Symbol(s)"],
  [() => 0, "a function"],
])("%o is shown as %s", (value, shown) => {
  expect(show(value)).toBe(shown);
});
