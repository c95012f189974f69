import { describe, expect, test } from "vitest";

import { attemptShown, causeShown, cut, recordShown } from "../../../src/wording/shown-error.js";

test("a long text is cut, and says so", () => {
  expect(cut("x".repeat(400))).toHaveLength(400);
  expect(cut("x".repeat(401))).toBe(`${"x".repeat(400)}…`);
  expect(cut("abc", 2)).toBe("ab…");
});

describe("a record in a log", () => {
  test("has its stream, its keys and the number of its bytes", () => {
    const record = {
      streamName: "s",
      partitionKey: "k",
      explicitHashKey: 7n,
      data: "é",
      tags: { a: "b" },
      recordId: "i",
    };

    expect(recordShown(record)).toEqual({ streamName: "s", partitionKey: "k", explicitHashKey: "7", bytes: 2 });
    expect(recordShown({ data: new Uint8Array(3) })).toEqual({ bytes: 3 });
  });

  test.each([[null], [undefined], [{ data: 7, partitionKey: {} }]])("that is %j has nothing", (record) => {
    expect(recordShown(record)).toEqual({});
  });

  test("whose text cannot be read has nothing", () => {
    const explicitHashKey = Object.create(null);

    expect(recordShown({ explicitHashKey })).toEqual({});
  });
});

test("an attempt in a log has a short message", () => {
  expect(attemptShown({ errorMessage: "x".repeat(500) }).errorMessage).toHaveLength(401);
  expect(attemptShown({})).toEqual({});
});

test("a cause in a log has its name, its code and its message", () => {
  expect(causeShown(Object.assign(new TypeError("t"), { code: "C", secret: 1 }))).toEqual({
    name: "TypeError",
    code: "C",
    message: "t",
  });
  expect(causeShown({ secret: 1 })).toBe("an object");
});
