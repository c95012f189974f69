import { expect, test } from "vitest";

import { DataSizes } from "../../../../src/core/record/data-sizes.js";
import { pendingOf } from "../placed-records.js";

test("knows the sum, the smallest and the largest", () => {
  const sizes = new DataSizes(5);
  for (const bytes of [2, 9, 4]) sizes.add(bytes);

  expect(sizes).toEqual({ sum: 20, min: 2, max: 9 });
});

test("a Kinesis record knows the data bytes of its user records, without those that have left it", () => {
  const pending = pendingOf({ key: "long key", data: "x" }, { data: "1234" }, { data: "12" });
  expect(pending.dataSizes).toEqual({ sum: 7, min: 1, max: 4 });

  pending.markGone(1, 5);
  pending.compact();

  expect(pending.dataSizes).toEqual({ sum: 3, min: 1, max: 2 });
});
