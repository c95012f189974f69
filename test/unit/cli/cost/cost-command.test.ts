import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PRICES } from "../../../../src/cli/bill/prices.js";
import type { CostSummary, FormCost } from "../../../../src/cli/cost/cost-figures.js";
import { type Run, runLine } from "../recorded-terminal.js";

let folder: string;
let events: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cost-"));
  events = join(folder, "events.ndjson");
  const event = (id: number): string =>
    JSON.stringify({
      id,
      user: { id: `u${id % 200}` },
      action: id % 3 === 0 ? "view" : "click",
      at: 1_700_000_000 + id,
    });
  writeFileSync(events, Array.from({ length: 40_000 }, (_, id) => event(id)).join("\n"));
});

afterAll(() => rmSync(folder, { recursive: true }));

function cost(...args: string[]): Promise<Run> {
  return runLine(["cost", ...args]);
}

async function summaryOf(...args: string[]): Promise<CostSummary> {
  const { status, out, err } = await cost(...args, "--json");
  expect([status, err]).toEqual([0, ""]);
  return JSON.parse(out) as CostSummary;
}

function forms({ forms: all }: CostSummary): Record<FormCost["form"], FormCost> {
  return Object.fromEntries(all.map((each) => [each.form, each])) as Record<FormCost["form"], FormCost>;
}

describe("the published examples", () => {
  it("1,000 records/s of 3 KB, on demand: $918.69 in 720 h, and $931.45 in 730 h", async () => {
    const summary = await summaryOf("--rate", "1000", "--size", "3kb", "--readers", "1", "--hours", "720");

    expect(forms(summary).raw.bill.onDemand.total).toBe(918.69);
    expect(summary).toMatchObject({ hours: 720, readers: 1, prices: { region: "us-east-1", asOf: "2026-09" } });
    const longer = await summaryOf("--size", "3kb", "--hours", "730");
    expect(forms(longer).raw.bill.onDemand.total).toBe(931.45);
  });

  it("100 records/s of 35 KB: $1.68 a day", async () => {
    const day = await summaryOf("--rate", "100", "--size", "35kb", "--shards", "4", "--hours", "24");

    expect(forms(day).raw.bill.provisioned).toMatchObject({ shardHours: 1.44, putUnits: 0.24, total: 1.68 });
  });

  it("4 shards with 7 days of retention and a reader with fan-out: $280.85", async () => {
    const line = "--rate 2000 --size 1kb --readers 0 --fan-out 1 --retention 7d --shards 4";

    expect(forms(await summaryOf(...line.split(" "))).raw.bill.provisioned.total).toBe(280.85);
  });

  it("100,000 records/s of 150 B: $4,787.28, and a twentieth of it aggregated", async () => {
    const { raw, aggregated } = forms(await summaryOf("--rate", "100000", "--size", "150", "--hours", "732"));

    expect(raw.bill.provisioned.total).toBe(4_787.28);
    expect(aggregated.shardsNeeded).toBe(16);
    expect(aggregated.bill.provisioned.total).toBeCloseTo(200, -1);
  });

  it("on-demand advantage bills $3,037.50 at least", async () => {
    const { raw, aggregated } = forms(await summaryOf());

    expect([raw, aggregated].map(({ bill }) => bill.onDemandAdvantage.total)).toEqual([3_037.5, 3_037.5]);
  });
});

describe("--file", () => {
  it("prices its records raw, aggregated and compressed, as they are really packed", async () => {
    const summary = await summaryOf("--rate", "20000", "--file", events, "--key", "user.id");

    const { raw, aggregated, compressed } = forms(summary);
    expect(summary.records).toEqual({ meanBytes: 65, file: events, count: 40_000, compression: "gzip" });
    expect([raw.perSecond.kinesisRecords, raw.perSecond.putUnits, raw.ratio]).toEqual([20_000, 20_000, 1]);
    expect([raw, aggregated, compressed].map(({ shardsNeeded }) => shardsNeeded)).toEqual([20, 2, 1]);
    expect(aggregated.ratio).toBeGreaterThan(0.85);
    expect(compressed.ratio).toBeGreaterThan(4);
    expect(raw.bill.provisioned.total).toBeGreaterThan(20 * aggregated.bill.provisioned.total);
    expect(aggregated.bill.onDemand.dataIn).toBeGreaterThan(4 * compressed.bill.onDemand.dataIn);
  });

  it("takes LZ4, any lines, and gzip data", async () => {
    const lines = join(folder, "lines.gz");
    writeFileSync(lines, gzipSync("one\ntwo\n\nfour"));

    const summary = await summaryOf("--file", lines, "--lines", "--compression", "lz4");

    expect(summary.records).toMatchObject({ count: 4, meanBytes: 3, compression: "lz4" });
    expect(summary.notes.join()).toContain("less than 2 MiB");
  });

  it("names the line that is no record, and a file without records", async () => {
    const file = join(folder, "bad.ndjson");
    writeFileSync(file, '{"a":1}\n[1]\n');
    const empty = join(folder, "empty.ndjson");
    writeFileSync(empty, "\n");

    expect((await cost("--file", file)).err).toBe(`kinesis-producer cost: ${file}:2 is not a JSON object`);
    expect((await cost("--file", file, "--key", "b.c")).err).toBe(`kinesis-producer cost: ${file}:1 has no field b.c`);
    expect((await cost("--file", empty)).err).toBe(`kinesis-producer cost: ${empty} has no record`);
    expect((await cost("--file", join(folder, "none"))).err).toContain("cannot be read: ENOENT");
  });

  it("names the line of a record that the producer would refuse", async () => {
    const file = join(folder, "refused.ndjson");
    writeFileSync(file, `{"id":"a"}\n\n{"id":"${"x".repeat(257)}"}\n`);

    expect(await cost("--file", file, "--key", "id")).toEqual({
      status: 1,
      out: "",
      err: `kinesis-producer cost: ${file}:3: partitionKey must have 1 to 256 UTF-16 code units, got 257`,
    });
  });
});

it("assumes a ratio on request, and says how to see a real one without", async () => {
  const assumed = await summaryOf("--rate", "10000", "--size", "500", "--ratio", "5");
  const none = await summaryOf("--rate", "10000", "--size", "500");

  expect(forms(assumed).compressed.ratio).toBeCloseTo(4.9, 0);
  expect(assumed.records.compression).toBe("assumed: 5 times smaller");
  expect(none.forms.map(({ form }) => form)).toEqual(["raw", "aggregated"]);
  expect(none.notes[0]).toBe("Compressed: real records show the ratio (--file), or --ratio assumes one.");
});

it("prints a table with one column for each form, and what it leaves out", async () => {
  const { status, out } = await cost("--rate", "1000", "--size", "3kb");

  const text = out.split("\n").map((line) => line.replace(/ {2,}/g, "  "));
  expect(status).toBe(0);
  expect(text).toContain("1,000 records/s of 3,072 bytes, 1 reader, kept for 1d");
  expect(text).toContain("  raw  aggregated");
  expect(text.slice(text.indexOf("on-demand standard")).slice(0, 5)).toEqual([
    "on-demand standard",
    expect.stringMatching(/^ {2}stream hours {2}\$28\.80 {2}\$28\.80$/),
    expect.stringMatching(/^ {2}data in {2}\$593\.26 {2}\$6/),
    expect.stringMatching(/^ {2}reads {2}\$296\.63 {2}\$29/),
    expect.stringMatching(/^ {2}total {2}\$918\.69 {2}\$9/),
  ]);
  expect(out).not.toContain("fan-out data");
  expect(out).toContain("Not included: encryption, transfer between regions");
  expect(out).toContain("Unsettled: Fan-out in on-demand standard mode: $0.05 a GB in one source, $0.04 in another");
});

it("prices a stream with hardly any traffic", async () => {
  const { out } = await cost("--rate", "0.000001", "--linger", "1h");
  const summary = await summaryOf("--rate", "0.000001");

  expect(out).toContain("0.000001 records/s of 1,024 bytes");
  const { raw, aggregated } = forms(summary);
  expect([raw, aggregated].map(({ ratio, bill }) => [ratio, bill.provisioned.total])).toEqual([
    [1, 10.8],
    [1, 10.8],
  ]);
});

it("says when the given shards are too few", async () => {
  const { notes, forms: all } = await summaryOf("--rate", "5000", "--size", "100", "--shards", "2");

  expect(notes[0]).toBe("raw: 2 shards are given, and the traffic needs 5.");
  expect(notes.filter((note) => note.includes("are given"))).toHaveLength(1);
  expect(all.map(({ bill }) => bill.provisioned.shards)).toEqual([2, 2]);
});

it("prints its prices, and takes them back with changes", async () => {
  const printed = await cost("--show-prices");
  const file = join(folder, "prices.json");
  const paris = { ...PRICES, region: "eu-west-3", asOf: "2026-10", unsettled: [] };
  paris.provisioned = { ...paris.provisioned, shardHour: 0.0179, millionPutUnits: 0.0173 };
  writeFileSync(file, JSON.stringify(paris));

  const summary = await summaryOf("--prices", file);

  expect(JSON.parse(printed.out)).toEqual(PRICES);
  expect(summary.prices).toEqual({ region: "eu-west-3", asOf: "2026-10", source: PRICES.source });
  expect(forms(summary).raw.bill.provisioned).toMatchObject({ shards: 1, shardHours: 12.89, putUnits: 44.84 });
  expect(summary.notes.some((note) => note.startsWith("Unsettled"))).toBe(false);
});

it.each([
  ["--rate 0", '--rate must be a number above 0, up to 1,000,000,000, got "0"'],
  ["--rate 1..9", '--rate must be a number above 0, up to 1,000,000,000, got "1..9"'],
  ["--hours 8785", '--hours must be a number above 0, up to 8,784, got "8785"'],
  ["--ratio 0.5", '--ratio must be a number of at least 1, up to 1,000, got "0.5"'],
  ["--retention 23h", '--retention must be a time like 200ms, 5s or 2m, 1d to 365d, got "23h"'],
  ["--readers -1", '--readers must be a whole number, 0 to 1000, got "-1"'],
  ["--shards 0", '--shards must be a whole number, 1 to 100000, got "0"'],
  ["--key id", "--key is for the records of a file: name one with --file"],
  ["--compression gzip", "--compression is for the records of a file: name one with --file"],
  ["--file x --size 3kb", "--file and --size exclude each other: the records of the file have it"],
  ["--file x --key id --lines", "--key and --lines exclude each other"],
  ["--file x --compression brotli", '--compression must be gzip or zstd or lz4, got "brotli"'],
  ["--sice 3kb", "no option --sice; did you mean --size?"],
])("refuses %s", async (line, problem) => {
  const { status, out, err } = await cost(...line.split(" "));

  expect([status, out]).toEqual([2, ""]);
  expect(err).toBe(`kinesis-producer cost: ${problem}\nkinesis-producer cost --help lists the options`);
});
