import { expect, test } from "vitest";

import { didYouMean } from "../../../src/wording/nearest-name.js";

const KNOWN = ["region", "lingerMs", "maxAttempts"];

test.each([
  ["lingerMS", "lingerMs"],
  ["linger", "lingerMs"],
  ["maxAttempt", "maxAttempts"],
  ["MAXATTEMPTS", "maxAttempts"],
])("the name nearest to %j is %j", (name, nearest) => {
  expect(didYouMean(name, KNOWN)).toBe(`; did you mean ${nearest}?`);
  expect(didYouMean(name, KNOWN, "a.")).toBe(`; did you mean a.${nearest}?`);
});

test.each(["frobnicate", "x", ""])("no name is near to %j", (name) => {
  expect(didYouMean(name, KNOWN)).toBe("");
});

test("of two names that are as near, the first is taken", () => {
  expect(didYouMean("maxX", ["maxA", "maxB"])).toBe("; did you mean maxA?");
});
