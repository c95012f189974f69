import { describe, expect, it } from "vitest";
import { wrapParagraphs, wrapRows, wrapWords } from "../../../src/cli/wrap-text.js";

describe("words", () => {
  it.each<[number, string[]]>([
    [9, ["one two", "three"]],
    [12, ["one two", "three"]],
    [13, ["one two three"]],
    [14, ["one two three"]],
  ])("fill lines of %i characters", (columns, lines) => {
    expect(wrapWords("one two three", columns)).toEqual(lines);
  });

  it("that are longer than a line have their own", () => {
    expect(wrapWords("a https://example.com b", 5)).toEqual(["a", "https://example.com", "b"]);
  });
});

it("paragraphs are filled, and indented lines stay", () => {
  const text = "one two\nthree four\n  an example that is longer\n\nfive\nsix";

  expect(wrapParagraphs(text, 13)).toBe("one two three\nfour\n  an example that is longer\n\nfive six");
});

it("rows have two columns; a long head has its own line", () => {
  const rows = [
    { head: "--a", meaning: "one two three four" },
    { head: "--much-longer-than-all-of-them X", meaning: "five" },
    { head: "--bcd", meaning: "six" },
  ];

  expect(wrapRows(rows, 20)).toEqual([
    "  --a    one two",
    "         three four",
    "  --much-longer-than-all-of-them X",
    "         five",
    "  --bcd  six",
  ]);
});
