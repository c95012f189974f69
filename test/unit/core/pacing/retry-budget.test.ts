import { expect, test } from "vitest";

import { RetryBudget } from "../../../../src/core/pacing/retry-budget.js";

function after(failures: number, answers = 0): RetryBudget {
  const budget = new RetryBudget();
  for (let i = 0; i < failures; i++) budget.onFailed();
  for (let i = 0; i < answers; i++) budget.onAnswered();
  return budget;
}

test.each([
  [0, 0, Number.POSITIVE_INFINITY],
  [1, 0, 9],
  [9, 0, 1],
  [10, 0, 1],
  [500, 0, 1],
  [500, 1, 1],
  [500, 2, 2],
  [500, 9, 9],
  [500, 10, Number.POSITIVE_INFINITY],
  [0, 50, Number.POSITIVE_INFINITY],
])("after %d failures and %d answers, %d requests at a time", (failures, answers, maxInFlight) => {
  expect(after(failures, answers).maxInFlight).toBe(maxInFlight);
});

test("what was answered before does not pay for more failures", () => {
  const budget = after(0, 1_000);
  for (let i = 0; i < 10; i++) budget.onFailed();

  expect(budget.maxInFlight).toBe(1);
});
