import { expect, it } from "vitest";
import { LOAD_OPTIONS } from "../../../../src/cli/load/load-options.js";
import { type LoadMode, readModes } from "../../../../src/cli/load/modes.js";
import { readOptions } from "../../../../src/cli/option-table.js";

function read(modes?: string, aggregation?: boolean | "reshard-safe"): readonly LoadMode[] {
  return readModes(readOptions(modes === undefined ? [] : ["--modes", modes], LOAD_OPTIONS), aggregation);
}

it("has one mode by default, named by the packing", () => {
  expect(read()).toEqual([{ name: "aggregated", producer: {} }]);
  expect(read(undefined, true)).toEqual([{ name: "aggregated", producer: { aggregation: true } }]);
  expect(read(undefined, false)).toEqual([{ name: "raw", producer: { aggregation: false } }]);
  expect(read(undefined, "reshard-safe")).toEqual([
    { name: "reshard-safe", producer: { aggregation: "reshard-safe" } },
  ]);
});

it("reads several, in their order", () => {
  expect(read("ordered,raw,aggregated,reshard-safe")).toEqual([
    { name: "ordered", producer: { ordering: "shard" } },
    { name: "raw", producer: { aggregation: false } },
    { name: "aggregated", producer: { aggregation: true } },
    { name: "reshard-safe", producer: { aggregation: "reshard-safe" } },
  ]);
});

it("refuses unknown and repeated modes, and two ways to say the packing", () => {
  expect(() => read("agregated")).toThrow('--modes has no "agregated"; did you mean aggregated?');
  expect(() => read("compressed")).toThrow(
    '--modes has no "compressed"; known are aggregated, raw, ordered, reshard-safe',
  );
  expect(() => read("raw,raw")).toThrow('--modes must be different names, got "raw,raw"');
  expect(() => read("raw", true)).toThrow("--modes and --aggregation both choose how records are packed: use only one");
});
