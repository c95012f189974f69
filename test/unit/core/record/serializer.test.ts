import { expect, it } from "vitest";
import { HookFailure } from "../../../../src/core/record/record-problem.js";
import { Serializer } from "../../../../src/core/record/serializer.js";

function problemOf(serialize: (value: never) => unknown): unknown {
  try {
    new Serializer(serialize).dataOf("value");
  } catch (error) {
    if (error instanceof HookFailure) return error.problem;
    throw error;
  }
  return undefined;
}

it.each([
  ["bytes", new Uint8Array([1])],
  ["a Buffer", Buffer.from("x")],
  ["no bytes", new Uint8Array(0)],
  ["a text", "text"],
])("the data may be %s", (_, data) => {
  expect(new Serializer(() => data).dataOf({})).toBe(data);
});

it("the function gets the value alone, without a receiver", () => {
  const calls: unknown[][] = [];
  const value = { id: 1 };

  new Serializer(function (this: unknown, ...args: unknown[]) {
    calls.push([this, ...args]);
    return "";
  }).dataOf(value);

  expect(calls).toEqual([[undefined, value]]);
});

it.each([
  ["undefined", undefined, "undefined"],
  ["null", null, "null"],
  ["an object", {}, "an object"],
  ["a view of another type", new Uint16Array(1), "an object"],
  ["a promise", Promise.resolve("text"), "a promise: it must not be async"],
])("%s is no data", (_, data, got) => {
  expect(problemOf(() => data)).toEqual({
    code: "KP_INVALID_RECORD",
    message: `serialize() must return a Uint8Array or a string, got ${got}`,
  });
});

it("an error of the function is the cause of the problem", () => {
  const cause = new Error("no such field");

  expect(
    problemOf(() => {
      throw cause;
    }),
  ).toEqual({ code: "KP_INVALID_RECORD", message: "serialize() threw, so the record has no data to send", cause });
});

it("a record within the function is refused, and the next one is not", () => {
  const problems: unknown[] = [];
  const serializer: Serializer = new Serializer(() => {
    try {
      serializer.dataOf("inner");
    } catch (error) {
      problems.push((error as HookFailure).problem.message);
    }
    return "outer";
  });

  expect([serializer.dataOf("a"), serializer.dataOf("b")]).toEqual(["outer", "outer"]);
  expect(problems).toEqual(Array(2).fill("the record was handed over within serialize()"));
});
