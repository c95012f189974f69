import { describe, expect, test } from "vitest";

import { amount, messageWithoutCode, oneLine, percent, span, timeOfDay } from "../../../src/wording/amounts.js";

test.each([
  [0, "0 requests"],
  [1, "1 request"],
  [2, "2 requests"],
])("%i requests are %j", (count, text) => {
  expect(amount(count, "request")).toBe(text);
});

test.each([
  [-1, "0 s"],
  [999, "0 s"],
  [34_900, "34 s"],
  [59_999, "59 s"],
  [60_000, "1 min"],
  [125_000, "2 min 5 s"],
  [3_599_999, "59 min 59 s"],
  [3_600_000, "1 h"],
  [86_399_999, "23 h 59 min"],
  [86_400_000, "1 d"],
  [180_000_000, "2 d 2 h"],
])("%i ms are %j", (ms, text) => {
  expect(span(ms)).toBe(text);
});

test.each([
  [0, "00:00:00Z"],
  [Date.UTC(2026, 1, 3, 9, 5, 0), "09:05:00Z"],
  [Date.UTC(2026, 1, 3, 23, 59, 59, 999), "23:59:59Z"],
  [-1_000, "23:59:59Z"],
])("the time of day of %i is %j", (epochMs, text) => {
  expect(timeOfDay(epochMs)).toBe(text);
});

test.each([
  [0, "0 %"],
  [0.008, "0.8 %"],
  [0.984, "98 %"],
  [1, "100 %"],
])("%d of a whole is %j", (part, text) => {
  expect(percent(part)).toBe(text);
});

describe("a text of another program", () => {
  test("has one line", () => {
    expect(oneLine(" a\r\n b\t c ")).toBe("a b c");
  });

  test.each([300, 301])("of %i characters is cut after 300", (length) => {
    const text = oneLine("x".repeat(length));

    expect(text).toBe(`${"x".repeat(300)}${length > 300 ? "…" : ""}`);
  });

  test.each([
    [undefined, "undefined"],
    [{ toString: 1 }, "an object"],
    [7, "7"],
  ])("that is %o is shown by its type", (value, text) => {
    expect(oneLine(value)).toBe(text);
  });

  test.each([
    ["E: text", "text"],
    ["E text", "E text"],
    ["text", "text"],
  ])("%j loses its code in front", (message, text) => {
    expect(messageWithoutCode("E", message)).toBe(text);
  });
});
