import { describe, expect, it } from "vitest";
import { compileFilters } from "../../../../../src/testing/lambda-trigger/filter/filter-criteria.js";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** Whether a record with this data passes one filter. */
function passes(pattern: object, data: unknown, partitionKey = "k"): boolean {
  const record = { partitionKey, data: base64(JSON.stringify(data)) };
  const asText = compileFilters({ filters: [{ pattern: JSON.stringify(pattern) }] }, "f")(record);
  expect(compileFilters({ filters: [{ pattern }] }, "f")(record)).toBe(asText);
  return asText;
}

describe("a filter", () => {
  // The comparison operators of "Filter rule syntax", Lambda Developer Guide.
  it.each<[string, unknown, unknown, unknown]>([
    ["null", [null], null, "x"],
    ["empty", [""], "", "x"],
    ["equals, text", ["Alice"], "Alice", "alice"],
    ["equals, number", [300], 300, 301],
    ["equals, boolean", [true], true, "true"],
    ["equals, ignoring case", [{ "equals-ignore-case": "alice" }], "ALICE", "Alicia"],
    ["or", ["Credit", "Debit"], "Debit", "Cash"],
    ["not", [{ "anything-but": ["Raining"] }], "Sunny", "Raining"],
    ["not, one value", [{ "anything-but": 3 }], 4, 3],
    ["numeric, equals", [{ numeric: ["=", 100] }], 100, "100"],
    ["numeric, range", [{ numeric: [">", 10, "<=", 20] }], 20, 10],
    ["exists", [{ exists: true }], null, undefined],
    ["does not exist", [{ exists: false }], undefined, 0],
    ["begins with", [{ prefix: "us-" }], "us-east-1", "eu-us-"],
    ["ends with", [{ suffix: ".png" }], "a.png", "a.png.txt"],
    ["not, of nothing", [{ "anything-but": "x" }], "y", undefined],
    ["a list in the record", ["b"], ["a", "b"], ["a", "c"]],
    ["an object is no value", [{ exists: true }], 1, { a: 1 }],
  ])("%s", (_name, rules, matching, other) => {
    expect(passes({ data: { field: rules } }, { field: matching })).toBe(true);
    expect(passes({ data: { field: rules } }, { field: other })).toBe(false);
  });

  it("wants all of its fields, at any depth", () => {
    const pattern = { data: { order: { type: ["buy"], stock: { name: [{ prefix: "A" }] } } } };

    expect(passes(pattern, { order: { type: "buy", stock: { name: "ANYCO" }, n: 1 } })).toBe(true);
    expect(passes(pattern, { order: { type: "buy", stock: { name: "BCO" } } })).toBe(false);
    expect(passes(pattern, { order: "buy" })).toBe(false);
    expect(passes(pattern, { order: [{ type: "sell" }, { type: "buy", stock: { name: "A" } }] })).toBe(true);
  });

  it("with $or wants one of several fields", () => {
    const pattern = { data: { $or: [{ Location: ["New York"] }, { Day: ["Monday"] }], n: [1] } };

    expect(passes(pattern, { Location: "New York", n: 1 })).toBe(true);
    expect(passes(pattern, { Day: "Monday", n: 1 })).toBe(true);
    expect(passes(pattern, { Day: "Monday", n: 2 })).toBe(false);
    expect(passes(pattern, { Day: "Sunday", n: 1 })).toBe(false);
  });

  it("finds a field absent when the object around it is", () => {
    expect(passes({ data: { a: { b: [{ exists: false }] } } }, {})).toBe(true);
    expect(passes({ data: { a: { b: [{ exists: false }] } } }, [1])).toBe(true);
  });

  it("sees the partition key", () => {
    expect(passes({ partitionKey: ["k"], data: { a: [1] } }, { a: 1 })).toBe(true);
    expect(passes({ partitionKey: [{ prefix: "x" }] }, { a: 1 })).toBe(false);
    expect(passes({ $or: [{ partitionKey: ["x"] }, { data: { a: [1] } }] }, { a: 1 })).toBe(true);
  });

  it("drops data that is no JSON when it is about data, and only then", () => {
    for (const data of [base64("no JSON"), Buffer.from([0xff]).toString("base64")]) {
      const record = { partitionKey: "k", data };
      expect(compileFilters({ filters: [{ pattern: { data: { a: [{ exists: false }] } } }] }, "f")(record)).toBe(false);
      expect(compileFilters({ filters: [{ pattern: { partitionKey: ["k"] } }] }, "f")(record)).toBe(true);
    }
  });

  it("is one of several: any of them lets a record pass", () => {
    const test = compileFilters(
      { filters: [{ pattern: { data: { a: [1] } } }, { pattern: { data: { a: [2] } } }] },
      "f",
    );

    expect([1, 2, 3].map((a) => test({ data: base64(JSON.stringify({ a })) }))).toEqual([true, true, false]);
  });
});

describe("a pattern that AWS refuses, or that never matches", () => {
  const P = "f.filters[0].pattern";

  it.each<[unknown, string]>([
    ["{", `${P} must be the text of a JSON object: `],
    ["[1]", `${P} must be an object, got an array`],
    [{}, `${P} must have a field, got an empty object`],
    [{ Data: { a: [1] } }, `${P} may have data and partitionKey, got "Data"; did you mean data?`],
    [{ sequenceNumber: ["1"] }, `${P} may have data and partitionKey, got "sequenceNumber"`],
    [{ data: ["text"] }, `${P}.data must be an object, got an array`],
    [{ data: { a: "buy" } }, `${P}.data.a must be a list of rules or an object, got "buy": write ["buy"]`],
    [{ data: { a: [] } }, `${P}.data.a must have a rule, got an empty list`],
    [{ data: { a: [[1]] } }, `${P}.data.a[0] must be a text, a number, a boolean, null or an operator, got an array`],
    [{ data: { a: [{}] } }, `${P}.data.a[0] must have one operator, got 0`],
    [{ data: { a: [{ prefix: "a", suffix: "b" }] } }, `${P}.data.a[0] must have one operator, got 2`],
    [{ data: { a: [{ Prefix: "a" }] } }, `${P}.data.a[0] has no operator "Prefix"; did you mean prefix?`],
    [{ data: { a: [{ cidr: "10.0.0.0/24" }] } }, "; Lambda has prefix, suffix, equals-ignore-case"],
    [{ data: { a: [{ prefix: 1 }] } }, `${P}.data.a[0].prefix must be a text, got 1`],
    [{ data: { a: [{ exists: "yes" }] } }, `${P}.data.a[0].exists must be true or false, got "yes"`],
    [{ data: { a: [{ numeric: [">"] }] } }, `${P}.data.a[0].numeric must be one or two pairs`],
    [{ data: { a: [{ numeric: ["=>", 1] }] } }, `.numeric must compare with =, <, <=, >, >=, got "=>"`],
    [{ data: { a: [{ numeric: [">", 5_000_000_001] }] } }, "numbers from -5000000000 to 5000000000, got 5000000001"],
    [
      { data: { a: [{ "anything-but": { prefix: "a" } }] } },
      ".anything-but must be a text, a number, or a list of them",
    ],
    [{ data: { $or: [{ a: [1] }] } }, `${P}.data.$or must be a list of two patterns or more`],
    [{ partitionKey: "k" }, `${P}.partitionKey must be a list of rules, got "k"`],
    ["x".repeat(4_097), `${P} must have at most 4096 characters, got 4097`],
  ])("%j", (pattern, message) => {
    expect(() => compileFilters({ filters: [{ pattern }] }, "f")).toThrow(message);
    expect(() => compileFilters({ filters: [{ pattern }] }, "f")).toThrow(RangeError);
  });

  it.each([0, 11])("%i filters", (count) => {
    const filters = Array.from({ length: count }, () => ({ pattern: { data: { a: [1] } } }));

    expect(() => compileFilters({ filters }, "f")).toThrow(`f.filters must have 1 to 10 filters, got ${count}`);
  });
});
