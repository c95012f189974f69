import { describe, expect, test } from "vitest";

import { RecordChecker } from "../../../src/core/record/record-check.js";
import { RecordIds } from "../../../src/core/record/record-ids.js";
import type { Propagate, UserRecord } from "../../../src/record.js";
import { readTags } from "../../../src/wire/record-tags.js";

const RECORD: UserRecord = { partitionKey: "k", data: "x" };

/** The tags of a record that was checked with this hook. */
function tagsBy(propagate: Propagate, record: object = {}, ids?: RecordIds): unknown {
  const checker = new RecordChecker(ids, propagate);
  const problem = checker.check({ ...RECORD, ...record });
  expect(problem).toBeUndefined();
  const { tags } = checker.checked;
  return tags === undefined ? undefined : readTags(tags);
}

describe("the tags of propagate", () => {
  test("are added to those of the record, behind them, and before its id", () => {
    const hook = (): Record<string, string> => ({ traceparent: "00-a", tracestate: "v=1" });

    expect(tagsBy(hook)).toEqual({ tags: { traceparent: "00-a", tracestate: "v=1" } });
    expect(tagsBy(hook, { tags: { a: "1" } }, new RecordIds(() => 0))).toEqual({
      tags: { a: "1", traceparent: "00-a", tracestate: "v=1" },
      recordId: "AAAAAAAAAAAAA",
    });
    expect(tagsBy(hook, { recordId: "mine" })).toMatchObject({ tags: { traceparent: "00-a" }, recordId: "mine" });
  });

  test("may be none", () => {
    expect(tagsBy(() => undefined)).toBeUndefined();
    expect(tagsBy(() => ({}))).toBeUndefined();
    expect(tagsBy(() => undefined, { tags: { a: "1" } })).toEqual({ tags: { a: "1" } });
  });

  test("are left out if the record has one of them: its own context is not mixed with another", () => {
    const hook = (): Record<string, string> => ({ traceparent: "00-caller", tracestate: "caller=1" });

    expect(tagsBy(hook, { tags: { traceparent: "00-own" } })).toEqual({ tags: { traceparent: "00-own" } });
  });

  test("are made from the record that is handed over", () => {
    const seen: unknown[] = [];
    const record = { ...RECORD, tags: { a: "1" } };

    new RecordChecker(undefined, (handed) => {
      seen.push(handed);
      return undefined;
    }).check(record);

    expect(seen).toEqual([record]);
    expect(seen[0]).toBe(record);
  });
});

describe("a record is refused alone", () => {
  const REFUSED = "KP_INVALID_RECORD";

  test.each([
    ["text", "00-a", 'propagate() must return undefined or a plain object, got "00-a"'],
    ["null", null, "propagate() must return undefined or a plain object, got null"],
    [
      "a promise",
      Promise.resolve({}),
      "propagate() must return undefined or a plain object, got a promise: it must not be async",
    ],
    ["a Map", new Map(), "propagate() must return undefined or a plain object, got an object"],
    ["a number as a tag", { a: 1 }, 'propagate() returned tags that cannot be sent: tags["a"] must be a string, got 1'],
    [
      "the key of the id",
      { "~": "1" },
      'propagate() returned tags that cannot be sent: tags["~"] is reserved: it holds the recordId',
    ],
  ])("if propagate returns %s", (_, returned, message) => {
    const checker = new RecordChecker(undefined, (() => returned) as never);

    expect(checker.check(RECORD)).toEqual({ code: REFUSED, message });
  });

  test("if propagate throws, with the thrown value as the cause", () => {
    const cause = new Error("hook's bug");
    let isBad = true;
    const checker = new RecordChecker(undefined, () => {
      if (isBad) throw cause;
      return { a: "1" };
    });

    expect(checker.check(RECORD)).toMatchObject({
      code: REFUSED,
      message: expect.stringContaining("propagate() threw"),
      cause,
    });
    isBad = false;
    expect(checker.check(RECORD)).toBeUndefined();
  });

  test("if a getter of the returned tags throws", () => {
    const bad = Object.defineProperty({}, "a", {
      enumerable: true,
      get: () => {
        throw new Error("getter");
      },
    });

    expect(new RecordChecker(undefined, () => bad).check(RECORD)).toMatchObject({ code: REFUSED });
  });

  test("if propagate hands it over: the outer record is accepted as it was", () => {
    const inner: unknown[] = [];
    const checker: RecordChecker = new RecordChecker(undefined, () => {
      inner.push(checker.check({ partitionKey: "inner", data: "yy" }));
      return { a: "1" };
    });

    expect(checker.check(RECORD)).toBeUndefined();

    expect(inner).toEqual([{ code: REFUSED, message: "the record was handed over within propagate()" }]);
    expect(checker.checked).toMatchObject({ key: { text: "k" }, data: "x", dataBytes: 1 });
    expect(readTags(checker.checked.tags as Uint8Array)).toEqual({ tags: { a: "1" } });
  });

  test("with this of the hook undefined: the checker stays private", () => {
    let self: unknown = "not called";
    new RecordChecker(undefined, function (this: unknown) {
      self = this;
      return undefined;
    }).check(RECORD);

    expect(self).toBeUndefined();
  });
});
