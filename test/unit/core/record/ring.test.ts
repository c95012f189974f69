import { expect, test } from "vitest";

import { Ring } from "../../../../src/core/record/ring.js";

function ringOf(...values: readonly number[]): Ring<number> {
  const ring = new Ring<number>();
  for (const value of values) ring.push(value);
  return ring;
}

test("a new ring is empty: nothing in front, nothing to remove", () => {
  const ring = new Ring<number>();

  expect(ring.length).toBe(0);
  expect(ring.peek()).toBeUndefined();
  expect(ring.at(0)).toBeUndefined();
  expect(ring.shift()).toBeUndefined();
  expect(ring.takeAll()).toEqual([]);
});

test("what is pushed first is shifted first", () => {
  const ring = ringOf(1, 2, 3);

  const shifted = [ring.shift(), ring.shift(), ring.shift(), ring.shift()];

  expect(shifted).toEqual([1, 2, 3, undefined]);
});

test("what is unshifted goes before everything", () => {
  const ring = ringOf(2, 3);

  ring.unshift(1);
  ring.unshift(0);

  expect(ring.peek()).toBe(0);
  expect(ring.takeAll()).toEqual([0, 1, 2, 3]);
});

test.each([7, 8, 9, 16, 17, 100])(
  "%d elements keep their order, wherever in the array the first one stands",
  (count) => {
    for (let head = 0; head < 9; head++) {
      const ring = new Ring<number>();
      for (let i = 0; i < head; i++) ring.push(-1);
      for (let i = 0; i < head; i++) ring.shift();

      for (let i = 0; i < count; i++) ring.push(i);

      expect(ring.length).toBe(count);
      expect(Array.from({ length: count + 1 }, (_, i) => ring.at(i))).toEqual([...Array(count).keys(), undefined]);
      expect(ring.takeAll()).toEqual([...Array(count).keys()]);
    }
  },
);

test("elements that are undefined are elements", () => {
  const ring = new Ring<undefined>();

  ring.push(undefined);

  expect(ring.length).toBe(1);
  ring.shift();
  expect(ring.length).toBe(0);
});

test("keepIf leaves out what the test refuses, keeps the order and says how many went", () => {
  const ring = ringOf(1, 2, 3, 4, 5, 6, 7, 8, 9);
  ring.shift();
  ring.push(10);

  const gone = ring.keepIf((value) => value % 3 !== 0);

  expect(gone).toBe(3);
  expect(ring.takeAll()).toEqual([2, 4, 5, 7, 8, 10]);
});

test("keepIf asks once for each element, in order", () => {
  const asked: number[] = [];

  ringOf(3, 1, 2).keepIf((value) => {
    asked.push(value);
    return false;
  });

  expect(asked).toEqual([3, 1, 2]);
});

test("what stays untested stays behind what was kept, wherever in the array the first one stands", () => {
  for (let head = 0; head < 9; head++) {
    const ring = new Ring<number>();
    for (let i = 0; i < head; i++) ring.push(-1);
    for (let i = 0; i < head; i++) ring.shift();
    for (let i = 0; i < 8; i++) ring.push(i);

    const gone = ring.keepIf(
      (value) => value % 2 === 0,
      (value) => value === 5,
    );

    expect(gone).toBe(2);
    expect(ring.takeAll()).toEqual([0, 2, 4, 5, 6, 7]);
  }
});
