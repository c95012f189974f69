import { expect, test } from "vitest";

import { IntList } from "../../../../src/wire/decode/int-list.js";

test("gives back what was pushed, and is empty afterwards", () => {
  const list = new IntList();
  list.push2(1, -2);
  list.push4(3, 4, 5, 2 ** 31 - 1);

  const taken = list.take();

  expect([...taken]).toEqual([1, -2, 3, 4, 5, 2 ** 31 - 1]);
  expect(list.length).toBe(0);
  expect(list.take()).toHaveLength(0);
});

test("what was taken is a copy that later pushes leave alone", () => {
  const list = new IntList();
  list.push2(1, 2);
  const taken = list.take();

  list.push2(3, 4);

  expect([...taken]).toEqual([1, 2]);
});

test("grows past its first room, in steps of two and of four, and shrinks back", () => {
  const list = new IntList();
  const count = 300_000;

  for (let round = 0; round < 2; round++) {
    list.push2(-1, -1);
    for (let i = 0; i < count; i++) list.push4(i, i, i, i);
    const taken = list.take();

    expect(taken).toHaveLength(2 + 4 * count);
    expect(taken[1]).toBe(-1);
    expect(taken[2 + 4 * (count - 1)]).toBe(count - 1);
  }
});

test("does not grow beyond its most integers", () => {
  const list = new IntList();
  list.most = 8_192;

  for (let i = 0; i < 2_048; i++) list.push4(i, i, i, i);

  expect(() => list.push2(1, 1)).toThrow(RangeError);
  expect(list.take()).toHaveLength(8_192);
});

test("forgets on clear", () => {
  const list = new IntList();
  list.push2(1, 2);

  list.clear();

  expect(list.length).toBe(0);
});
