import { describe, expect, test } from "vitest";
import { timestampPattern } from "../../../../src/testing/delivery/timestamp-pattern.js";

const MOMENT = new Date(Date.UTC(2026, 1, 3, 4, 5, 6));

describe("a pattern of a timestamp", () => {
  test.each([
    ["yyyy/MM/dd/HH/", "2026/02/03/04/"],
    ["yy-M-d-H-m-s", "26-2-3-4-5-6"],
    ["uuuu", "2026"],
    ["DDD", "034"],
    ["D", "34"],
    ["HH:mm:ss", "04:05:06"],
    ["'year='yyyy'/month='MM", "year=2026/month=02"],
    ["''yyyy''", "'2026'"],
    ["", ""],
  ])("%s is %s", (pattern, text) => {
    expect(timestampPattern(pattern)(MOMENT)).toBe(text);
  });

  test("is in UTC to the last second of a year", () => {
    const last = new Date(Date.UTC(2023, 11, 31, 23, 59, 59));

    expect(timestampPattern("yyyy/MM/dd/HH mm ss DDD")(last)).toBe("2023/12/31/23 59 59 365");
  });

  test.each([
    ["YYYY", "has the letter Y, the year of weeks: write yyyy for the year"],
    ["hh", "has the letter h: supported are y u M d D H m s, and text between single quotes"],
    ["MMM", "has 3 times M: at most 2 are supported"],
    ["'year", "has a single quote that does not end: 'year"],
  ])("refuses %s", (pattern, message) => {
    expect(() => timestampPattern(pattern)).toThrow(message);
  });
});
