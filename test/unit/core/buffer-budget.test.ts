import { describe, expect, test } from "vitest";

import { type BudgetLimits, BufferBudget, type StreamBudget } from "../../../src/core/buffer-budget.js";

const LIMITS: BudgetLimits = { maxRecords: 100, maxBytes: 1_000, maxShare: 0.75 };

/** A budget that several streams share, each holding what is said of it. */
function budgetOf(
  limits: BudgetLimits,
  ...held: readonly (readonly [records: number, bytes: number])[]
): { budget: BufferBudget; streams: StreamBudget[] } {
  const budget = new BufferBudget(limits);
  const streams = held.map(([records, bytes]) => {
    const stream = budget.open();
    budget.take(stream, records, bytes);
    return stream;
  });
  return { budget, streams };
}

describe("a single stream", () => {
  test.each([
    [98, true],
    [99, true],
    [100, false],
    [101, false],
  ])("with %d of 100 records has room for one more: %j", (records, hasRoom) => {
    const { budget, streams } = budgetOf(LIMITS, [records, 0]);

    expect(budget.hasRoom(streams[0] as StreamBudget, 1)).toBe(hasRoom);
  });

  test.each([
    [99, true],
    [100, true],
    [101, false],
  ])("with 900 of 1,000 bytes has room for %d more: %j", (bytes, hasRoom) => {
    const { budget, streams } = budgetOf(LIMITS, [1, 900]);

    expect(budget.hasRoom(streams[0] as StreamBudget, bytes)).toBe(hasRoom);
  });

  test("may fill the whole buffer: no share is kept for others that do not exist", () => {
    const { budget, streams } = budgetOf(LIMITS, [99, 999]);

    expect(budget.hasRoom(streams[0] as StreamBudget, 1)).toBe(true);
  });

  test("a record of no bytes still counts as a record", () => {
    const { budget, streams } = budgetOf(LIMITS, [100, 0]);

    expect(budget.hasRoom(streams[0] as StreamBudget, 0)).toBe(false);
  });
});

describe("two streams", () => {
  test.each([
    [74, true],
    [75, false],
  ])("one with %d records of its three quarters has room: %j", (records, hasRoom) => {
    const { budget, streams } = budgetOf(LIMITS, [records, 1], [1, 1]);

    expect(budget.hasRoom(streams[0] as StreamBudget, 1)).toBe(hasRoom);
  });

  test.each([
    [50, true],
    [51, false],
  ])("one with 700 bytes of its three quarters has room for %d: %j", (bytes, hasRoom) => {
    const { budget, streams } = budgetOf(LIMITS, [10, 700], [1, 1]);

    expect(budget.hasRoom(streams[0] as StreamBudget, bytes)).toBe(hasRoom);
  });

  test("one that holds nothing may have a record, however full the other is and however large the record", () => {
    const { budget, streams } = budgetOf(LIMITS, [100, 1_000], [0, 0]);

    expect(budget.hasRoom(streams[1] as StreamBudget, 1_000)).toBe(true);
  });

  test.each([
    [11, true],
    [12, true],
    [13, false],
  ])(
    "one with %d records has room in its half of the rest while the other fills the buffer: %j",
    (records, hasRoom) => {
      const { budget, streams } = budgetOf(LIMITS, [100, 100], [records, 12]);

      expect(budget.hasRoom(streams[1] as StreamBudget, 1)).toBe(hasRoom);
    },
  );

  test.each([
    [25, true],
    [26, false],
  ])(
    "one with 100 bytes has room for %d in its half of the rest while the other fills the buffer: %j",
    (bytes, hasRoom) => {
      const { budget, streams } = budgetOf(LIMITS, [10, 1_000], [1, 100]);

      expect(budget.hasRoom(streams[1] as StreamBudget, bytes)).toBe(hasRoom);
    },
  );

  test("beyond its own part, a stream takes what is left of the whole", () => {
    const { budget, streams } = budgetOf(LIMITS, [50, 100], [49, 100]);
    const [first, second] = streams as [StreamBudget, StreamBudget];

    const before = [budget.hasRoom(first, 1), budget.hasRoom(second, 1)];
    budget.take(first, 1, 1);
    const after = [budget.hasRoom(first, 1), budget.hasRoom(second, 1)];

    expect(before).toEqual([true, true]);
    expect(after).toEqual([false, false]);
  });

  test("once the other is retired, the one that stays may fill the buffer again", () => {
    const { budget, streams } = budgetOf(LIMITS, [80, 80], [0, 0]);
    const [first, second] = streams as [StreamBudget, StreamBudget];

    const before = budget.hasRoom(first, 1);
    budget.retire(second);

    expect(before).toBe(false);
    expect(budget.hasRoom(first, 1)).toBe(true);
  });
});

test("the part that is kept for each stream is smaller the more there are", () => {
  const quarters = [2, 5, 10].map((count) => {
    const { budget, streams } = budgetOf(
      LIMITS,
      [100, 100],
      ...Array.from({ length: count - 1 }, () => [1, 1] as const),
    );
    const last = streams.at(-1) as StreamBudget;
    while (budget.hasRoom(last, 0)) budget.take(last, 1, 0);
    return last.records;
  });

  expect(quarters).toEqual([13, 5, 3]);
});

test("with a share of everything, nothing is kept for a stream but its first record", () => {
  const { budget, streams } = budgetOf({ ...LIMITS, maxShare: 1 }, [100, 0], [0, 0]);
  const second = streams[1] as StreamBudget;

  const first = budget.hasRoom(second, 1);
  budget.take(second, 1, 1);

  expect(first).toBe(true);
  expect(budget.hasRoom(second, 1)).toBe(false);
});

test("what is released is there again, and all returns to zero", () => {
  const { budget, streams } = budgetOf(LIMITS, [60, 600], [40, 400]);
  const [first, second] = streams as [StreamBudget, StreamBudget];

  const full = { records: budget.records, bytes: budget.bytes };
  budget.release(first, 60, 600);
  budget.release(second, 40, 400);

  expect(full).toEqual({ records: 100, bytes: 1_000 });
  expect([budget.records, budget.bytes, first.records, first.bytes, second.records, second.bytes]).toEqual(
    Array(6).fill(0),
  );
});

test.each([
  [999, true],
  [1_000, true],
  [1_001, false],
])("a record of %d bytes could ever be held by a buffer of 1,000: %j", (bytes, canHold) => {
  expect(new BufferBudget(LIMITS).canEverHold(bytes)).toBe(canHold);
});
