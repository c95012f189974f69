import { describe, expect, test } from "vitest";
import { type PartitionQuery, partitionKeysOf } from "../../../../src/testing/delivery/partition-keys.js";
import type { NamedKey } from "../../../../src/testing/delivery/prefix-expression.js";

const EVENT = {
  type: { device: "mobile" },
  customer_id: "1234567890",
  event_timestamp: 1565382027,
  isTest: false,
  none: null,
  empty: "",
};

function keysOf(query: PartitionQuery, data = JSON.stringify(EVENT)) {
  const record = { data: Buffer.from(data), partitionKey: "pk", approximateArrivalTimestamp: new Date(0) };
  return partitionKeysOf([{ source: "partitionKeyFromQuery", name: "x" }], record, { x: query }, {});
}

describe("the partition keys of a record", () => {
  test.each<[PartitionQuery, string]>([
    [".customer_id", "1234567890"],
    [".type.device", "mobile"],
    [".event_timestamp", "1565382027"],
    [".isTest", "false"],
    [(json) => new Date((json as typeof EVENT).event_timestamp * 1000).getUTCFullYear(), "2019"],
    [(_json, { partitionKey }) => partitionKey, "pk"],
  ])("%s is found in its JSON", (query, value) => {
    expect(keysOf(query)).toEqual([value]);
  });

  test.each<[string, PartitionQuery]>([
    ["nothing", ".nowhere"],
    ["nothing below nothing", ".nowhere.deep"],
    ["null", ".none"],
    ["an empty text", ".empty"],
    ["an object", ".type"],
    ["a member of the prototype", ".toString"],
    [
      "an error of the function",
      () => {
        throw new Error("no");
      },
    ],
  ])("are a problem when a query finds %s", (_, query) => {
    expect(keysOf(query)).toEqual({ problem: "partitionKeys values must not be null or empty: x" });
  });

  test("are a problem when the record is not JSON", () => {
    expect(keysOf(".a", "no JSON")).toEqual({ problem: "Non JSON record provided" });
  });

  test("come from the transform too, and then the record need not be JSON", () => {
    const keys: NamedKey[] = [
      { source: "partitionKeyFromLambda", name: "b" },
      { source: "partitionKeyFromLambda", name: "a" },
    ];
    const record = { data: Buffer.from("no JSON"), partitionKey: "pk", approximateArrivalTimestamp: new Date(0) };

    expect(partitionKeysOf(keys, record, {}, { a: "1", b: 2 })).toEqual(["2", "1"]);
    expect(partitionKeysOf(keys, record, {}, { b: "2" })).toEqual({
      problem: "partitionKeys values must not be null or empty: a",
    });
  });
});
