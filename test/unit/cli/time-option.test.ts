import { expect, it } from "vitest";
import { OptionValues } from "../../../src/cli/option-table.js";
import { readTime, shortTime, timeOf, timeWithUnit } from "../../../src/cli/time-option.js";

it.each([
  ["0", 0],
  ["250", 250],
  ["200ms", 200],
  ["5s", 5_000],
  ["1.5m", 90_000],
  ["2h", 7_200_000],
  ["1d", 86_400_000],
  ["0.0004s", 0],
])("%s is %i ms", (text, ms) => {
  expect(timeOf(text)).toBe(ms);
});

it.each(["", "s", "5 s", "-5s", "1.5", "5S", "5sec", "1e3", "5.s", "infinity", "9".repeat(16)])(
  "%j is not a time",
  (text) => {
    expect(timeOf(text)).toBeUndefined();
  },
);

it.each([
  ["10s", 10_000],
  ["0ms", 0],
  ["10", undefined],
  ["10 s", undefined],
])("%j, where a unit is needed, is %s", (text, ms) => {
  expect(timeWithUnit(text)).toBe(ms);
});

it.each([
  [0, "0ms"],
  [1, "1ms"],
  [1_500, "1500ms"],
  [60_000, "1m"],
  [604_800_000, "7d"],
])("%i ms are written as %s", (ms, text) => {
  expect(shortTime(ms)).toBe(text);
});

it("is within its bounds, both of them included", () => {
  const read = (text: string): number | undefined =>
    readTime(new OptionValues(new Map([["ttl", [text]]])), "ttl", { minMs: 10, maxMs: 60_000, mayBeInfinite: true });

  expect([read("10"), read("1m"), read("Infinity")]).toEqual([10, 60_000, Number.POSITIVE_INFINITY]);
  for (const text of ["9ms", "60001", "soon"]) {
    expect(() => read(text)).toThrow(
      `--ttl must be a time like 200ms, 5s or 2m, 10ms to 1m, or infinity, got ${JSON.stringify(text)}`,
    );
  }
  expect(readTime(new OptionValues(new Map()), "ttl", { minMs: 0, maxMs: 1 })).toBeUndefined();
});
