import { expect, it } from "vitest";
import { deliveredForm, playTimeText } from "../../../../examples/game-pipeline/game-event.js";
import { gameEvent } from "./evidence-of-a-run.js";

it.each([
  [0, "0 s"],
  [59.9, "59 s"],
  [60, "1 min"],
  [3_599, "59 min"],
  [3_600, "1 h 0 min"],
  [4_320, "1 h 12 min"],
  [90_060, "25 h 1 min"],
])("%d seconds are %s", (seconds, text) => {
  expect(playTimeText(seconds)).toBe(text);
});

it("a file has the text in place of the seconds", () => {
  const { playTimeSeconds: _, ...rest } = gameEvent("a", 0);

  expect(deliveredForm(gameEvent("a", 0))).toEqual({ ...rest, playTime: "1 h 12 min" });
});
