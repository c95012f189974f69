import { expect, it } from "vitest";
import { HookFailure, invalid } from "../../../../src/core/record/record-problem.js";

it("a failure of a hook has the problem of its record", () => {
  const problem = invalid("data is missing");

  expect(new HookFailure(problem)).toMatchObject({ message: "data is missing", problem });
  expect(problem.code).toBe("KP_INVALID_RECORD");
});
