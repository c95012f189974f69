import { expect, test, vi } from "vitest";
import { warnBeforeExit } from "../../../src/edge/exit-guard.js";

test("one listener serves all who may be warned, and none is left when nobody is", () => {
  const before = process.listenerCount("beforeExit");

  const stops = [warnBeforeExit(vi.fn()), warnBeforeExit(vi.fn())];
  const during = process.listenerCount("beforeExit");
  for (const stop of stops) stop();

  expect([during, process.listenerCount("beforeExit")]).toEqual([before + 1, before]);
});
