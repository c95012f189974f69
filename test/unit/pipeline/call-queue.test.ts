import { expect, test } from "vitest";

import { CallQueue } from "../../../src/pipeline/call-queue.js";

/** A queue, and what it called, by name and in order; each call ends when the test says so. */
function queued(limits: { callsPerSecond: number; atOnce: number }) {
  const called: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  let wakes = 0;
  const queue = new CallQueue(limits, () => wakes++, 0);
  const ask = (name: string, now: number, isUrgent = false): Promise<string> =>
    queue.run(
      name,
      () => {
        called.push(name);
        return new Promise((resolve, reject) =>
          ends.set(name, (error) => (error === undefined ? resolve(name) : reject(error))),
        );
      },
      isUrgent,
      now,
    );
  return { queue, called, ends, ask, wakes: () => wakes };
}

test("calls go at once up to a second's worth, then at the pace, in order", () => {
  const { queue, called, ask } = queued({ callsPerSecond: 2, atOnce: 100 });
  for (const name of ["a", "b", "c", "d"]) void ask(name, 0);

  expect(called).toEqual(["a", "b"]);
  expect([queue.startsAt("b"), queue.startsAt("c"), queue.startsAt("d")].map(Math.round)).toEqual([
    Number.NEGATIVE_INFINITY,
    500,
    1_000,
  ]);
  queue.startDue(499);
  expect(called).toHaveLength(2);
  queue.startDue(queue.nextAt(499));
  expect(called).toEqual(["a", "b", "c"]);
});

test("no more calls are under way than may be; the end of one wakes the loop for the next, a failure too", async () => {
  const { queue, called, ends, ask, wakes } = queued({ callsPerSecond: 100, atOnce: 2 });
  const asked = ["a", "b", "c"].map((name) => ask(name, 0));
  queue.startDue(0);
  expect(called).toEqual(["a", "b"]);
  expect(queue.nextAt(0)).toBe(Number.POSITIVE_INFINITY);

  ends.get("a")?.(new Error("lost"));
  await expect(asked[0]).rejects.toThrow("lost");
  expect(wakes()).toBe(1);
  queue.startDue(0);
  ends.get("c")?.();

  expect(called).toEqual(["a", "b", "c"]);
  expect(await asked[2]).toBe("c");
});

test("urgent calls and the others go turn by turn", () => {
  const { queue, called, ask } = queued({ callsPerSecond: 1, atOnce: 100 });
  void ask("first", 0);
  for (const name of ["new 1", "new 2", "new 3"]) void ask(name, 0);
  for (const name of ["urgent 1", "urgent 2"]) void ask(name, 0, true);
  for (let now = 1_001; called.length < 6; now += 1_001) queue.startDue(now);

  expect(called).toEqual(["first", "urgent 1", "new 1", "urgent 2", "new 2", "new 3"]);
});
