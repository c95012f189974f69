import { expect, test } from "vitest";
import { Generations } from "../../../../src/core/record/generations.js";

test("one generation is that of every record", () => {
  const generations = new Generations(7);

  expect([generations.at(0), generations.at(99), generations.last, generations.areMany]).toEqual([7, 7, 7, false]);
});

test("a later generation begins at an index", () => {
  const generations = new Generations(7);
  generations.start(3, 8);
  generations.start(5, 12);

  expect([0, 2, 3, 4, 5, 6].map((index) => generations.at(index))).toEqual([7, 7, 8, 8, 12, 12]);
  expect([generations.last, generations.areMany]).toEqual([12, true]);
});
