import { describe, expect, test } from "vitest";

import { type BudgetLimits, BufferBudget, type ShardBudget } from "../../../src/core/buffer-budget.js";

const LIMITS: BudgetLimits = { maxRecords: 100, maxBytes: 1_000, maxShare: 0.75 };

/** Whether one more record of a stream's only shard fits. */
function fits(budget: BufferBudget, shard: ShardBudget, bytes: number): boolean {
  return budget.hasRoom(shard.stream, bytes) && budget.hasShare(shard, bytes);
}

/** A budget that several streams share, each holding what is said of it. */
function budgetOf(
  limits: BudgetLimits,
  ...held: readonly (readonly [records: number, bytes: number])[]
): { budget: BufferBudget; streams: ShardBudget[] } {
  const budget = new BufferBudget(limits);
  const streams = held.map(([records, bytes]) => {
    const stream = budget.open().openShard();
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

    expect(fits(budget, streams[0] as ShardBudget, 1)).toBe(hasRoom);
  });

  test.each([
    [99, true],
    [100, true],
    [101, false],
  ])("with 900 of 1,000 bytes has room for %d more: %j", (bytes, hasRoom) => {
    const { budget, streams } = budgetOf(LIMITS, [1, 900]);

    expect(fits(budget, streams[0] as ShardBudget, bytes)).toBe(hasRoom);
  });

  test("may fill the whole buffer: no share is kept for others that do not exist", () => {
    const { budget, streams } = budgetOf(LIMITS, [99, 999]);

    expect(fits(budget, streams[0] as ShardBudget, 1)).toBe(true);
  });

  test("a record of no bytes still counts as a record", () => {
    const { budget, streams } = budgetOf(LIMITS, [100, 0]);

    expect(fits(budget, streams[0] as ShardBudget, 0)).toBe(false);
  });
});

describe("two streams", () => {
  test.each([
    [74, true],
    [75, false],
  ])("one with %d records of its three quarters has room: %j", (records, hasRoom) => {
    const { budget, streams } = budgetOf(LIMITS, [records, 1], [1, 1]);

    expect(fits(budget, streams[0] as ShardBudget, 1)).toBe(hasRoom);
  });

  test.each([
    [50, true],
    [51, false],
  ])("one with 700 bytes of its three quarters has room for %d: %j", (bytes, hasRoom) => {
    const { budget, streams } = budgetOf(LIMITS, [10, 700], [1, 1]);

    expect(fits(budget, streams[0] as ShardBudget, bytes)).toBe(hasRoom);
  });

  test("one that holds nothing may have a record, however full the other is and however large the record", () => {
    const { budget, streams } = budgetOf(LIMITS, [100, 1_000], [0, 0]);

    expect(fits(budget, streams[1] as ShardBudget, 1_000)).toBe(true);
  });

  test.each([
    [11, true],
    [12, true],
    [13, false],
  ])(
    "one with %d records has room in its half of the rest while the other fills the buffer: %j",
    (records, hasRoom) => {
      const { budget, streams } = budgetOf(LIMITS, [100, 100], [records, 12]);

      expect(fits(budget, streams[1] as ShardBudget, 1)).toBe(hasRoom);
    },
  );

  test.each([
    [25, true],
    [26, false],
  ])(
    "one with 100 bytes has room for %d in its half of the rest while the other fills the buffer: %j",
    (bytes, hasRoom) => {
      const { budget, streams } = budgetOf(LIMITS, [10, 1_000], [1, 100]);

      expect(fits(budget, streams[1] as ShardBudget, bytes)).toBe(hasRoom);
    },
  );

  test("beyond its own part, a stream takes what is left of the whole", () => {
    const { budget, streams } = budgetOf(LIMITS, [50, 100], [49, 100]);
    const [first, second] = streams as [ShardBudget, ShardBudget];

    const before = [fits(budget, first, 1), fits(budget, second, 1)];
    budget.take(first, 1, 1);
    const after = [fits(budget, first, 1), fits(budget, second, 1)];

    expect(before).toEqual([true, true]);
    expect(after).toEqual([false, false]);
  });

  test("once the other is retired, the one that stays may fill the buffer again", () => {
    const { budget, streams } = budgetOf(LIMITS, [80, 80], [0, 0]);
    const [first, second] = streams as [ShardBudget, ShardBudget];

    const before = fits(budget, first, 1);
    budget.retire(second.stream);

    expect(before).toBe(false);
    expect(fits(budget, first, 1)).toBe(true);
  });
});

test("the part that is kept for each stream is smaller the more there are", () => {
  const quarters = [2, 5, 10].map((count) => {
    const { budget, streams } = budgetOf(
      LIMITS,
      [100, 100],
      ...Array.from({ length: count - 1 }, () => [1, 1] as const),
    );
    const last = streams.at(-1) as ShardBudget;
    while (fits(budget, last, 0)) budget.take(last, 1, 0);
    return last.records;
  });

  expect(quarters).toEqual([13, 5, 3]);
});

test("with a share of everything, nothing is kept for a stream but its first record", () => {
  const { budget, streams } = budgetOf({ ...LIMITS, maxShare: 1 }, [100, 0], [0, 0]);
  const second = streams[1] as ShardBudget;

  const first = fits(budget, second, 1);
  budget.take(second, 1, 1);

  expect(first).toBe(true);
  expect(fits(budget, second, 1)).toBe(false);
});

test("what is released is there again, and all returns to zero", () => {
  const { budget, streams } = budgetOf(LIMITS, [60, 600], [40, 400]);
  const [first, second] = streams as [ShardBudget, ShardBudget];

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

describe("four shards of one stream", () => {
  const open = (limits: BudgetLimits, count = 4) => {
    const budget = new BufferBudget(limits);
    const stream = budget.open();
    const shards = Array.from({ length: count }, () => stream.openShard());
    budget.setShards(stream, count);
    return { budget, stream, shards: shards as [ShardBudget, ShardBudget, ShardBudget, ShardBudget] };
  };
  const fill = (budget: BufferBudget, shard: ShardBudget, bytes = 0): number => {
    let taken = 0;
    while (budget.tryTake(shard, bytes)) taken++;
    return taken;
  };

  test("one takes the pool and its own part, the others their own parts, and together the whole", () => {
    const { budget, shards } = open(LIMITS);

    expect(shards.map((shard) => fill(budget, shard))).toEqual([82, 6, 6, 6]);
  });

  test("by bytes likewise, and to the byte", () => {
    const { budget, shards } = open(LIMITS);
    budget.take(shards[0], 1, 800);

    expect(budget.hasShare(shards[0], 14)).toBe(true);
    expect(budget.hasShare(shards[0], 15)).toBe(false);
    budget.take(shards[0], 1, 14);
    expect(
      shards.slice(1).map((shard) => {
        budget.take(shard, 1, 0);
        return budget.hasShare(shard, 62);
      }),
    ).toEqual([true, true, true]);
    expect(budget.hasShare(shards[1], 63)).toBe(false);
  });

  test("even ones reach the whole", () => {
    const { budget, shards } = open(LIMITS);
    let taken = 0;
    while (budget.tryTake(shards[taken % 4] as ShardBudget, 10)) taken++;

    expect(taken).toBe(100);
  });

  test("what moves from one to another, or is given back, is free again", () => {
    const { budget, stream, shards } = open(LIMITS);
    fill(budget, shards[0], 10);

    budget.move(shards[0], shards[1], 40, 400);
    expect([shards[0].records, shards[1].records]).toEqual([41, 40]);
    budget.release(shards[0], 41, 410);
    budget.release(shards[1], 40, 400);

    expect([stream.records, stream.bytes, stream.pooledRecords, stream.pooledBytes, stream.holders.size]).toEqual([
      0, 0, 0, 0, 0,
    ]);
    expect(fill(budget, shards[2], 10)).toBe(81);
  });

  test("with more shards, or a second stream, the room is divided again", () => {
    const { budget, stream, shards } = open(LIMITS);
    fill(budget, shards[0]);

    budget.setShards(stream, 1);
    expect(budget.hasShare(shards[0], 0)).toBe(true);
    budget.setShards(stream, 8);
    expect([budget.hasShare(shards[0], 0), stream.ownRecords, stream.pooledRecords]).toEqual([false, 3, 79]);
    const second = budget.open();
    expect([stream.ownRecords, stream.pooledRecords]).toEqual([2, 80]);
    budget.retire(second);
    expect(stream.ownRecords).toBe(3);
  });

  test("one that holds nothing may have a record of any size", () => {
    const { budget, shards } = open(LIMITS);
    fill(budget, shards[0], 10);

    expect(budget.hasShare(shards[1], 1_000)).toBe(true);
  });
});

test.each([
  ["records", 2, 10],
  ["bytes", 1, 11],
])("giving back more %s than a shard holds is a bug, and says so", (_, records, bytes) => {
  const { budget, streams } = budgetOf(LIMITS, [1, 10], [50, 500]);

  expect(() => budget.release(streams[0] as ShardBudget, records, bytes)).toThrow(
    `no more room is given back than was taken, but found records ${1 - records}, bytes ${10 - bytes}. This is a bug`,
  );
});
