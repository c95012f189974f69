import { expect, it } from "vitest";
import { type FoundValue, ValueReader } from "../../../../src/cli/deaggregate/value-reader.js";
import { LineSplitter } from "../../../../src/cli/line-reader.js";

/** The values in a text. */
function read(text: string | Buffer, maxBytes = 1_000): FoundValue[] {
  const splitter = new LineSplitter(maxBytes);
  const reader = new ValueReader(maxBytes);
  const lines = splitter.push(Buffer.from(text));
  const last = splitter.end();
  return [...[...lines, ...(last === undefined ? [] : [last])].flatMap((line) => reader.take(line)), ...reader.end()];
}

it("reads a value to a line, and values of several lines, in one file", () => {
  const printed = JSON.stringify({ Records: [{ a: 1 }, { a: 2 }] }, undefined, 2);

  expect(read(`{"a":0}\n\n${printed}\n[3]\n`)).toEqual([
    { name: "line 1", value: { a: 0 } },
    { name: "lines 3 to 12", value: { Records: [{ a: 1 }, { a: 2 }] } },
    { name: "line 13", value: [3] },
  ]);
});

it.each([
  ["a text", '{"a":"torn'],
  ["a name", '{"a":'],
  ["a comma", '{"a":1,'],
  ["the first bracket", "{"],
])("reports a line that was torn within %s, and reads the next values", (_, torn) => {
  expect(read(`{"a":0}\n${torn}\n{"a":2}\n{"a":3}\n`)).toEqual([
    { name: "line 1", value: { a: 0 } },
    { name: "line 2", problem: "is not JSON" },
    { name: "line 3", value: { a: 2 } },
    { name: "line 4", value: { a: 3 } },
  ]);
});

it("reports the lines of a value that does not end, or that only looks like JSON", () => {
  expect(read('{\n"a": 1\n')).toEqual([
    { name: "line 1", problem: "is not JSON" },
    { name: "line 2", problem: "is not JSON" },
  ]);
  expect(read("[\n1,,2\n]\n{}").map(({ name }) => name)).toEqual(["line 1", "line 2", "line 3", "line 4"]);
});

it("holds no more than the largest value, and goes on behind it", () => {
  const found = read(`[\n${"1,\n".repeat(60)}2\n]\n{"a":1}\n${"x".repeat(101)}\n{"a":2}`, 100);

  expect(found[0]).toEqual({ name: "lines 1 to 51", problem: "have more than 100 bytes without the end of a value" });
  expect(found).toContainEqual({ name: "line 64", value: { a: 1 } });
  expect(found.slice(-2)).toEqual([
    { name: "line 65", problem: "has more than 100 bytes" },
    { name: "line 66", value: { a: 2 } },
  ]);
});
