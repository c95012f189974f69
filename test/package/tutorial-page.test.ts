import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { outputPattern, tutorialParts } from "../interop/support/tutorial-page.js";

it("finds files, commands with their output, terminals and their end", () => {
  const page = [
    "<!-- terminal: first -->\n\n```sh\nstart\n```\n",
    "<!-- file: a.py -->\n\n```python\nprint(1)\n```\n",
    "<!-- run -->\n\n```sh\npython a.py\n```\n\nIt prints:\n\n```text\n1\n```\n",
    "<!-- run -->\n\n```sh\ntrue\n```\n",
    "<!-- printed at the end: first -->\n\n```text\nbye\n```\n",
  ].join("\n");

  expect(tutorialParts(page)).toEqual([
    { kind: "terminal", name: "first", text: "start\n" },
    { kind: "file", name: "a.py", text: "print(1)\n" },
    { kind: "run", text: "python a.py\n", printed: "1\n" },
    { kind: "run", text: "true\n", printed: undefined },
    { kind: "end", name: "first", printed: "bye\n" },
  ]);
});

it.each([
  ["a command without a comment", "```sh\nrm -r x\n```\n"],
  ["an output without a command", "<!-- file: a -->\n\n```js\n1\n```\n\n```text\n1\n```\n"],
  ["a comment that nothing knows", "<!-- skip -->\n\n```sh\ntrue\n```\n"],
])("refuses %s: nothing would test it", (_, page) => {
  expect(() => tutorialParts(page)).toThrow("a block of the tutorial is not tested");
});

it("every block of docs/tutorial.md is one that the interop test runs or compares", () => {
  const parts = tutorialParts(readFileSync("docs/tutorial.md", "utf8"));

  const counts = ["terminal", "file", "run", "end"].map((kind) => parts.filter((part) => part.kind === kind).length);
  expect(counts).toEqual([1, 6, 11, 1]);
});

it("an output differs within a line where the page has three dots, and nowhere else", () => {
  const pattern = outputPattern("shard (…) records\n[2]\n");

  expect("shard (17) records\n[2]").toMatch(pattern);
  for (const other of ["shard (1\n7) records\n[2]", "shard (17) records\n[3]", "shard (17) records\n[2]\nmore"])
    expect(other).not.toMatch(pattern);
});
