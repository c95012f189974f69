import fc from "fast-check";
import { expect, it } from "vitest";
import { JsonScan } from "../../../../src/cli/deaggregate/json-scan.js";

/** The states after each line. */
function scan(text: string): string[] {
  const json = new JsonScan();
  return text.split("\n").map((line) => json.add(Buffer.from(line)));
}

it("finds the end of every value that is printed over several lines, at its last line", () => {
  const printed = fc
    .tuple(fc.jsonValue({ maxDepth: 4 }), fc.integer({ min: 1, max: 4 }))
    .map(([value, indent]) => JSON.stringify([value], undefined, indent));
  fc.assert(
    fc.property(printed, (text) => {
      const states = scan(text);
      expect(states.pop()).toBe("ended");
      expect(states.every((state) => state === "open")).toBe(true);
    }),
  );
});

it.each([
  ["a text that goes on in the next line", '{"a": "b'],
  ["a bracket that closes another", "[}"],
  ["a bracket too many", "]"],
  ["a value behind a torn object", '{"a":1,\n{"b":2}'],
  ["a value behind a torn name", '{"a":\n{"b":2}\n{"b":3}'],
  ["a value behind a torn array", '[{"a":1}\n{"b":2}'],
])("%s is broken", (_, text) => {
  expect(scan(text).at(-1)).toBe("broken");
});

it("knows brackets and quotes in texts", () => {
  expect(scan('{"a\\"]": "\\\\",\n"b": "}" }')).toEqual(["open", "ended"]);
});
