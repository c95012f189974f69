import { describe, expect, test } from "vitest";
import { Unsettled } from "../../../../src/testing/delivery/unsettled.js";

/** The state of a promise after its reactions. */
async function stateOf(promise: Promise<unknown>): Promise<string> {
  return await Promise.race([
    promise.then(
      () => "resolved",
      () => "rejected",
    ),
    new Promise<string>((resolve) => setImmediate(() => resolve("pending"))),
  ]);
}

describe("unsettled records", () => {
  test("are waited for with all earlier ones, and without later ones", async () => {
    const unsettled = new Unsettled();
    const first = unsettled.add(10);
    const waiting = unsettled.allOfNow();
    const later = unsettled.add(20);

    expect([first, later, unsettled.records, unsettled.bytes]).toEqual([0, 1, 2, 30]);
    const second = unsettled.allOfNow();
    unsettled.settle(later, 20);
    expect([await stateOf(waiting), await stateOf(second)]).toEqual(["pending", "pending"]);
    unsettled.settle(first, 10);
    expect([await stateOf(waiting), await stateOf(second)]).toEqual(["resolved", "resolved"]);
    expect([unsettled.records, unsettled.bytes]).toEqual([0, 0]);
  });

  test("are none at the beginning", async () => {
    expect(await stateOf(new Unsettled().allOfNow())).toBe("resolved");
  });

  test("reject those who wait at the end", async () => {
    const unsettled = new Unsettled();
    unsettled.add(1);
    const waiting = unsettled.allOfNow();
    const change = unsettled.change();

    unsettled.end(new Error("closed"));

    await expect(waiting).rejects.toThrow("closed");
    expect(await stateOf(change)).toBe("resolved");
    expect(await stateOf(unsettled.change())).toBe("resolved");
  });

  test("tell of each change", async () => {
    const unsettled = new Unsettled();
    const generation = unsettled.add(1);
    const change = unsettled.change();
    expect(await stateOf(change)).toBe("pending");

    unsettled.settle(generation, 1);

    expect(await stateOf(change)).toBe("resolved");
  });
});
