import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PRICES } from "../../../../src/cli/bill/prices.js";
import { readPrices } from "../../../../src/cli/cost/prices-file.js";

let file: string;

beforeAll(() => {
  file = join(mkdtempSync(join(tmpdir(), "prices-")), "prices.json");
});

afterAll(() => rmSync(join(file, ".."), { recursive: true }));

function read(value: unknown): unknown {
  writeFileSync(file, typeof value === "string" ? value : JSON.stringify(value));
  return readPrices(file);
}

it("reads the list that the command prints, and one without unsettled prices", () => {
  const { unsettled, ...settled } = PRICES;

  expect(read(PRICES)).toEqual(PRICES);
  expect(unsettled).toHaveLength(2);
  expect(read(settled)).toEqual({ ...PRICES, unsettled: [] });
});

it.each([
  ["a number", 1, "the price list must be an object, got 1"],
  ["an array", [], "the price list must be an object, got an array"],
  ["no date", { ...PRICES, asOf: undefined }, "asOf is missing"],
  ["an empty region", { ...PRICES, region: "" }, 'region must be a text with at least one character, got ""'],
  ["another source", { ...PRICES, source: 1 }, "source must be a text with at least one character, got 1"],
  ["no mode", { ...PRICES, onDemand: undefined }, "onDemand is missing"],
  ["a mode that is a number", { ...PRICES, onDemand: 3 }, "onDemand must be an object, got 3"],
  [
    "a price that is a text",
    { ...PRICES, onDemand: { ...PRICES.onDemand, gbIn: "0.08" } },
    'onDemand.gbIn must be a number of at least 0, got "0.08"',
  ],
  [
    "a price below 0",
    { ...PRICES, provisioned: { ...PRICES.provisioned, shardHour: -1 } },
    "provisioned.shardHour must be a number of at least 0, got -1",
  ],
  [
    "a price that is missing",
    { ...PRICES, provisioned: { ...PRICES.provisioned, fanOutGb: undefined } },
    "provisioned.fanOutGb is missing",
  ],
  [
    "a price that is misspelt",
    { ...PRICES, provisioned: { ...PRICES.provisioned, shardHours: 1 } },
    "unknown field provisioned.shardHours; did you mean shardHour?",
  ],
  [
    "a mode that does not exist",
    { ...PRICES, firehose: {} },
    "unknown field firehose; known are region, asOf, source, provisioned, onDemand, onDemandAdvantage, unsettled",
  ],
  ["notes that are no texts", { ...PRICES, unsettled: [1] }, "unsettled must be an array of texts, got an array"],
])("says what is wrong with %s", (_, value, problem) => {
  expect(() => read(value)).toThrow(`--prices ${file}: ${problem}`);
});

it("says that a file is not JSON, or cannot be read", () => {
  expect(() => read("{")).toThrow(`--prices ${file} is not JSON: `);
  expect(() => readPrices("/no/such/file")).toThrow("--prices /no/such/file cannot be read: ENOENT");
});
