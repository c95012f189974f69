import { expect, test } from "vitest";

import { IdWindow } from "../../../src/deaggregate/id-window.js";

/** The ids that are in the window. */
function idsIn(window: IdWindow, ...ids: readonly string[]): string[] {
  return ids.filter((id) => window.has(id));
}

test("holds the latest ids, up to its size, however many have come", () => {
  const window = new IdWindow(3);
  for (let i = 0; i < 1_000; i++) window.add(`id ${i}`);

  expect(idsIn(window, "id 995", "id 996", "id 997", "id 998", "id 999", "id 0")).toEqual([
    "id 997",
    "id 998",
    "id 999",
  ]);
});

test("an id that comes again keeps its age, and takes no second place", () => {
  const window = new IdWindow(2);
  for (const id of ["a", "b", "a", "b", "a"]) window.add(id);
  window.add("c");

  expect(idsIn(window, "a", "b", "c")).toEqual(["b", "c"]);
});

test("one that has gone may come again", () => {
  const window = new IdWindow(1);
  for (const id of ["a", "b", "a"]) window.add(id);

  expect(idsIn(window, "a", "b")).toEqual(["a"]);
});
