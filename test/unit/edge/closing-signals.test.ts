import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { closeBeforeEnd, closeOnSignals } from "../../../src/edge/closing-signals.js";

/** Signals that the process raised. */
let raised: (string | number | undefined)[];
let statuses: unknown[];

beforeEach(() => {
  raised = [];
  statuses = [];
  vi.spyOn(process, "kill").mockImplementation((_, signal) => {
    raised.push(signal);
    return true;
  });
  vi.spyOn(process, "exit").mockImplementation((status) => void statuses.push(status) as never);
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** A member whose close ends when the test decides. */
function member(...signals: NodeJS.Signals[]) {
  let end: () => void = () => {};
  const close = vi.fn(() => new Promise<void>((resolve) => (end = resolve)));
  onTestFinished(closeOnSignals(signals, close));
  return { close, end: () => end() };
}

const signal = (name: NodeJS.Signals): boolean => process.emit(name, name);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("two producers", () => {
  test("the first that is done does not end the process: the second delivers what it holds", async () => {
    const [first, second] = [member("SIGHUP"), member("SIGHUP")];

    signal("SIGHUP");
    first.end();
    await turn();
    const early = [...raised];
    second.end();
    await turn();

    expect(early).toEqual([]);
    expect(raised).toEqual(["SIGHUP"]);
  });

  test("of which one listens to another signal are both closed before the process ends", async () => {
    const [first, second] = [member("SIGHUP"), member("SIGTERM")];

    signal("SIGHUP");
    first.end();
    await turn();
    const early = [...raised];
    second.end();
    await turn();

    expect(early).toEqual([]);
    expect(second.close).toHaveBeenCalledOnce();
    expect(raised).toEqual(["SIGHUP"]);
  });

  test("of two copies of the package share one handler", async () => {
    const first = member("SIGHUP");
    vi.resetModules();
    const copy = await import("../../../src/edge/closing-signals.js");
    let end: () => void = () => {};
    onTestFinished(copy.closeOnSignals(["SIGHUP"], () => new Promise<void>((resolve) => (end = resolve))));

    const listeners = process.listenerCount("SIGHUP");
    signal("SIGHUP");
    first.end();
    await turn();
    const early = [...raised];
    end();
    await turn();

    expect(copy.closeOnSignals).not.toBe(closeOnSignals);
    expect([listeners, early, raised]).toEqual([1, [], ["SIGHUP"]]);
  });
});

test("dead letters are closed after the producers, those that began while producers closed too", async () => {
  const order: string[] = [];
  const producer = member("SIGHUP");
  onTestFinished(closeBeforeEnd(async () => void order.push("early letters")));

  signal("SIGHUP");
  onTestFinished(closeBeforeEnd(async () => void order.push("letters of the closing")));
  await turn();
  order.push("producer");
  producer.end();
  await turn();

  expect(order).toEqual(["producer", "early letters", "letters of the closing"]);
  expect(raised).toEqual(["SIGHUP"]);
});

test("a close that rejects keeps nobody from ending", async () => {
  onTestFinished(closeOnSignals(["SIGHUP"], () => Promise.reject(new Error("no"))));

  signal("SIGHUP");
  await turn();

  expect(raised).toEqual(["SIGHUP"]);
});

describe("a listener of the application's own", () => {
  test.each([
    ["on", "before"],
    ["on", "after"],
    ["once", "before"],
    ["once", "after"],
    ["prependOnceListener", "after"],
  ] as const)("that came by %s %s ours ends the process itself", async (how, when) => {
    const theirs = vi.fn();
    onTestFinished(() => void process.off("SIGHUP", theirs));
    if (when === "before") process[how]("SIGHUP", theirs);
    const producer = member("SIGHUP");
    if (when === "after") process[how]("SIGHUP", theirs);

    signal("SIGHUP");
    producer.end();
    await turn();

    expect(theirs).toHaveBeenCalledOnce();
    expect(producer.close).toHaveBeenCalledOnce();
    expect([raised, statuses]).toEqual([[], []]);
  });

  test("that left long before the signal leaves the ending to us", async () => {
    const theirs = vi.fn();
    process.on("SIGHUP", theirs);
    const producer = member("SIGHUP");
    process.off("SIGHUP", theirs);
    await turn();

    signal("SIGHUP");
    producer.end();
    await turn();

    expect(raised).toEqual(["SIGHUP"]);
  });

  test("closes no producer that did not ask for the signal", async () => {
    const theirs = vi.fn();
    process.on("SIGHUP", theirs);
    onTestFinished(() => void process.off("SIGHUP", theirs));
    const [asked, other] = [member("SIGHUP"), member("SIGTERM")];

    signal("SIGHUP");
    asked.end();
    await turn();

    expect([asked.close.mock.calls.length, other.close.mock.calls.length]).toEqual([1, 0]);
  });
});

test("the first process of a container, which no signal ends, exits with the signal's status", async () => {
  const producer = member("SIGTERM");

  signal("SIGTERM");
  producer.end();
  await turn();

  // Simulates a signal that the kernel ignores: this test's `process.kill` did nothing.
  expect(raised).toEqual(["SIGTERM"]);
  expect(statuses).toEqual([143]);
});

describe("listeners", () => {
  const counts = (): number[] =>
    ["SIGHUP", "SIGTERM", "SIGINT", "removeListener"].map((event) => process.listenerCount(event));

  test("are one for each signal with 50 producers, and none when the last one is closed", () => {
    const before = counts();
    const stops = Array.from({ length: 50 }, () => closeOnSignals(["SIGHUP", "SIGTERM"], () => Promise.resolve()));
    const during = counts();

    for (const stop of stops) stop();

    expect(during).toEqual([1, 1, 0, 1].map((more, i) => (before[i] ?? 0) + more));
    expect(counts()).toEqual(before);
  });

  test("are gone once closing has begun: a second signal ends the process at once", () => {
    const before = counts();
    const producer = member("SIGINT", "SIGTERM");

    signal("SIGINT");
    const during = counts();
    signal("SIGINT");

    expect(during).toEqual(before);
    expect(producer.close).toHaveBeenCalledOnce();
    producer.end();
  });

  test("are none for a producer without closeOnSignals, nor for dead letters alone", () => {
    const before = counts();

    onTestFinished(closeOnSignals([], () => Promise.resolve()));
    onTestFinished(closeBeforeEnd(() => Promise.resolve()));

    expect(counts()).toEqual(before);
  });
});

test("does nothing once it was stopped", () => {
  const close = vi.fn(() => Promise.resolve());
  const stop = closeOnSignals(["SIGHUP"], close);

  stop();
  signal("SIGHUP");

  expect(close).not.toHaveBeenCalled();
});
