import { expect, test } from "vitest";
import { clientTimeLimit, timeLimit } from "../../../src/edge/time-limit.js";
import { ManualClock } from "../../../src/testing/manual-clock.js";

test.each([
  ["that answers", () => Promise.resolve("answer"), "answer"],
  ["that fails", () => Promise.reject(new Error("refused")), "refused"],
  [
    "that cannot even begin",
    () => {
      throw new Error("the producer's client is closed");
    },
    "the producer's client is closed",
  ],
])("a request %s leaves no timer behind", async (_, run: () => Promise<string>, expected) => {
  const clock = new ManualClock();

  const outcome = await timeLimit(clock, 6_000)(run).catch((error: Error) => error.message);

  expect(outcome).toBe(expected);
  expect(clock.pendingTimers).toBe(0);
});

test("a request that takes too long is ended, and told so", async () => {
  const clock = new ManualClock();
  let signal: AbortSignal | undefined;
  const limited = timeLimit(
    clock,
    6_000,
  )(({ abortSignal }) => {
    signal = abortSignal;
    return new Promise<string>(() => {});
  }).catch((error: Error) => [error.name, error.message]);

  await clock.advanceAsync(5_999);
  expect(signal?.aborted).toBe(false);
  await clock.advanceAsync(1);

  expect(await limited).toEqual(["TimeoutError", "no answer within requestTimeoutMs (6000 ms)"]);
  expect(signal?.aborted).toBe(true);
});

test("a client that was handed in has time for the tries that it makes itself, and no more", async () => {
  const clock = new ManualClock();
  const limited = clientTimeLimit(clock, 6_000)(() => new Promise(() => {})).catch((error: Error) => error.message);
  let hasEnded = false;
  void limited.then(() => {
    hasEnded = true;
  });

  await clock.advanceAsync(17_999);
  expect(hasEnded).toBe(false);
  await clock.advanceAsync(1);

  expect(await limited).toBe("no answer within 3 × requestTimeoutMs (18000 ms), including the client's retries");
});
