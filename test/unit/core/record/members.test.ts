import { expect, test } from "vitest";

import { Members } from "../../../../src/core/record/members.js";
import { TimeRuns } from "../../../../src/core/record/time-runs.js";

test("members keep their settlers, and when each was accepted", () => {
  const times = new TimeRuns();
  times.start(0, 10);
  times.start(2, 20);

  const members = new Members(3, ["first"], times);

  expect([0, 1, 2].map((index) => members.settlerAt(index))).toEqual(["first", undefined, undefined]);
  expect([0, 1, 2].map((index) => members.acceptedAtOf(index))).toEqual([10, 10, 20]);
  expect([0, 1, 2].map((index) => members.endOfMoment(index))).toEqual([2, 2, Infinity]);
  expect(members.settlersEnd).toBe(1);
  expect(members.count).toBe(3);
});
