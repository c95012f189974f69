import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { callWithin } from "../../../src/reader/call-within.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A call without an answer, by a client that ignores its signal. */
function deaf(): { readonly send: (options: { abortSignal: AbortSignal }) => Promise<never>; signal?: AbortSignal } {
  const call: ReturnType<typeof deaf> = {
    send: ({ abortSignal }) => {
      call.signal = abortSignal;
      return new Promise(() => {});
    },
  };
  return call;
}

describe("a call of the reader", () => {
  it("that is never answered ends at its limit, and not before", async () => {
    const call = deaf();
    const outcome = callWithin(30_000, new AbortController().signal, call.send).catch((error: Error) => error);

    await vi.advanceTimersByTimeAsync(29_999);
    expect(call.signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);

    expect(call.signal?.aborted).toBe(true);
    expect(await outcome).toMatchObject({
      name: "TimeoutError",
      message: "no answer within requestTimeoutMs (30000 ms)",
    });
  });

  it("that is never answered ends with the reading", async () => {
    const reading = new AbortController();
    const call = deaf();
    const outcome = callWithin(30_000, reading.signal, call.send).catch((error: Error) => error);

    reading.abort(new Error("enough"));

    expect(await outcome).toMatchObject({ message: "enough" });
    expect(call.signal?.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is not begun after the end of the reading", async () => {
    const call = deaf();

    await expect(callWithin(30_000, AbortSignal.abort(new Error("enough")), call.send)).rejects.toThrow("enough");
    expect(call.signal).toBeUndefined();
  });

  it.each([
    ["answers", async () => "answer"],
    ["fails", () => Promise.reject(new Error("refused"))],
    [
      "throws",
      () => {
        throw new Error("refused");
      },
    ],
  ])("leaves no timer behind when the client %s", async (_, send: () => Promise<string>) => {
    const outcome = await callWithin(30_000, new AbortController().signal, send).catch((error: Error) => error.message);

    expect(["answer", "refused"]).toContain(outcome);
    expect(vi.getTimerCount()).toBe(0);
  });
});
