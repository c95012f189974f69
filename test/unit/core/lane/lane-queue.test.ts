import { describe, expect, test, vi } from "vitest";

import { newAggregator, type Packing } from "../../../../src/core/lane/aggregator.js";
import { LaneQueue, type Sweep } from "../../../../src/core/lane/lane-queue.js";
import { NEVER_SENT } from "../../../../src/core/record/delivery-history.js";
import { GONE, type PendingKinesisRecord } from "../../../../src/core/record/pending-kinesis-record.js";
import { contents, type PlacedParts, pendingOf, placed } from "../placed-records.js";

const LINGER_MS = 100;

function newQueue(packing: Packing = "shard", maxBytes = 200): LaneQueue {
  return new LaneQueue(newAggregator(packing, { maxBytes, maxCount: 1_000 }));
}

function queueOf(...records: readonly PlacedParts[]): LaneQueue {
  const queue = newQueue();
  for (const parts of records) queue.add(placed(parts));
  return queue;
}

/** Takes everything in the order in which it would go. */
function drain(queue: LaneQueue): string[][] {
  return queue.takeAll().map(contents);
}

function bytesOf(records: readonly PendingKinesisRecord[]): number {
  return records.reduce((sum, record) => sum + record.wireBytes, 0);
}

test("an empty queue has nothing due, nothing in front and no age", () => {
  const queue = newQueue();

  expect(queue.isEmpty).toBe(true);
  expect([queue.kinesisRecords, queue.bytes]).toEqual([0, 0]);
  expect(queue.dueAt(LINGER_MS)).toBe(Number.POSITIVE_INFINITY);
  expect(queue.expiryFloor).toBe(Number.POSITIVE_INFINITY);
  expect(queue.front(0, Number.POSITIVE_INFINITY, LINGER_MS)).toBeUndefined();
  expect(queue.takeComplete()).toBeUndefined();
  expect(queue.takeAll()).toEqual([]);
});

describe("the age of the oldest record", () => {
  test("is found among complete, growing and paused records, whatever their order", () => {
    const queue = queueOf({ acceptedAt: 30 });
    expect(queue.oldestAt()).toBe(30);
    queue.requeue([pendingOf({ acceptedAt: 20 }), pendingOf({ acceptedAt: 10 })]);
    expect(queue.oldestAt()).toBe(10);
    queue.pauseKey("key", pendingOf({ acceptedAt: 5 }), 1_000);
    expect(queue.oldestAt()).toBe(5);
  });

  test("does not remember a record that has left", () => {
    const queue = queueOf({ acceptedAt: 40 });
    queue.requeue([pendingOf({ acceptedAt: 10 })]);
    queue.takeComplete();

    expect(queue.oldestAt()).toBe(40);
    expect(newQueue().oldestAt()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("adding", () => {
  test("records grow one aggregate, which is due after the linger of its oldest", () => {
    const queue = queueOf({ data: "1", acceptedAt: 10 }, { data: "2", acceptedAt: 50 });

    expect(queue.kinesisRecords).toBe(1);
    expect(queue.dueAt(LINGER_MS)).toBe(110);
    expect(queue.front(0, 109, LINGER_MS)).toBeUndefined();
    expect(contents(queue.front(0, 110, LINGER_MS))).toEqual(["key=1", "key=2"]);
  });

  test("a record that does not fit completes what came before it, which is then due at once", () => {
    const queue = queueOf({ data: "x".repeat(100), acceptedAt: 10 }, { data: "y".repeat(100), acceptedAt: 20 });

    expect(queue.kinesisRecords).toBe(2);
    expect(queue.dueAt(LINGER_MS)).toBe(10);
    expect(contents(queue.front(0, 0, LINGER_MS))).toEqual([`key=${"x".repeat(100)}`]);
  });

  test("a record that is too large goes alone; what came before it goes first, what comes after it later", () => {
    const queue = queueOf({ data: "before" }, { data: "x".repeat(500) }, { data: "after" });

    expect(queue.kinesisRecords).toBe(3);
    expect(drain(queue)).toEqual([["key=before"], [`key=${"x".repeat(500)}`], ["key=after"]]);
  });

  test("a record that is too large completes only what has its key, when packing is by key", () => {
    const queue = newQueue("key");
    for (const parts of [
      { key: "a", data: "1" },
      { key: "b", data: "2" },
      { key: "b", data: "x".repeat(500) },
    ]) {
      queue.add(placed(parts));
    }

    expect(drain(queue)).toEqual([["b=2"], [`b=${"x".repeat(500)}`], ["a=1"]]);
  });

  test("without packing every record is complete at once", () => {
    const queue = newQueue("none");
    queue.add(placed({ data: "1", acceptedAt: 5 }));
    queue.add(placed({ data: "2", acceptedAt: 6 }));

    expect(queue.kinesisRecords).toBe(2);
    expect(queue.dueAt(LINGER_MS)).toBe(5);
    expect(drain(queue)).toEqual([["key=1"], ["key=2"]]);
  });

  test("its bytes are those of all that waits, as Kinesis counts them", () => {
    const queue = queueOf({ data: "x".repeat(150) }, { data: "y".repeat(150) }, { data: "z" });

    const bytes = queue.bytes;

    expect(bytes).toBe(bytesOf(queue.takeAll()));
    expect(queue.bytes).toBe(0);
  });
});

describe("taking", () => {
  test("what is complete goes before what still grows", () => {
    const queue = queueOf({ data: "x".repeat(165) }, { data: "small" });

    const taken: string[][] = [];
    while (!queue.isEmpty) {
      taken.push(contents(queue.front(0, LINGER_MS, LINGER_MS)));
      queue.takeFront();
    }

    expect(taken).toEqual([[`key=${"x".repeat(165)}`], ["key=small"]]);
    expect(queue.bytes).toBe(0);
  });

  test("the last one leaves no age behind", () => {
    const queue = queueOf({ acceptedAt: 10 });
    const before = queue.expiryFloor;

    queue.takeFront();

    expect(before).toBe(10);
    expect(queue.expiryFloor).toBe(Number.POSITIVE_INFINITY);
  });

  test("what still grows cannot be taken as complete", () => {
    const queue = queueOf({ data: "1" });

    expect(queue.takeComplete()).toBeUndefined();
    queue.complete();
    expect(contents(queue.takeComplete())).toEqual(["key=1"]);
  });

  test("completing makes everything due at once, in order of age", () => {
    const queue = newQueue("key");
    for (const [i, key] of ["a", "b", "a", "c"].entries()) queue.add(placed({ key, acceptedAt: i }));

    queue.complete();

    expect(queue.dueAt(LINGER_MS)).toBe(0);
    expect(queue.kinesisRecords).toBe(3);
    expect(drain(queue)).toEqual([["a=data", "a=data"], ["b=data"], ["c=data"]]);
  });
});

describe("giving back", () => {
  test("puts records in front of all others, in their order, due at once", () => {
    const queue = queueOf({ data: "new", acceptedAt: 50 });

    queue.requeue([pendingOf({ data: "1", acceptedAt: 10 }), pendingOf({ data: "2", acceptedAt: 20 })]);

    expect(queue.dueAt(LINGER_MS)).toBe(10);
    expect(queue.expiryFloor).toBe(10);
    expect(drain(queue)).toEqual([["key=1"], ["key=2"], ["key=new"]]);
  });

  test("counts their bytes again", () => {
    const queue = newQueue();
    const returning = [pendingOf({ data: "1" }, { data: "2" }), pendingOf({ data: "3" })];

    queue.requeue(returning);

    expect(queue.bytes).toBe(bytesOf(returning));
    queue.takeFront();
    expect(queue.bytes).toBe(returning[1]?.wireBytes);
  });
});

test("packing can change while nothing waits", () => {
  const queue = newQueue("shard");

  queue.setAggregator(newAggregator("none", { maxBytes: 200, maxCount: 1_000 }));
  queue.add(placed());
  queue.add(placed());

  expect(queue.aggregator.packing).toBe("none");
  expect(queue.kinesisRecords).toBe(2);
});

describe("a sweep", () => {
  /** Marks the user records with these data as gone. */
  function settling(...data: readonly string[]): Sweep & { readonly seen: number } {
    const sweep = {
      seen: 0,
      acceptedThrough: Number.POSITIVE_INFINITY,
      isOver: false,
      concerns: () => true,
      settleIn: (pending: PendingKinesisRecord) => {
        sweep.seen++;
        for (const [i, record] of pending.records().entries()) {
          if (pending.settlerAt(i) === GONE) continue;
          if (data.includes(Buffer.from(record.data as Uint8Array).toString())) {
            pending.markGone(i, record.key.bytes + record.dataBytes);
          }
        }
      },
    };
    return sweep;
  }

  function mixedQueue(): LaneQueue {
    const queue = newQueue();
    queue.requeue([
      pendingOf({ data: "1", acceptedAt: 1 }),
      pendingOf({ data: "2", acceptedAt: 2 }, { data: "3", acceptedAt: 3 }),
    ]);
    queue.add(placed({ data: "4", acceptedAt: 4 }), NEVER_SENT);
    queue.add(placed({ data: "5", acceptedAt: 5 }), NEVER_SENT);
    return queue;
  }

  test("that settles nothing changes nothing but the floor, which is then exact", () => {
    const queue = mixedQueue();
    queue.takeFront();
    const before = queue.expiryFloor;

    queue.sweep(settling());

    expect(before).toBe(1);
    expect(queue.expiryFloor).toBe(2);
    expect(queue.kinesisRecords).toBe(2);
    expect(queue.dueAt(LINGER_MS)).toBe(2);
  });

  test("drops what has no record left and packs the rest of the others, in order", () => {
    const queue = mixedQueue();

    queue.sweep(settling("1", "2", "5"));

    expect(queue.expiryFloor).toBe(3);
    const bytes = queue.bytes;
    const left = queue.takeAll();
    expect(left.map(contents)).toEqual([["key=3"], ["key=4"]]);
    expect(bytes).toBe(bytesOf(left));
  });

  test("that settles all leaves an empty queue", () => {
    const queue = mixedQueue();

    queue.sweep(settling("1", "2", "3", "4", "5"));

    expect(queue.isEmpty).toBe(true);
    expect([queue.bytes, queue.kinesisRecords]).toEqual([0, 0]);
    expect(queue.expiryFloor).toBe(Number.POSITIVE_INFINITY);
  });

  /** Three that are complete, accepted at these moments. */
  function completeQueue(...acceptedAt: readonly number[]): LaneQueue {
    const queue = newQueue();
    queue.requeue(acceptedAt.map((at) => pendingOf({ data: String(at), acceptedAt: at })));
    return queue;
  }

  test("of what is old looks at the old ones alone where they stand in front", () => {
    const queue = completeQueue(1, 2, 3);
    const sweep = { ...settling("1"), acceptedThrough: 1, concerns: vi.fn(() => true) };

    const isDone = queue.sweep(sweep);

    expect(isDone).toBe(true);
    expect(sweep.concerns).toHaveBeenCalledTimes(1);
    expect(queue.expiryFloor).toBe(2);
  });

  test.each([
    ["came back", () => completeQueue(3, 1, 2)],
    [
      "was added",
      () => {
        const queue = completeQueue(3);
        for (const data of ["1", "2"]) {
          queue.add(placed({ data, acceptedAt: Number(data) }));
          queue.complete();
        }
        return queue;
      },
    ],
  ])("looks at all of them where an older one %s behind a younger one", (_, newMixed) => {
    const queue = newMixed();

    queue.sweep({ ...settling("1"), acceptedThrough: 1 });

    expect(queue.expiryFloor).toBe(2);
    expect(drain(queue)).toEqual([["key=3"], ["key=2"]]);
  });

  test("that has done enough leaves the rest as it is, and goes on with it", () => {
    const queue = mixedQueue();
    const sweep = settling("1", "2", "5");
    const pausing = {
      ...sweep,
      get isOver(): boolean {
        return sweep.seen > 0;
      },
    };

    const isDone = [queue.sweep(pausing), queue.sweep(sweep)];

    expect(isDone).toEqual([false, true]);
    expect(queue.bytes).toBe(bytesOf(queue.takeAll()));
  });

  test("lets grow what it did not touch", () => {
    const queue = mixedQueue();

    queue.sweep(settling("1"));
    queue.add(placed({ data: "6", acceptedAt: 6 }));

    expect(drain(queue)).toEqual([
      ["key=2", "key=3"],
      ["key=4", "key=5", "key=6"],
    ]);
  });
});

describe("what add tells", () => {
  test("the queue may be due sooner when something begins to grow, and when something is complete", () => {
    const queue = new LaneQueue(newAggregator("shard", { maxBytes: 51_200, maxCount: 2 }));

    const told = ["a", "b", "c"].map((data) => queue.add(placed({ data })));

    expect(told).toEqual([true, false, true]);
  });

  test("also while something else waits behind a key that pauses", () => {
    const queue = new LaneQueue(newAggregator("key", { maxBytes: 51_200, maxCount: 100 }));
    queue.add(placed({ key: "k", data: "a" }));
    const taken = queue.front(1_000, 1_000, 100) as PendingKinesisRecord;
    queue.takeFront();
    queue.pauseKey(taken.keyName, taken, 900);

    expect(queue.add(placed({ key: "other", acceptedAt: 50 }))).toBe(true);
    expect(queue.dueAt(100)).toBe(150);
  });
});
