import { expect, test } from "vitest";

import { PacedTime } from "../../../../src/core/pacing/paced-time.js";

test("a record that no limiter has refused was not held back", () => {
  const paced = new PacedTime();

  expect(paced.hasBegun).toBe(false);
  expect(paced.of(0, 1_000)).toBe(0);
});

test("a record was held back from the first refusal until its lane might send", () => {
  const paced = new PacedTime();
  paced.extend(0, 30, 100);

  expect(paced.of(0, 100)).toBe(70);
  expect(paced.of(0, 95)).toBe(65);
  // The wait for a free request slot, from 100 to 140, is no pacing.
  expect(paced.of(0, 140)).toBe(70);
});

test("a record counts only from when it was due", () => {
  const paced = new PacedTime();
  paced.extend(0, 0, 100);

  expect(paced.of(60, 100)).toBe(40);
  expect(paced.of(200, 150)).toBe(0);
});

test("refusals one after the other hold a backlog back without a gap", () => {
  const paced = new PacedTime();
  paced.extend(0, 0, 20);
  // Some records went at 20, and the next one, due since 5, was refused at 21.
  paced.extend(5, 21, 40);

  expect(paced.of(5, 40)).toBe(35);
});

test("a record that was not due during earlier refusals counts from its own", () => {
  const paced = new PacedTime();
  paced.extend(0, 0, 20);
  paced.extend(500, 510, 600);

  expect(paced.of(500, 600)).toBe(90);
});

test("an earlier end does not shorten the time", () => {
  const paced = new PacedTime();
  paced.extend(0, 0, 100);
  paced.extend(10, 10, 50);

  expect(paced.of(0, 100)).toBe(100);
});
