import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";

import { type DedupeStore, dedupe } from "../../../src/deaggregate/index.js";
import { InvalidOptionError } from "../../../src/errors.js";

const A = { recordId: "a" };
const B = { recordId: "b" };
const C = { recordId: "c" };
const NO_ID = {};

/** A handler call that ends when the test decides. */
function handling() {
  let succeed = (): void => undefined;
  let fail = (_: Error): void => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    succeed = resolve;
    fail = reject;
  });
  return { handle: vi.fn(() => ended), succeed, fail };
}

/** Committed ids, stored outside of any process. */
function setStore(...ids: readonly string[]): DedupeStore & { readonly ids: Set<string> } {
  const kept = new Set(ids);
  return {
    ids: kept,
    committed: async (asked) => asked.filter((id) => kept.has(id)),
    commit: async (committed) => {
      for (const id of committed) kept.add(id);
    },
  };
}

describe("once", () => {
  test("handles a record, and none of its copies after that", async () => {
    const seen = dedupe({ window: 10 });
    const handle = vi.fn();

    const handled = [await seen.once(A, handle), await seen.once({ ...A }, handle), await seen.once(B, handle)];

    expect(handled).toEqual([true, false, true]);
    expect(handle).toHaveBeenCalledTimes(2);
  });

  test("handles a copy when the handling failed, and rejects as it did", async () => {
    const seen = dedupe({ window: 10 });
    const error = new Error("no");

    await expect(seen.once(A, () => Promise.reject(error))).rejects.toBe(error);
    await expect(
      seen.once(A, () => {
        throw error;
      }),
    ).rejects.toBe(error);
    expect(await seen.once(A, () => undefined)).toBe(true);
  });

  test("handles every record without an id, at once beside each other", async () => {
    const seen = dedupe({ window: 10 });
    const first = handling();
    const second = handling();

    const both = Promise.all([seen.once(NO_ID, first.handle), seen.once(NO_ID, second.handle)]);
    await turn();
    expect(first.handle).toHaveBeenCalledOnce();
    expect(second.handle).toHaveBeenCalledOnce();
    first.succeed();
    second.succeed();

    expect(await both).toEqual([true, true]);
  });

  test("forgets the oldest beyond the window", async () => {
    const seen = dedupe({ window: 2 });
    for (const record of [A, B, C]) await seen.once(record, () => undefined);

    const handled = [];
    for (const record of [C, B, A]) handled.push(await seen.once(record, () => undefined));

    expect(handled).toEqual([false, false, true]);
  });
});

describe("a copy that comes while the record is being handled", () => {
  test("waits, and is a duplicate when that succeeds", async () => {
    const seen = dedupe({ window: 10 });
    const first = handling();
    const second = handling();

    const outcomes = Promise.all([seen.once(A, first.handle), seen.once(A, second.handle)]);
    await turn();
    first.succeed();

    expect(await outcomes).toEqual([true, false]);
    expect(second.handle).not.toHaveBeenCalled();
  });

  test("is handled when that fails", async () => {
    const seen = dedupe({ window: 10 });
    const first = handling();
    const second = handling();

    const outcomes = Promise.allSettled([seen.once(A, first.handle), seen.once(A, second.handle)]);
    await turn();
    expect(second.handle).not.toHaveBeenCalled();
    first.fail(new Error("no"));
    await turn();
    expect(second.handle).toHaveBeenCalledOnce();
    second.succeed();

    expect((await outcomes).map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    expect(await seen.once(A, () => undefined)).toBe(false);
  });

  test("of many that wait one is handled at a time, until one succeeds", async () => {
    const seen = dedupe({ window: 10 });
    const handlings = [handling(), handling(), handling(), handling()];

    const outcomes = Promise.allSettled(handlings.map(({ handle }) => seen.once(A, handle)));
    for (const [i, { fail, succeed }] of handlings.entries()) {
      await turn();
      expect(handlings.map(({ handle }) => handle.mock.calls.length)).toEqual([1, i > 0 ? 1 : 0, i > 1 ? 1 : 0, 0]);
      if (i < 2) fail(new Error("no"));
      else succeed();
    }

    const told = (await outcomes).map((outcome) => (outcome.status === "fulfilled" ? outcome.value : "failed"));
    expect(told).toEqual(["failed", "failed", true, false]);
  });

  test("does not hold up other records", async () => {
    const seen = dedupe({ window: 10 });
    const first = handling();
    const pending = seen.once(A, first.handle);

    expect(await seen.once(B, () => undefined)).toBe(true);

    first.succeed();
    await pending;
  });
});

describe("claim", () => {
  test("gives what is to be handled: no duplicates, each id once, those without id all, in order", async () => {
    const seen = dedupe({ window: 10 });
    await seen.once(B, () => undefined);
    const records = [NO_ID, A, B, { ...A }, C, NO_ID];

    const claim = await seen.claim(records);

    expect(claim.fresh).toEqual([NO_ID, A, C, NO_ID]);
    expect(claim.fresh[1]).toBe(A);
    await claim.commit();
    expect((await seen.claim(records)).fresh).toEqual([NO_ID, NO_ID]);
  });

  test("aborted leaves nothing", async () => {
    const seen = dedupe({ window: 10 });

    (await seen.claim([A, B])).abort();

    expect((await seen.claim([A, B])).fresh).toEqual([A, B]);
  });

  test.each([
    ["commit, then abort", ["commit", "abort"], [false, true]],
    ["abort, then commit", ["abort", "commit"], [true, true]],
  ] as const)("only its first end counts: %s", async (_, ends, handled) => {
    const seen = dedupe({ window: 10 });
    const claim = await seen.claim([A]);

    for (const end of ends) await claim[end]();

    expect([await seen.once(A, () => undefined), await seen.once(B, () => undefined)]).toEqual(handled);
  });

  test("an end that comes twice does not end a later claim", async () => {
    const seen = dedupe({ window: 10 });
    const first = await seen.claim([A]);
    first.abort();
    await seen.claim([A]);
    const third = vi.fn();
    void seen.claim([A]).then(third);

    first.abort();
    await turn();

    expect(third).not.toHaveBeenCalled();
  });

  test("waits for all of its records before it takes any: claims that overlap cannot wait for each other", async () => {
    const seen = dedupe({ window: 10 });
    const holder = await seen.claim([B]);
    const waiting = seen.claim([A, B]);
    await turn();

    const other = await seen.claim([A]);
    holder.abort();
    other.abort();

    expect((await waiting).fresh).toEqual([A, B]);
  });
});

describe("a store", () => {
  test("is asked about what this process does not remember, and told of every commit", async () => {
    const store = setStore("a");
    const committed = vi.spyOn(store, "committed");
    const seen = dedupe({ window: 10, store });

    const handled = [];
    for (const record of [A, A, B, B, NO_ID]) handled.push(await seen.once(record, () => undefined));

    expect(handled).toEqual([false, false, true, false, true]);
    expect(committed.mock.calls).toEqual([[["a"]], [["b"]]]);
    expect([...store.ids]).toEqual(["a", "b"]);
  });

  test("remembers for another process, and beyond the window", async () => {
    const store = setStore();
    const one = dedupe({ window: 1, store });
    for (const record of [A, B, C]) await one.once(record, () => undefined);

    const other = dedupe({ window: 1, store });

    expect((await other.claim([A, B, C])).fresh).toEqual([]);
    expect((await one.claim([A])).fresh).toEqual([]);
  });

  test("is not told of what failed", async () => {
    const store = setStore();

    await expect(dedupe({ window: 1, store }).once(A, () => Promise.reject(new Error("no")))).rejects.toThrow("no");

    expect([...store.ids]).toEqual([]);
  });

  test("that cannot be asked fails the record, which is handled the next time", async () => {
    const store = setStore();
    const seen = dedupe({ window: 10, store });
    const handle = vi.fn();
    vi.spyOn(store, "committed").mockRejectedValueOnce(new Error("down"));

    await expect(seen.once(A, handle)).rejects.toThrow("down");
    expect(handle).not.toHaveBeenCalled();

    expect(await seen.once(A, handle)).toBe(true);
  });

  test("that cannot be reported fails the record though it was handled: it is handled again", async () => {
    const store = setStore();
    const seen = dedupe({ window: 10, store });
    const handle = vi.fn();
    vi.spyOn(store, "commit").mockImplementationOnce(() => {
      throw new Error("down");
    });

    await expect(seen.once(A, handle)).rejects.toThrow("down");
    expect(await seen.once(A, handle)).toBe(true);

    expect(handle).toHaveBeenCalledTimes(2);
    expect([...store.ids]).toEqual(["a"]);
  });

  test("is asked once about many", async () => {
    const store = setStore("b");
    const committed = vi.spyOn(store, "committed");
    const commit = vi.spyOn(store, "commit");
    const seen = dedupe({ window: 10, store });

    const claim = await seen.claim([A, B, C, NO_ID]);
    await claim.commit();

    expect(claim.fresh).toEqual([A, C, NO_ID]);
    expect(committed.mock.calls).toEqual([[["a", "b", "c"]]]);
    expect(commit.mock.calls).toEqual([[["a", "c"]]]);
  });
});

describe("bad options", () => {
  test.each([0, -1, 1.5, 5_000_001, Number.NaN, Number.POSITIVE_INFINITY, "10", undefined])("window %s", (window) => {
    const act = (): unknown => dedupe({ window: window as number });

    expect(act).toThrow(InvalidOptionError);
    expect(act).toThrow(
      `window must be a whole number from 1 to 5000000, got ${typeof window === "string" ? `"${window}"` : window}`,
    );
  });

  test.each([null, {}, { committed: () => [] }, { commit: () => [] }])("store %o", (store) => {
    expect(() => dedupe({ window: 1, store: store as DedupeStore })).toThrow(
      "store must be an object with the methods committed and commit",
    );
  });

  test.each([1, 5_000_000])("window %s is none", (window) => {
    expect(() => dedupe({ window })).not.toThrow();
  });
});
