import { describe, expect, it } from "vitest";
import { readResponse } from "../../../../src/testing/lambda-trigger/read-response.js";

const NUMBERS = ["11", "12", "13"];
const REPORTS = { reportsFailures: true, hasWindow: false };

const failures = (...identifiers: unknown[]): object => ({
  batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })),
});

describe("an answer, with ReportBatchItemFailures", () => {
  it.each([
    ["null", null],
    ["nothing", undefined],
    ["an empty text", ""],
    ["an empty object", {}],
    ["a null list", { batchItemFailures: null }],
    ["an empty list", { batchItemFailures: [] }],
  ])("that is %s is a success", (_name, response) => {
    expect(readResponse(response, NUMBERS, REPORTS)).toEqual({ kind: "success" });
  });

  it("that names records is a failure from the lowest sequence number on", () => {
    expect(readResponse(failures("13", "12"), NUMBERS, REPORTS)).toEqual({ kind: "partial", index: 1 });
    expect(readResponse(failures("12", "13"), NUMBERS, REPORTS)).toEqual({ kind: "partial", index: 1 });
  });

  it.each([
    ["an empty identifier", failures(""), "an itemIdentifier must be a sequence number, got"],
    ["a null identifier", failures(null), "an itemIdentifier must be a sequence number, got null"],
    [
      "a wrong key",
      { batchItemFailures: [{ id: "12" }] },
      "an itemIdentifier must be a sequence number, got undefined",
    ],
    ["no object in the list", { batchItemFailures: ["12"] }, "an itemIdentifier must be a sequence number"],
    ["an unknown record", failures("12", "99"), "no record of the batch has the itemIdentifier 99"],
    ["no list", { batchItemFailures: "12" }, "batchItemFailures is no list"],
    ["no object", "OK", 'the answer is no object: "OK"'],
  ])("that has %s fails the batch", (_name, response, reason) => {
    expect(readResponse(response, NUMBERS, REPORTS)).toEqual({
      kind: "failed",
      reason: expect.stringContaining(reason),
    });
  });
});

describe("an answer without ReportBatchItemFailures", () => {
  it.each([[failures("12")], ["OK"], [null]])("is a success: %j", (response) => {
    expect(readResponse(response, NUMBERS, { reportsFailures: false, hasWindow: false })).toEqual({ kind: "success" });
  });
});

describe("an answer in a tumbling window", () => {
  const rules = { reportsFailures: true, hasWindow: true };

  it.each([[null], [{}], [{ state: null }], [{ state: "text" }], [{ state: [] }]])(
    "fails without a state: %j",
    (response) => {
      expect(readResponse(response, NUMBERS, rules)).toMatchObject({ kind: "failed" });
    },
  );

  it("brings its state along", () => {
    const state = { count: 1 };

    expect(readResponse({ state }, NUMBERS, rules)).toEqual({ kind: "success", state });
    expect(readResponse({ state, ...failures("12") }, NUMBERS, rules)).toEqual({ kind: "partial", index: 1, state });
  });
});
