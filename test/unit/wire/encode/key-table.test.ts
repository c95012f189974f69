import { expect, test } from "vitest";

import { KeyTable } from "../../../../src/wire/encode/key-table.js";

/** Index of the key, added when it is new, as in the encoder. */
function indexOf(table: KeyTable, key: string): number {
  const index = table.find(key);
  return index < 0 ? table.add(key) : index;
}

function tableOf(...keys: readonly string[]): KeyTable {
  const table = new KeyTable();
  for (const key of keys) indexOf(table, key);
  return table;
}

test("an empty table knows no key, not even the empty one", () => {
  const table = new KeyTable();

  expect(table.length).toBe(0);
  expect(table.keys).toEqual([]);
  expect(table.find("")).toBe(-1);
});

test("keys are in order of first use, each once", () => {
  const table = tableOf("b", "a", "b", "c", "a");

  expect(table.keys).toEqual(["b", "a", "c"]);
  expect(["b", "a", "c", "d"].map((key) => table.find(key))).toEqual([0, 1, 2, -1]);
});

test("keys that are integers keep their places, which a plain object would sort", () => {
  expect(tableOf("10", "9", "x", "0").keys).toEqual(["10", "9", "x", "0"]);
});

test("names that a plain object holds already are keys like any other", () => {
  const names = ["__proto__", "constructor", "hasOwnProperty", "toString"];

  const table = tableOf(...names, ...names);

  expect(table.keys).toEqual(names);
  expect(names.map((name) => table.find(name))).toEqual([0, 1, 2, 3]);
});

test("looking for a key that is new does not disturb the one found before", () => {
  const table = tableOf("a", "b");

  const found = ["a", "new", "a", "b", "a"].map((key) => table.find(key));

  expect(found).toEqual([0, -1, 0, 1, 0]);
});

test("the empty key is a key once it is added", () => {
  const table = tableOf("a", "");

  expect([table.find(""), table.find("a"), table.find("")]).toEqual([1, 0, 1]);
});
