import { expect, test, vi } from "vitest";
import { tellLostAtExit, warnBeforeExit } from "../../../src/edge/exit-guard.js";

test.each([
  ["beforeExit", () => warnBeforeExit(vi.fn())],
  ["exit", () => tellLostAtExit(() => 0)],
] as const)("%s: one listener serves all producers, and none is left without a producer", (event, watch) => {
  const before = process.listenerCount(event);

  const stops = [watch(), watch()];
  const during = process.listenerCount(event);
  for (const stop of stops) stop();

  expect([during, process.listenerCount(event)]).toEqual([before + 1, before]);
});
