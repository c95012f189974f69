import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EFFECT_SHAPES } from "../../../../src/testing/faults/effect-fields.js";
import { parseFault } from "../../../../src/testing/faults/parse-fault.js";

const KINDS = Object.keys(EFFECT_SHAPES);

/** Every fault that the page shows in one line. */
const lines = [
  ...readFileSync(new URL("../../../../docs/local-kinesis.md", import.meta.url), "utf8").matchAll(/`([^`\n]+)`/g),
]
  .map(([, text]) => text as string)
  .filter(
    (text) =>
      text.split(" ").length > 1 &&
      text
        .split(" ")
        .slice(0, 2)
        .some((word) => KINDS.includes(word)),
  );

describe("docs/local-kinesis.md", () => {
  it("shows faults that can be read, and every kind there is", () => {
    const shown = new Set(lines.map((line) => parseFault(line).do.kind));
    // A fault without fields is a single word there.
    const alone = ["expired-token", "empty-answer", "truncate", "hang"];

    expect(KINDS.filter((kind) => !shown.has(kind as never) && !alone.includes(kind))).toEqual([]);
  });
});
