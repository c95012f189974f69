import { expect, it } from "vitest";
import { type KeyPlan, readKeys } from "../../../../../src/cli/load/keys/key-plan.js";
import { LOAD_OPTIONS } from "../../../../../src/cli/load/load-options.js";
import { readOptions } from "../../../../../src/cli/option-table.js";

function read(...args: string[]): KeyPlan {
  return readKeys(readOptions(args, LOAD_OPTIONS));
}

it("has 1,000 equally frequent keys by default", () => {
  expect(read()).toEqual({ kind: "uniform", count: 1_000 });
});

it.each<[string, KeyPlan]>([
  ["zipf:1.1", { kind: "zipf", exponent: 1.1, count: 10_000 }],
  ["zipf:0.5:33", { kind: "zipf", exponent: 0.5, count: 33 }],
  ["hot:40%", { kind: "hot", share: 0.4, count: 1_000 }],
  ["hot:99.5%:20", { kind: "hot", share: 0.995, count: 20 }],
  ["1", { kind: "uniform", count: 1 }],
  ["10000000", { kind: "uniform", count: 10_000_000 }],
])("reads --keys %s", (text, plan) => {
  expect(read("--keys", text)).toEqual(plan);
});

it.each([
  ...["0", "10000001", "zipf", "zipf:", "zipf:1.1:0", "zipf:10.1", "zipf:-1", "many", "1.5"],
  ...["hot", "hot:0.4", "hot:101%", "hot:4%:0", "zipf:1%"],
])("refuses --keys %s", (text) => {
  expect(() => read("--keys", text)).toThrow(
    `--keys must be a whole number, 1 to 10000000, zipf:EXPONENT[:COUNT] with an exponent up to 10, or hot:PERCENT%[:COUNT], got "${text}"`,
  );
});
