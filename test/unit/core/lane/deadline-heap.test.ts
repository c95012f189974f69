import { expect, test } from "vitest";

import { type Deadlined, DeadlineHeap } from "../../../../src/core/lane/deadline-heap.js";

interface Item extends Deadlined {
  readonly name: string;
}

function itemNamed(name: string): Item {
  return { name, heapIndex: -1, deadline: 0 };
}

/** A heap of items that are named by their deadlines. */
function heapOf(...deadlines: readonly number[]): { heap: DeadlineHeap<Item>; items: Item[] } {
  const heap = new DeadlineHeap<Item>();
  const items = deadlines.map((deadline) => itemNamed(String(deadline)));
  for (const [i, item] of items.entries()) heap.set(item, deadlines[i] as number);
  return { heap, items };
}

/** Takes all items out, the earliest first. */
function drain(heap: DeadlineHeap<Item>): string[] {
  const names: string[] = [];
  for (let item = heap.peek(); item !== undefined; item = heap.peek()) {
    names.push(item.name);
    heap.remove(item);
  }
  return names;
}

test("an empty heap has nothing in front", () => {
  const heap = new DeadlineHeap<Item>();

  expect(heap.length).toBe(0);
  expect(heap.peek()).toBeUndefined();
});

test("items come out by deadline, whatever the order they came in", () => {
  const { heap } = heapOf(5, 1, 4, 1, 3, 9, 2, 6, 0, 8, 7);

  expect(heap.length).toBe(11);
  expect(drain(heap)).toEqual(["0", "1", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
});

test("an item that is set again moves, to an earlier deadline and to a later one", () => {
  const { heap, items } = heapOf(1, 2, 3, 4, 5);

  heap.set(items[4] as Item, 0);
  heap.set(items[0] as Item, 2.5);

  expect(heap.length).toBe(5);
  expect(drain(heap)).toEqual(["5", "2", "1", "3", "4"]);
});

test("an item that is set to its own deadline stays", () => {
  const { heap, items } = heapOf(2, 1);

  heap.set(items[1] as Item, 1);

  expect(drain(heap)).toEqual(["1", "2"]);
});

test.each([0, 1, 2, 3, 4, 5, 6])("the item at place %d can be removed, and no other goes with it", (place) => {
  const { heap, items } = heapOf(0, 10, 20, 11, 12, 21, 22);

  heap.remove(items[place] as Item);

  expect(items[place]?.heapIndex).toBe(-1);
  const left = items.filter((_, i) => i !== place).sort((a, b) => a.deadline - b.deadline);
  expect(drain(heap)).toEqual(left.map((item) => item.name));
});

test("an item that takes the place of a removed one may move up as well as down", () => {
  // The last one, 5, stands in the other branch and is earlier than the parent (10) of the place it fills.
  const { heap, items } = heapOf(1, 10, 2, 11, 12, 3, 4, 13, 14, 15, 16, 5);

  heap.remove(items[3] as Item);

  expect(drain(heap)).toEqual(["1", "2", "3", "4", "5", "10", "12", "13", "14", "15", "16"]);
});

test("removing what is outside does nothing", () => {
  const { heap, items } = heapOf(1, 2);
  heap.remove(items[0] as Item);

  heap.remove(items[0] as Item);

  expect(drain(heap)).toEqual(["2"]);
});

test("an item that was removed can come back", () => {
  const { heap, items } = heapOf(1, 2);
  heap.remove(items[0] as Item);

  heap.set(items[0] as Item, 3);

  expect(drain(heap)).toEqual(["2", "1"]);
});

test("items without end sort behind all others", () => {
  const { heap } = heapOf(Number.POSITIVE_INFINITY, 5, Number.NEGATIVE_INFINITY);

  expect(drain(heap)).toEqual(["-Infinity", "5", "Infinity"]);
});

test("a visit shows what is due, each once, and tells when the next one is", () => {
  const { heap } = heapOf(5, 1, 4, 1, 3, 9, 2, 6, 0, 8, 7);
  const seen: string[] = [];

  const next = heap.visitUntil(4, ({ name }) => seen.push(name) > 0);

  expect(seen.sort()).toEqual(["0", "1", "1", "2", "3", "4"]);
  expect(next).toBe(5);
});

test("a visit of what is due when all is, and when nothing is", () => {
  const { heap } = heapOf(1, 2);

  expect(heap.visitUntil(2, () => true)).toBe(Number.POSITIVE_INFINITY);
  expect(heap.visitUntil(0, () => false)).toBe(1);
  expect(new DeadlineHeap<Item>().visitUntil(0, () => false)).toBe(Number.POSITIVE_INFINITY);
});

test("a visit ends early when its callback returns false", () => {
  const { heap } = heapOf(1, 2, 3, 4);
  let seen = 0;

  heap.visitUntil(9, () => {
    seen++;
    return false;
  });

  expect(seen).toBe(1);
});
