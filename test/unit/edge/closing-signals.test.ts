import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { closeOnSignals } from "../../../src/edge/closing-signals.js";

const others = vi.fn();
let close: () => void;
const closing = vi.fn(() => new Promise<void>((resolve) => (close = resolve)));

beforeEach(() => {
  vi.clearAllMocks();
  // Somebody else listens: the process is not ended from here.
  process.on("SIGHUP", others);
});

afterEach(() => {
  process.off("SIGHUP", others);
});

test("closes once on the first signal, and listens no more", async () => {
  closeOnSignals(["SIGHUP"], closing);

  process.emit("SIGHUP", "SIGHUP");
  process.emit("SIGHUP", "SIGHUP");
  close();
  // What follows the close comes while the other listener is still there.
  await new Promise((resolve) => setImmediate(resolve));

  expect(closing).toHaveBeenCalledOnce();
  expect(others).toHaveBeenCalledTimes(2);
  expect(process.listenerCount("SIGHUP")).toBe(1);
});

test("does nothing once it was stopped", () => {
  const stop = closeOnSignals(["SIGHUP"], closing);

  stop();
  process.emit("SIGHUP", "SIGHUP");

  expect(closing).not.toHaveBeenCalled();
});

test("listens to nothing it was not asked to", () => {
  const before = process.listenerCount("SIGTERM");

  const stop = closeOnSignals([], closing);

  expect(process.listenerCount("SIGTERM")).toBe(before);
  stop();
});
