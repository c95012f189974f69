import { expect, it } from "vitest";
import { billOf } from "../../../../../src/cli/load/bill/bill.js";

it("is the published example of provisioned mode: 100 records a second of 35 KB, 4 shards, 30 days", () => {
  const bill = billOf({ kinesisRecords: 1_000, bytes: 1_000 * 35 * 1024, seconds: 10, shards: 4, shardsNeeded: 3.4 });

  expect(bill.provisioned).toEqual({ shards: 4, shardHours: 43.2, putUnits: 7.26, total: 50.46 });
});

it("is the published example of on-demand mode: 1,000 records a second of 3 KB, without its readers", () => {
  const bill = billOf({ kinesisRecords: 60_000, bytes: 60_000 * 3 * 1024, seconds: 60, shards: 4, shardsNeeded: 3 });

  expect(bill.onDemand).toEqual({ streamHours: 28.8, dataIn: 593.26, total: 622.06 });
});

it("has at least the shards that the traffic needs, and one", () => {
  const traffic = { kinesisRecords: 10, bytes: 1_000, seconds: 1 };

  expect(billOf({ ...traffic, shards: 4, shardsNeeded: 9.1 }).provisioned.shards).toBe(10);
  expect(billOf({ ...traffic, shards: 0, shardsNeeded: 0 }).provisioned.shards).toBe(1);
});

it("rounds a record of few bytes up to one unit and one kilobyte", () => {
  const one = billOf({ kinesisRecords: 1_000, bytes: 1_000, seconds: 1, shards: 1, shardsNeeded: 1 });
  const full = billOf({ kinesisRecords: 1_000, bytes: 1_000 * 1_024, seconds: 1, shards: 1, shardsNeeded: 1 });

  expect(one).toEqual(full);
});

it("has no traffic without records", () => {
  const { provisioned, onDemand } = billOf({ kinesisRecords: 0, bytes: 0, seconds: 0, shards: 1, shardsNeeded: 0 });

  expect([provisioned.putUnits, onDemand.dataIn]).toEqual([0, 0]);
});
