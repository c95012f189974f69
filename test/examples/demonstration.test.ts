/**
 * `npm start`, without its builds: the example, compiled beside a build of the package.
 *
 * @module
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Report, TripReport } from "../../examples/flights/report.js";
import { BUILD_TIMEOUT_MS, type BuiltPackage, buildPackage } from "../integration/built-package.js";

let built: BuiltPackage;
let example: string;

beforeAll(async () => {
  built = await buildPackage("demonstration");
  const folder = join(built.folder, "..", "examples");
  const tsc = join("node_modules", "typescript", "bin", "tsc");
  await promisify(execFile)(process.execPath, [
    ...[tsc, "-p", "tsconfig.examples.json", "--noCheck", "--outDir", folder],
  ]);
  example = join(folder, "flights.js");
}, 2 * BUILD_TIMEOUT_MS);

afterAll(() => built?.[Symbol.dispose]());

/** Resolves with the outputs and the exit status. */
function start(...args: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, NODE_NO_WARNINGS: "1" };
    execFile(process.execPath, [example, ...args], { env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

const LOSSLESS = { lost: 0, changed: 0, duplicated: 0, dropped: 0 };

it("with --compression sends the data twice, loses nothing, and compares", async () => {
  const { code, out } = await start("--compression", "gzip", "--records", "30000", "--json");

  expect(code).toBe(0);
  const report = JSON.parse(out) as Report;
  const compressed = report.compressed as TripReport;
  for (const { delivered, failed, readBack } of [report, compressed]) {
    expect({ delivered, failed, ...readBack }).toMatchObject({
      delivered: 30_000,
      failed: 0,
      userRecords: 30_000,
      ...LOSSLESS,
    });
  }
  expect(compressed.storedBytes).toBeLessThan(report.storedBytes / 4);
  expect(compressed.putPayloadUnits).toBeLessThan(report.putPayloadUnits / 2);
  const { cost } = report;
  // A busy machine is so slow that one shard is enough for either.
  expect(cost.compressed?.provisioned.shards).toBeLessThanOrEqual(cost.asSent.provisioned.shards);
  expect(cost.compressed?.onDemand.dataIn).toBeLessThan(cost.asSent.onDemand.dataIn / 3);
});

it("prints the ratio, the shards, the PUT units and the bill beside those without compression", async () => {
  const { code, out } = await start("--compression", "lz4", "--data", "20k");

  expect(code).toBe(0);
  expect(out).toMatch(/^with lz4$/m);
  expect(out).toMatch(/^stored {5}[\d,]+ bytes, [\d.]+ times fewer$/m);
  expect(out).toMatch(/^PUT units {2}[\d,]+ instead of [\d,]+, [\d.]+ times fewer$/m);
  expect(out).toMatch(/^shards {5}\d+ instead of \d+ at the rate of the first run$/m);
  expect(out).toMatch(/^ +with lz4 +with aggregation +without$/m);
  expect(out).toMatch(/^good: 20,000 delivered, 0 lost, .*; lz4: 20,000 delivered, 0 lost/m);
});

it("without it sends the data once", async () => {
  const { code, out } = await start("--data", "20k", "--records", "2000");

  expect(code).toBe(0);
  expect(out).toContain("A month (720 h) at this rate, writing only");
  expect(out).toMatch(/^good: 2,000 delivered, 0 lost, 0 changed, 0 duplicated$/m);
  expect(out).not.toContain("instead of");
});

it.each([
  [["--compression", "brotli"], '--compression must be one of gzip, zstd, lz4, got "brotli"'],
  [["--compression", "gzip", "--no-aggregation"], "--compression compresses aggregates: leave out --no-aggregation"],
])("refuses %j", async (args, problem) => {
  expect(await start(...args)).toEqual({ code: 1, out: "", err: `${problem}\n` });
});
