import { expect, it } from "vitest";
import { readmePrograms } from "../../scripts/readme-programs.mjs";

it("finds the fenced block below its marker and no other", () => {
  const markdown =
    "```js\nother();\n```\n\n<!-- program: quick-start -->\n\n```js\nfirst();\n\nsecond();\n```\n\n```js\nlast();\n```\n";

  expect([...readmePrograms(markdown)]).toEqual([["quick-start", "first();\n\nsecond();\n"]]);
});

it("finds nothing without a marker", () => {
  expect(readmePrograms("```js\nother();\n```\n").size).toBe(0);
});
