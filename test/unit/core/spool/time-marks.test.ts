import { describe, expect, it } from "vitest";
import { TimeMarks } from "../../../../src/core/spool/time-marks.js";

describe("TimeMarks", () => {
  it("know the time of an index, and none before the first one", () => {
    const marks = new TimeMarks();
    marks.add(2, 1_000);
    marks.add(5, 2_000);

    expect([1, 2, 4, 5, 900].map((index) => marks.timeOf(index))).toEqual([undefined, 1_000, 1_000, 2_000, 2_000]);
  });

  it("of a million records are right to 1/128 of the whole time", () => {
    const marks = new TimeMarks();
    const count = 1_000_000;
    for (let index = 0; index < count; index++) marks.add(index, 5_000 + index);

    for (let index = 0; index < count; index += 997) {
      const error = 5_000 + index - (marks.timeOf(index) as number);
      expect(error).toBeGreaterThanOrEqual(0);
      expect(error).toBeLessThanOrEqual(count / 64);
    }
  });

  it("do not go back with the system's clock", () => {
    const marks = new TimeMarks();
    marks.add(0, 9_000);
    marks.add(1, 8_000);

    expect(marks.timeOf(1)).toBe(9_000);
  });
});
