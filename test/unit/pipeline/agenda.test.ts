import { expect, test } from "vitest";

import { Agenda, type Sleeper } from "../../../src/pipeline/agenda.js";

interface Named extends Sleeper {
  readonly name: string;
}

function named(name: string): Named {
  return { name, heapIndex: -1, deadline: 0, isAwake: false };
}

const namesOf = (items: readonly Named[]): string[] => items.map(({ name }) => name);

test("those who were woken, and those whose moment has come, are awake once", () => {
  const agenda = new Agenda<Named>();
  const [a, b, c] = [named("a"), named("b"), named("c")];
  agenda.wake(a);
  agenda.wake(a);
  agenda.sleepUntil(a, 10);
  agenda.sleepUntil(b, 10);
  agenda.sleepUntil(c, 11);

  expect(agenda.nextAt).toBe(10);
  expect(namesOf(agenda.takeAwake(10)).sort()).toEqual(["a", "b"]);
  expect(namesOf(agenda.takeAwake(10))).toEqual([]);
  expect(agenda.nextAt).toBe(11);
});

test("a moment is brought forward, and not put off, but by who goes to sleep", () => {
  const agenda = new Agenda<Named>();
  const item = named("a");
  agenda.wakeAt(item, 10);
  agenda.wakeAt(item, 20);
  expect(agenda.nextAt).toBe(10);
  agenda.wakeAt(item, 5);
  expect(agenda.nextAt).toBe(5);
  agenda.sleepUntil(item, 20);
  expect(agenda.nextAt).toBe(20);
  agenda.sleepUntil(item, Number.POSITIVE_INFINITY);
  expect(agenda.nextAt).toBe(Number.POSITIVE_INFINITY);
});

test("who is woken while the awake are looked at is awake the next time", () => {
  const agenda = new Agenda<Named>();
  const item = named("a");
  agenda.wake(item);
  agenda.takeAwake(0);
  agenda.wake(item);

  expect(namesOf(agenda.takeAwake(0))).toEqual(["a"]);
});

test("who has gone is not woken", () => {
  const agenda = new Agenda<Named>();
  const item = named("a");
  agenda.wake(item);
  agenda.wakeAt(item, 10);
  agenda.forget(item);

  expect(namesOf(agenda.takeAwake(20))).toEqual([]);
});
