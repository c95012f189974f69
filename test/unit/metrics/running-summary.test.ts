import { expect, test } from "vitest";

import { RunningSummary } from "../../../src/metrics/running-summary.js";

function shown({ count, sum, min, max }: RunningSummary): number[] {
  return [count, sum, min, max];
}

test("without values everything is 0", () => {
  expect(shown(new RunningSummary())).toEqual([0, 0, 0, 0]);
});

test("values count as often as they are recorded, and below 0 as 0", () => {
  const summary = new RunningSummary();

  summary.record(5, 3);
  summary.record(9);
  summary.record(100, 0);
  expect(shown(summary)).toEqual([4, 24, 5, 9]);
  summary.record(-1);

  expect(shown(summary)).toEqual([5, 24, 0, 9]);
});

test("takes the values of another one, and nothing of an empty one", () => {
  const [one, other] = [new RunningSummary(), new RunningSummary()];
  one.record(5);
  one.add(other);
  expect(shown(one)).toEqual([1, 5, 5, 5]);
  other.record(2);
  other.record(7);

  one.add(other);

  expect(shown(one)).toEqual([3, 14, 2, 7]);
});
