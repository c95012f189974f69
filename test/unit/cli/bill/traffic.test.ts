import { expect, it } from "vitest";
import { evenTraffic, multiplied, TrafficMeter } from "../../../../src/cli/bill/traffic.js";

it.each([
  [0, 1, 1],
  [1, 1, 1],
  [1_023, 1, 1],
  [1_024, 1, 1],
  [1_025, 1, 2],
  [25_599, 1, 25],
  [25_600, 1, 25],
  [25_601, 2, 26],
  [51_200, 2, 50],
])("a record of %i bytes is %i PUT units and %i KiB, whatever its key", (dataBytes, putUnits, roundedKib) => {
  const meter = new TrafficMeter();

  meter.add(100, dataBytes);

  expect(meter).toEqual({ kinesisRecords: 1, dataBytes, bytes: dataBytes + 100, putUnits, roundedKib });
});

it("adds up records of different sizes, each rounded", () => {
  const meter = new TrafficMeter();

  for (const size of [10, 1_500, 30_000]) meter.add(8, size);

  expect(meter).toEqual({ kinesisRecords: 3, dataBytes: 31_510, bytes: 31_534, putUnits: 4, roundedKib: 33 });
  expect(multiplied(meter, 2)).toMatchObject({ kinesisRecords: 6, dataBytes: 63_020, putUnits: 8, roundedKib: 66 });
});

it("knows only the mean of records without their sizes", () => {
  expect(evenTraffic(10, 10 * 30_000)).toMatchObject({ putUnits: 20, roundedKib: 300 });
  expect(evenTraffic(0, 0)).toMatchObject({ kinesisRecords: 0, putUnits: 0, roundedKib: 0 });
});
