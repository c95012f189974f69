import { expect, it } from "vitest";
import { fileSecondsOf, hourAt, loadAt, serversFor } from "../../../../examples/game-pipeline/day.js";

it("a day begins at 4 o'clock in the night, is busiest at 20 o'clock, and ends where it began", () => {
  expect([0, 0.5, 2 / 3, 1].map((part) => Math.round(hourAt(part)))).toEqual([4, 16, 20, 4]);
  expect([0, 2 / 3, 1].map((part) => Number(loadAt(part).toFixed(2)))).toEqual([0.12, 1, 0.12]);
});

it("the load rises until the evening, and falls from then on", () => {
  const loads = Array.from({ length: 97 }, (_, quarter) => loadAt(quarter / 96));

  for (const [index, load] of loads.slice(1).entries()) expect(load > (loads[index] ?? 0)).toBe(index < 64);
});

it("the fleet has one server at night, and all of them in the evening", () => {
  expect([0.12, 0.25, 0.26, 0.5, 0.51, 0.76, 1].map((load) => serversFor(load, 4))).toEqual([1, 1, 2, 2, 3, 4, 4]);
});

it("a file has whole seconds, as Firehose wants it, and there are about 20 of them", () => {
  expect([8, 12, 29, 30, 60, 3_600].map(fileSecondsOf)).toEqual([1, 1, 1, 2, 3, 180]);
});
