import { describe, expect, it } from "vitest";
import { billOf, type StreamUse, shardsNeeded } from "../../../../src/cli/bill/bill.js";
import { PRICES } from "../../../../src/cli/bill/prices.js";
import { evenTraffic, type Traffic } from "../../../../src/cli/bill/traffic.js";

/** A second of records of one size, whose keys have no bytes. */
function second(records: number, dataBytes: number): Traffic {
  return evenTraffic(records, records * dataBytes);
}

describe("the published examples", () => {
  it("100 records/s of 35 KB in 4 shards: $1.68 a day, $50.46 in 30 days, $52.14 in 31", () => {
    const total = (hours: number): number => billOf(second(100, 35 * 1024), 1, { shards: 4, hours }).provisioned.total;

    expect([total(24), total(720), total(744)]).toEqual([1.68, 50.46, 52.14]);
    expect(billOf(second(100, 35 * 1024), 1).provisioned).toMatchObject({
      shards: 4,
      shardHours: 43.2,
      putUnits: 7.26,
    });
  });

  it("1,000 records/s of 3 KB on demand with one reader: $918.69 in 720 h, $931.45 in 730 h", () => {
    const bill = billOf(second(1_000, 3 * 1024), 1, { readers: 1 });

    expect(bill.onDemand).toEqual({
      ...{ streamHours: 28.8, dataIn: 593.26, reads: 296.63, fanOutData: 0, retention: 0 },
      total: 918.69,
    });
    expect(billOf(second(1_000, 3 * 1024), 1, { readers: 1, hours: 730 }).onDemand.total).toBe(931.45);
  });

  const retained: StreamUse = { shards: 4, retentionHours: 168 };

  it("4 shards, 2,000 records/s of 1 KB, 7 days of retention, one reader with fan-out: $280.85", () => {
    expect(billOf(second(2_000, 1_024), 1, { ...retained, fanOutReaders: 1 }).provisioned).toEqual({
      ...{ shards: 4, shardHours: 43.2, putUnits: 72.58, fanOutHours: 43.2, fanOutData: 64.27, retention: 57.6 },
      total: 280.85,
    });
  });

  it("the same on demand, with two shared readers: about $1,166", () => {
    const { onDemand } = billOf(second(2_000, 1_024), 1, { ...retained, readers: 2, fanOutReaders: 1 });

    expect(onDemand).toMatchObject({ dataIn: 395.51, reads: 395.51, fanOutData: 247.19, retention: 98.88 });
    expect(Math.round(onDemand.total)).toBe(1_166);
  });

  it("100,000 records/s of 150 B in 732 h: $4,787.28", () => {
    expect(billOf(second(100_000, 150), 1, { hours: 732 }).provisioned).toMatchObject({
      ...{ shards: 100, shardHours: 1_098, putUnits: 3_689.28, total: 4_787.28 },
    });
  });

  it("the least that on-demand advantage bills: $3,037.50", () => {
    const total = (traffic: Traffic, readers = 1): number => billOf(traffic, 1, { readers }).onDemandAdvantage.total;

    expect([total(second(0, 0)), total(second(1_000, 3_072)), total(second(25 * 1024, 1024))]).toEqual([
      ...[3_037.5, 3_037.5, 3_037.5],
    ]);
    expect(total(second(25 * 1024, 1024), 2)).toBe(4_050);
    expect(billOf(second(25 * 1024, 1024), 1, { readers: 1 }).onDemandAdvantage.minimum).toBe(0);
    // Reads are below the minimum, and writes above it.
    expect(billOf(second(50 * 1024, 1024), 1).onDemandAdvantage).toMatchObject({ dataIn: 4_050, minimum: 1_012.5 });
  });
});

describe("the shards that traffic needs", () => {
  it.each([
    ["nothing", 0, 0, 0, 1],
    ["records at the limit", 2_000, 10, 0, 2],
    ["one record above the limit", 2_001, 10, 0, 3],
    ["bytes at the limit", 1_024, 2_048, 0, 2],
    ["one byte above the limit", 1_024, 2_048 + 1 / 1_024, 0, 3],
    ["the reads of two readers at the limit", 512, 2_048, 2, 1],
    ["the reads of three readers above the limit", 512, 2_048, 3, 2],
  ])("%s", (_, records, dataBytes, readers, shards) => {
    expect(shardsNeeded(second(records, dataBytes), 1, readers)).toBe(shards);
  });

  it("count keys as bytes, and are those of a second", () => {
    const traffic = { ...second(1_024, 1_024), bytes: 1_024 * 1_025 };

    expect(shardsNeeded(traffic, 1)).toBe(2);
    expect(shardsNeeded(traffic, 2)).toBe(1);
    expect(shardsNeeded(traffic, 0)).toBe(1);
  });
});

it("bills the shards that are given, more or fewer", () => {
  const total = (shards: number): number => billOf(second(5_000, 10), 1, { shards }).provisioned.shardHours;

  expect([total(1), total(10)]).toEqual([10.8, 108]);
});

it("bills the records above 7 days by their data, and those above a day by the tariff of the mode", () => {
  const bill = (retentionHours: number) => billOf(second(2_000, 1_024), 1, { shards: 4, retentionHours });

  expect([24, 25].map((hours) => bill(hours).provisioned.retention)).toEqual([0, 57.6]);
  expect([24, 48].map((hours) => bill(hours).onDemand.retention)).toEqual([0, 16.48]);
  // 4,943.85 GB in 30 days: 164.8 a day. One day more than 7 is stored for a month.
  expect(bill(192).provisioned.retention).toBe(61.39);
  expect(bill(192).onDemand.retention).toBe(102.67);
  expect(bill(192).onDemandAdvantage.retention).toBe(26.53);
});

it("has no traffic without records, or without a time", () => {
  for (const [records, seconds] of [
    [0, 1],
    [10, 0],
  ] as const) {
    const { provisioned, onDemand } = billOf(second(records, 1), seconds);

    expect([provisioned.putUnits, onDemand.dataIn, provisioned.shards]).toEqual([0, 0, 1]);
  }
});

it("takes other prices, and says whose they are", () => {
  const prices = {
    ...PRICES,
    ...{ region: "eu-west-3", asOf: "2026-10" },
    provisioned: { ...PRICES.provisioned, shardHour: 0.0179, millionPutUnits: 0.0173 },
  };

  expect(billOf(second(1_000, 100), 1, { prices })).toMatchObject({
    ...{ region: "eu-west-3", asOf: "2026-10", hours: 720 },
    provisioned: { shardHours: 12.89, putUnits: 44.84, total: 57.73 },
  });
});
