import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { LOAD_OPTIONS } from "../../../../../src/cli/load/load-options.js";
import { payloadsOf } from "../../../../../src/cli/load/sizes/payloads.js";
import { readSizes, type SizePlan } from "../../../../../src/cli/load/sizes/size-plan.js";
import { readOptions } from "../../../../../src/cli/option-table.js";

function read(...args: string[]): SizePlan {
  return readSizes(readOptions(args, LOAD_OPTIONS));
}

function fileOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "load-lines-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "lines.txt"), text);
  return join(folder, "lines.txt");
}

const sizesOf = (plan: SizePlan, seed = 1): number[] => payloadsOf(plan, seed).map(({ length }) => length);

it.each<[string, SizePlan]>([
  ["0", { kind: "fixed", bytes: 0 }],
  ["10485760", { kind: "fixed", bytes: 10_485_760 }],
  ["100..2000", { kind: "uniform", from: 100, to: 2_000 }],
  ["7..7", { kind: "uniform", from: 7, to: 7 }],
  ["lognormal:300", { kind: "lognormal", median: 300, sigma: 1 }],
  ["lognormal:300:0.5", { kind: "lognormal", median: 300, sigma: 0.5 }],
])("reads --size %s", (text, plan) => {
  expect(read("--size", text)).toEqual(plan);
});

it.each(["10485761", "9..8", "1..10485761", "-1", "1k", "lognormal", "lognormal:0", "lognormal:300:3.1", "normal:3"])(
  "refuses --size %s",
  (text) => {
    expect(() => read(`--size=${text}`)).toThrow(
      `--size must be a whole number, 0 to 10485760, FROM..TO, or lognormal:MEDIAN[:SIGMA] with a sigma up to 3, got "${text}"`,
    );
  },
);

it("makes different payloads of one size", () => {
  const payloads = payloadsOf({ kind: "fixed", bytes: 33 }, 1);

  expect(new Set(sizesOf({ kind: "fixed", bytes: 33 }))).toEqual(new Set([33]));
  expect(new Set(payloads.map((data) => Buffer.from(data).toString("hex"))).size).toBe(payloads.length);
});

it("draws sizes from a span, all equally often", () => {
  const sizes = sizesOf({ kind: "uniform", from: 100, to: 109 });

  for (let size = 100; size < 110; size++) {
    const expected = sizes.length / 10;
    expect(Math.abs(sizes.filter((each) => each === size).length - expected)).toBeLessThan(5 * Math.sqrt(expected));
  }
  expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([100, 109]);
});

it("draws sizes with a long tail around a median", () => {
  const sizes = sizesOf({ kind: "lognormal", median: 1_000, sigma: 1 }).sort((a, b) => a - b);
  const at = (share: number): number => sizes[Math.floor(share * sizes.length)] as number;

  expect(at(0.5) / 1_000).toBeCloseTo(1, 0);
  // One standard deviation above the median is e times the median.
  expect(at(0.8413) / 1_000).toBeGreaterThan(Math.E * 0.9);
  expect(at(0.8413) / 1_000).toBeLessThan(Math.E * 1.1);
});

it("keeps a long tail below the limit of a record", () => {
  expect(Math.max(...sizesOf({ kind: "lognormal", median: 500_000, sigma: 3 }))).toBe(1_000_000);
});

it("draws the same for the same seed, and otherwise for another", () => {
  const plan = { kind: "uniform", from: 0, to: 1_000 } as const;

  expect(sizesOf(plan, 1)).toEqual(sizesOf(plan, 1));
  expect(payloadsOf(plan, 1)[99]).toEqual(payloadsOf(plan, 1)[99]);
  expect(sizesOf(plan, 2)).not.toEqual(sizesOf(plan, 1));
});

it("takes the lines of a file as they are, whatever ends them", () => {
  const file = fileOf("one\r\n\nthrée\nlast");

  expect(read("--lines", file)).toEqual({ kind: "lines", file });
  expect(payloadsOf({ kind: "lines", file }, 1).map((data) => Buffer.from(data).toString())).toEqual([
    ...["one", "", "thrée", "last"],
  ]);
});

it("refuses a file without lines, one that is not there, and --size beside it", () => {
  const empty = fileOf("");

  expect(() => read("--lines", empty)).toThrow(`--lines ${empty} has no line`);
  expect(() => read("--lines", `${empty}.no`)).toThrow("--lines cannot be read: ENOENT");
  expect(() => read("--lines", fileOf("a"), "--size", "3")).toThrow(
    "--lines gives the data of the records, --size their size: use only one",
  );
});
