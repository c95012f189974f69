import { expect, it } from "vitest";
import { RecordChecker } from "../../../../src/core/record/record-check.js";
import { HookFailure, invalid, showResult } from "../../../../src/core/record/record-problem.js";

it("a failure of a hook has the problem of its record", () => {
  const problem = invalid("data is missing");

  expect(new HookFailure(problem)).toMatchObject({ message: "data is missing", problem });
  expect(problem.code).toBe("KP_INVALID_RECORD");
});

it.each([
  ["a promise", Promise.resolve(1), "a promise: it must not be async"],
  ["null", null, "null"],
  ["an object", {}, "an object"],
])("a wrong result is shown: %s", (_, result, shown) => {
  expect(showResult(result)).toBe(shown);
});

it.each([
  ["serialize", (hook: () => Promise<never>) => new RecordChecker(undefined, undefined, hook)],
  ["propagate", (hook: () => Promise<never>) => new RecordChecker(undefined, hook as never)],
])("the promise of an async %s may reject: the record is refused already", async (name, checkerWith) => {
  const unhandled: unknown[] = [];
  const listen = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", listen);
  try {
    const checker = checkerWith(() => Promise.reject(new Error("later")));
    expect(checker.check({ partitionKey: "a", data: "x" })?.message).toMatch(
      new RegExp(`^${name}\\(\\) must return .*, got a promise: it must not be async$`),
    );
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off("unhandledRejection", listen);
  }

  expect(unhandled).toEqual([]);
});
