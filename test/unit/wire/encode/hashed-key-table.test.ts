import { expect, test } from "vitest";

import { HashedKeyTable } from "../../../../src/wire/encode/hashed-key-table.js";
import { HashedKey, hashKey } from "../../../../src/wire/md5/key-hasher.js";

/** Index of the key, added when it is new, as in the encoder. */
function indexOf(table: HashedKeyTable, key: HashedKey): number {
  const index = table.find(key);
  return index < 0 ? table.add(key) : index;
}

function tableOf(...keys: readonly string[]): HashedKeyTable {
  const table = new HashedKeyTable();
  for (const key of keys) indexOf(table, hashKey(key));
  return table;
}

/** A key whose last word is that of all others. */
function withSameWord(text: string): HashedKey {
  const { a, b, c, bytes } = hashKey(text);
  return new HashedKey(text, bytes, Uint32Array.of(a, b, c, -1));
}

function textsOf(table: HashedKeyTable): string[] {
  return table.keys.map(({ text }) => text);
}

test("an empty table knows no key, not even the empty one", () => {
  const table = new HashedKeyTable();

  expect(table.length).toBe(0);
  expect(table.keys).toEqual([]);
  expect(table.find(hashKey(""))).toBe(-1);
});

test("keys are in order of first use, each once", () => {
  const table = tableOf("b", "a", "b", "c", "a");

  expect(textsOf(table)).toEqual(["b", "a", "c"]);
  expect(["b", "a", "c", "d"].map((key) => table.find(hashKey(key)))).toEqual([0, 1, 2, -1]);
});

test("keys that are integers keep their places, which a plain object would sort", () => {
  expect(textsOf(tableOf("10", "9", "x", "0"))).toEqual(["10", "9", "x", "0"]);
});

test("names that a plain object holds already are keys like any other", () => {
  const names = ["__proto__", "constructor", "hasOwnProperty", "toString"];

  expect(textsOf(tableOf(...names, ...names))).toEqual(names);
});

test.each([1, 7, 8, 9, 32, 33, 1_000, 20_000])("%i keys are each found at their place, and no other is", (count) => {
  const keys = Array.from({ length: count }, (_, i) => `k${i}`);

  const table = tableOf(...keys, ...keys);

  expect(table.length).toBe(count);
  expect(keys.filter((key, i) => table.find(hashKey(key)) !== i)).toEqual([]);
  expect(Array.from({ length: 100 }, (_, i) => table.find(hashKey(`other ${i}`))).every((at) => at === -1)).toBe(true);
});

test.each([2, 3, 20])("%i keys with the same word of the hash differ by their text", (count) => {
  const table = new HashedKeyTable();
  const texts = Array.from({ length: count }, (_, i) => `k${i}`);

  const indices = [...texts, ...texts].map((text) => indexOf(table, withSameWord(text)));

  expect(indices).toEqual([...texts.keys(), ...texts.keys()]);
});

test("a sealed table still knows its keys, and leaves nothing behind for the next one", () => {
  const keys = Array.from({ length: 600 }, (_, i) => `k${i}`);
  const table = tableOf(...keys.slice(0, 300));

  table.seal();
  const next = tableOf("k299", ...keys);

  expect(table.find(hashKey("k299"))).toBe(299);
  expect(table.find(hashKey("k300"))).toBe(-1);
  expect(table.add(hashKey("k300"))).toBe(300);
  expect(table.find(hashKey("k300"))).toBe(300);
  expect([next.find(hashKey("k299")), next.find(hashKey("k0")), next.length]).toEqual([0, 1, 600]);
});
