import { expect, test } from "vitest";

import { TimeRuns } from "../../../../src/core/record/time-runs.js";

function runsOf(...times: readonly number[]): TimeRuns {
  const runs = new TimeRuns();
  for (const [index, at] of times.entries()) if (at !== runs.last) runs.start(index, at);
  return runs;
}

test("every moment is at its place, read in order, backwards, and across", () => {
  const times = [5, 5, 5, 6, 8, 8, 9, 9, 9, 9];
  const runs = runsOf(...times);
  const places = [...times.keys()];

  for (const order of [places, places.toReversed(), [9, 0, 4, 4, 3, 9, 1, 8, 2, 7, 0]]) {
    expect(order.map((index) => runs.at(index))).toEqual(order.map((index) => times[index]));
  }
});

test("moments that come after a reading are found too", () => {
  const runs = runsOf(1, 2);
  expect(runs.at(1)).toBe(2);

  runs.start(3, 3);

  expect([0, 1, 2, 3].map((index) => runs.at(index))).toEqual([1, 2, 2, 3]);
});

test("a run ends where the next moment begins; the last one has no end yet", () => {
  const runs = runsOf(5, 5, 5, 6, 8, 8);

  expect([0, 1, 2, 3, 4, 5].map((index) => runs.endOf(index))).toEqual([3, 3, 3, 4, Infinity, Infinity]);
});

test("the last one is the latest; before there is one, it is before all", () => {
  expect(new TimeRuns().last).toBe(Number.NEGATIVE_INFINITY);
  expect(runsOf(-1).last).toBe(-1);
  expect(runsOf(1, 1, 4).last).toBe(4);
});
