import { expect, test } from "vitest";

import { ClosedKeys } from "../../../../src/core/lane/closed-keys.js";
import { contents, pendingOf } from "../placed-records.js";

// Compared by what is in them: to toEqual, objects whose fields are all private are equal.
const FIRST = pendingOf({ key: "a", data: "1" });
const SECOND = pendingOf({ key: "a", data: "2" });
const THIRD = pendingOf({ key: "a", data: "3" });
const OTHER = pendingOf({ key: "b", data: "other" });
const A = FIRST.keyName;

test("a key that nobody closed holds nothing up", () => {
  const keys = new ClosedKeys();

  expect(keys.isEmpty).toBe(true);
  expect(keys.tryPark(A, FIRST)).toBe(false);
  expect(keys.nextAt).toBe(Number.POSITIVE_INFINITY);
});

test("records that wait behind one in flight come out, in order, when that one is settled", () => {
  const keys = new ClosedKeys();
  keys.close(A);

  expect([keys.tryPark(A, SECOND), keys.tryPark(A, THIRD), keys.tryPark(OTHER.keyName, OTHER)]).toEqual([
    true,
    true,
    false,
  ]);
  expect(keys.nextAt).toBe(Number.POSITIVE_INFINITY);
  expect([keys.records, keys.bytes]).toEqual([2, SECOND.wireBytes + THIRD.wireBytes]);
  expect(keys.open(A).flatMap(contents)).toEqual([SECOND, THIRD].flatMap(contents));
  expect([keys.isEmpty, keys.records, keys.bytes]).toEqual([true, 0, 0]);
});

test("a record that comes back is before those that wait, and the end of its pause opens the key", () => {
  const keys = new ClosedKeys();
  keys.close(A);
  keys.tryPark(A, SECOND);
  keys.pause(A, FIRST, 500);

  expect(keys.open(A)).toEqual([]);
  expect(keys.nextAt).toBe(500);
  expect(keys.openRested(499)).toEqual([]);
  expect(keys.openRested(500).flatMap(contents)).toEqual([FIRST, SECOND].flatMap(contents));
  expect(keys.isEmpty).toBe(true);
});

test("of several pauses of one key the longest counts", () => {
  const keys = new ClosedKeys();
  keys.pause(A, SECOND, 700);
  keys.pause(A, FIRST, 300);

  expect(keys.openRested(699)).toEqual([]);
  expect(keys.openRested(700).flatMap(contents)).toEqual([FIRST, SECOND].flatMap(contents));
});

test("where keys mean nothing a record pauses alone, under its own name", () => {
  const keys = new ClosedKeys();
  keys.pause(FIRST, FIRST, 100);

  expect(keys.tryPark(A, SECOND)).toBe(false);
  expect(keys.openRested(100).flatMap(contents)).toEqual([FIRST].flatMap(contents));
});

test("taking everything ends the pauses, and keys in flight stay closed", () => {
  const keys = new ClosedKeys();
  keys.close(A);
  keys.tryPark(A, SECOND);
  keys.pause(OTHER.keyName, OTHER, 100);

  expect(keys.takeAll().flatMap(contents)).toEqual([SECOND, OTHER].flatMap(contents));
  expect([keys.records, keys.bytes, keys.nextAt]).toEqual([0, 0, Number.POSITIVE_INFINITY]);
  expect(keys.tryPark(OTHER.keyName, OTHER)).toBe(false);
  expect(keys.tryPark(A, THIRD)).toBe(true);
});

test("a sweep keeps what the test accepts, and closes no key for nothing", () => {
  const keys = new ClosedKeys();
  keys.pause(A, FIRST, 100);
  keys.tryPark(A, SECOND);
  keys.pause(OTHER.keyName, OTHER, 200);

  keys.keepIf((record) => record === SECOND);

  expect([keys.records, keys.bytes]).toEqual([1, SECOND.wireBytes]);
  expect(keys.nextAt).toBe(100);
  expect(keys.openRested(200).map(contents)).toEqual([["a=2"]]);
  expect(keys.isEmpty).toBe(true);
});

test("more records than a call has room for arguments may wait behind one key", () => {
  const keys = new ClosedKeys();
  keys.close(A);
  for (let i = 0; i < 200_000; i++) keys.tryPark(A, SECOND);

  expect(keys.takeAll()).toHaveLength(200_000);
});
