import { expect, it } from "vitest";
import { LOAD_OPTIONS } from "../../../../src/cli/load/load-options.js";
import { type LoadMode, readModes } from "../../../../src/cli/load/modes.js";
import { readOptions } from "../../../../src/cli/option-table.js";

function read(modes?: string, aggregation?: boolean | "reshard-safe", codec?: string): readonly LoadMode[] {
  const given = modes === undefined ? [] : ["--modes", modes];
  const args = codec === undefined ? given : [...given, "--compression", codec];
  return readModes(readOptions(args, LOAD_OPTIONS), aggregation);
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
  expect(read("ordered,raw,aggregated,reshard-safe,compressed")).toEqual([
    { name: "ordered", producer: { ordering: "shard" } },
    { name: "raw", producer: { aggregation: false } },
    { name: "aggregated", producer: { aggregation: true } },
    { name: "reshard-safe", producer: { aggregation: "reshard-safe" } },
    { name: "compressed", producer: { compression: "gzip" } },
  ]);
});

it("compresses with the codec of --compression, in the mode compressed alone", () => {
  expect(read("aggregated,compressed", undefined, "lz4")).toEqual([
    { name: "aggregated", producer: { aggregation: true } },
    { name: "compressed", producer: { compression: "lz4" } },
  ]);
  expect(read(undefined, undefined, "zstd")).toEqual([{ name: "compressed", producer: { compression: "zstd" } }]);
  expect(read(undefined, "reshard-safe", "gzip")).toEqual([
    { name: "compressed", producer: { compression: "gzip", aggregation: "reshard-safe" } },
  ]);
  expect(() => read("raw,aggregated", undefined, "gzip")).toThrow(
    "--compression is for the mode compressed, and --modes raw,aggregated does not have it",
  );
  expect(() => read(undefined, undefined, "brotli")).toThrow('--compression must be gzip or zstd or lz4, got "brotli"');
});

it("refuses unknown and repeated modes, and two ways to say the packing", () => {
  expect(() => read("agregated")).toThrow('--modes has no "agregated"; did you mean aggregated?');
  expect(() => read("mixed")).toThrow(
    '--modes has no "mixed"; known are aggregated, raw, ordered, reshard-safe, compressed',
  );
  expect(() => read("raw,raw")).toThrow('--modes must be different names, got "raw,raw"');
  expect(() => read("raw", true)).toThrow("--modes and --aggregation both choose how records are packed: use only one");
});
