import { describe, expect, test } from "vitest";
import { verdictsOf } from "../../../../src/testing/delivery/transform-answer.js";

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

function ok(recordId: string, text = recordId, more: object = {}): object {
  return { recordId, result: "Ok", data: base64(text), ...more };
}

/** `Ok:data`, `Dropped`, or the code of the failure. */
function verdicts(ids: readonly string[], answer: unknown): string[] {
  return verdictsOf(ids, answer).map((verdict) => {
    if (verdict.result === "Ok") return `Ok:${Buffer.from(verdict.data)}`;
    return verdict.result === "Dropped" ? "Dropped" : verdict.errorCode;
  });
}

describe("the results of a transform", () => {
  test("are in the order of the records, whatever the order of the answer", () => {
    const answer = { records: [ok("3", "c"), { recordId: "2", result: "Dropped" }, ok("1", "a")] };

    expect(verdicts(["1", "2", "3"], answer)).toEqual(["Ok:a", "Dropped", "Ok:c"]);
  });

  test("have the partition keys of the metadata", () => {
    const metadata = { partitionKeys: { user: "7" } };

    expect(verdictsOf(["1", "2"], { records: [ok("1", "a", { metadata }), ok("2")] })).toMatchObject([
      { partitionKeys: { user: "7" } },
      { partitionKeys: {} },
    ]);
  });

  test("are found in a large answer without record ids as fast as in another", () => {
    expect(verdicts(["1"], { records: [...Array(300_000).fill({}), ok("1")] })).toEqual(["Ok:1"]);
  });

  test.each<[string, unknown, string[]]>([
    ["a record that is not returned", { records: [ok("1")] }, ["Ok:1", "Lambda.MissingRecordId"]],
    ["an id that was not given", { records: [ok("1"), ok("3")] }, ["Ok:1", "Lambda.MissingRecordId"]],
    ["an id twice", { records: [ok("1"), ok("2"), ok("2")] }, ["Ok:1", "Lambda.DuplicatedRecordId"]],
    [
      "ProcessingFailed",
      { records: [ok("1"), { recordId: "2", result: "ProcessingFailed", data: "" }] },
      ["Ok:1", "Lambda.ProcessingFailedStatus"],
    ],
    [
      "an unknown result",
      { records: [ok("1"), ok("2", "b", { result: "ok" })] },
      ["Ok:1", "Lambda.JsonProcessingException"],
    ],
    ["no data", { records: [ok("1"), { recordId: "2", result: "Ok" }] }, ["Ok:1", "Lambda.JsonProcessingException"]],
    [
      "data that is not base64",
      { records: [ok("1"), { recordId: "2", result: "Ok", data: "é!" }] },
      ["Ok:1", "Lambda.JsonProcessingException"],
    ],
    ["empty data", { records: [ok("1"), ok("2", "")] }, ["Ok:1", "Ok:"]],
    ["entries that are no objects", { records: [null, 5, ok("1")] }, ["Ok:1", "Lambda.MissingRecordId"]],
    ["no list of records", { records: {} }, ["Lambda.JsonProcessingException", "Lambda.JsonProcessingException"]],
    ["null", null, ["Lambda.JsonProcessingException", "Lambda.JsonProcessingException"]],
  ])("tell %s", (_, answer, expected) => {
    expect(verdicts(["1", "2"], answer)).toEqual(expected);
  });
});
