import { expect, it } from "vitest";
import { PropertiesSyntaxError, readProperties } from "../../../src/kpl/properties.js";

function pairs(text: string): (readonly [string, string])[] {
  return readProperties(text).map(({ key, value }) => [key, value] as const);
}

it.each([
  ["an equals sign", "a=b", "a", "b"],
  ["a colon", "a:b", "a", "b"],
  ["a blank", "a b", "a", "b"],
  ["a tab", "a\tb", "a", "b"],
  ["a form feed", "a\fb", "a", "b"],
  ["blanks around an equals sign", " \t\fa \t= \fb", "a", "b"],
  ["the first of two separators", "a = = b", "a", "= b"],
  ["an equals sign behind a colon", "a:=b", "a", "=b"],
  ["nothing behind the key", "a", "a", ""],
  ["nothing before the separator", "=b", "", "b"],
  ["blanks at the end of the value", "a=b \t", "a", "b \t"],
  ["an escaped separator in the key", "a\\=\\:\\ b=c", "a=: b", "c"],
  ["an escaped blank before the value", "a=\\ b", "a", " b"],
  ["escaped control characters", "a=\\t\\n\\r\\f", "a", "\t\n\r\f"],
  ["a needless escape", "a=\\b\\q\\'", "a", "bq'"],
  ["an escaped backslash", "a=C:\\\\temp\\\\", "a", "C:\\temp\\"],
  ["Unicode escapes", "\\u0061=\\u00fC\\uD83D\\uDE00", "a", "ü😀"],
  ["a separator as Unicode escape", "a\\u003db", "a=b", ""],
  ["a comment sign inside the value", "a=#b!c", "a", "#b!c"],
])("a line with %s", (_, line, key, value) => {
  expect(pairs(line)).toEqual([[key, value]]);
});

it.each([
  ["blank lines", "\n \t\f\n\r\n"],
  ["comments", "# a=b\n  ! c=d\n#e=f\\\n"],
  ["a lone backslash", "\\\n\n"],
  ["nothing", ""],
])("%s are no assignments", (_, text) => {
  expect(pairs(text)).toEqual([]);
});

it("a comment is not continued by its backslash", () => {
  expect(pairs("# a=b\\\nc=d")).toEqual([["c", "d"]]);
});

it.each([
  ["joins two lines, without the indent of the second", "a=b,\\\n   \tc", [["a", "b,c"]]],
  ["joins three", "a\\\n=\\\nb", [["a", "b"]]],
  [
    "is not one of an even number of backslashes",
    "a=b\\\\\nc=d",
    [
      ["a", "b\\"],
      ["c", "d"],
    ],
  ],
  ["is the last of an odd number", "a=b\\\\\\\nc", [["a", "b\\c"]]],
  ["makes no comment of the next line", "a=b\\\n#c", [["a", "b#c"]]],
  [
    "ends at a blank line",
    "a=b\\\n\nc=d",
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  ["counts for nothing at the end of the file", "a=b\\", [["a", "b"]]],
])("a backslash at the end of a line %s", (_, text, expected) => {
  expect(pairs(text)).toEqual(expected);
});

it("lines end as in Unix, Windows and old Mac files, and are counted so", () => {
  expect(readProperties("a=1\nb=2\r\nc=\\\r\n  3\rd=4")).toEqual([
    { key: "a", value: "1", line: 1 },
    { key: "b", value: "2", line: 2 },
    { key: "c", value: "3", line: 3 },
    { key: "d", value: "4", line: 5 },
  ]);
});

it("a key that is there twice is two assignments", () => {
  expect(pairs("a=1\na=2")).toEqual([
    ["a", "1"],
    ["a", "2"],
  ]);
});

it.each([
  ["a=1\nb=\\u00g1", '\\u must be followed by 4 hexadecimal digits, got "00g1" (line 2)'],
  ["a=\\u12", '\\u must be followed by 4 hexadecimal digits, got "12" (line 1)'],
])("%j is refused, as by Java", (text, message) => {
  expect(() => readProperties(text)).toThrow(new PropertiesSyntaxError(message));
});

it.each([
  ["lines that continue", `a=${"b\\\n".repeat(100_000)}`, 100_000],
  ["backslashes", `a=${"\\".repeat(200_000)}x`, 100_001],
])("a long text of %s is read in linear time", (_, text, length) => {
  const startedAt = performance.now();

  expect(readProperties(text)[0]?.value).toHaveLength(length);
  // Quadratic time is more than 10 s.
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
