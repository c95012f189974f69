import { expect, it } from "vitest";
import type { ArrivalPlan } from "../../../../../src/cli/load/arrivals/arrival-plan.js";
import { readArrivals } from "../../../../../src/cli/load/arrivals/read-arrivals.js";
import { LOAD_OPTIONS } from "../../../../../src/cli/load/load-options.js";
import { readOptions } from "../../../../../src/cli/option-table.js";

function read(...args: string[]): ArrivalPlan | undefined {
  return readArrivals(readOptions(args, LOAD_OPTIONS), 9_000);
}

it("reads a rate, a ramp, and parts of equal length", () => {
  expect(read()).toBeUndefined();
  expect(read("--rate", "5000")?.segments).toEqual([{ fromMs: 0, toMs: 9_000, from: 5_000, to: 5_000 }]);
  expect(read("--rate", "0..200")?.segments).toEqual([{ fromMs: 0, toMs: 9_000, from: 0, to: 200 }]);
  expect(read("--rate", "100,200..0,0")?.segments).toEqual([
    { fromMs: 0, toMs: 3_000, from: 100, to: 100 },
    { fromMs: 3_000, toMs: 6_000, from: 200, to: 0 },
    { fromMs: 6_000, toMs: 9_000, from: 0, to: 0 },
  ]);
});

it("reads the spacing", () => {
  expect(read("--rate", "1")?.spacing).toEqual({ kind: "even" });
  expect(read("--rate", "1", "--arrivals", "even")?.spacing).toEqual({ kind: "even" });
  expect(read("--rate", "1", "--arrivals", "poisson")?.spacing).toEqual({ kind: "poisson" });
  expect(read("--rate", "1", "--arrivals", "bursts:1.5s")?.spacing).toEqual({ kind: "bursts", everyMs: 1_500 });
});

it.each([["0"], ["0..0"], ["-1"], ["1000000001"], ["5000/s"], ["1..2..3"], [""], ["1,"], ["fast"], ["1.5"]])(
  "refuses --rate %j",
  (text) => {
    expect(() => read(`--rate=${text}`)).toThrow(/^--rate must be records a second, 1 to 1000000000: .*, got /);
  },
);

it.each([["bursts"], ["bursts:"], ["bursts:5"], ["bursts:0.1ms"], ["random"]])("refuses --arrivals %j", (text) => {
  expect(() => read("--rate", "1", "--arrivals", text)).toThrow(
    `--arrivals must be even, poisson, or bursts:TIME like bursts:500ms, got "${text}"`,
  );
});

it("refuses arrivals without a rate", () => {
  expect(() => read("--arrivals", "poisson")).toThrow("--arrivals needs --rate: without it no record has a due time");
});
