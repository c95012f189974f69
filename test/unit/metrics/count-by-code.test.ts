import { expect, test } from "vitest";
import { addCount, MOST_CODES, OTHER_CODES } from "../../../src/metrics/count-by-code.js";

test("codes without number do not take memory without bound, and every event is counted", () => {
  const counts = new Map<string, number>();

  for (let i = 0; i < 10_000; i++) addCount(counts, `Code${i}`, 2);
  addCount(counts, "Code0", 1);

  expect(counts.size).toBe(MOST_CODES + 1);
  expect([counts.get("Code0"), counts.get(OTHER_CODES)]).toEqual([3, 2 * (10_000 - MOST_CODES)]);
});
