import { EventEmitter } from "node:events";
import { expect, it } from "vitest";
import { interruptionOf } from "../../../src/cli/interruption.js";

class FakeProcess extends EventEmitter {
  readonly exits: number[] = [];

  exit(status: number): void {
    this.exits.push(status);
  }
}

it.each([
  ["SIGINT", "SIGINT", 130],
  ["SIGINT", "SIGTERM", 143],
  ["SIGTERM", "SIGINT", 130],
])("%s asks for an end, and %s after it ends at once", async (first, second, status) => {
  const fake = new FakeProcess();
  const interrupted = interruptionOf(fake);

  fake.emit(first);
  await interrupted;
  expect(fake.exits).toEqual([]);
  fake.emit(second);

  expect(fake.exits).toEqual([status]);
});
