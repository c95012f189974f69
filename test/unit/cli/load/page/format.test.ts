import { expect, it } from "vitest";
import {
  dollars,
  milliseconds,
  percent,
  percentile,
  precise,
  short,
  shortShard,
  time,
  timesSmaller,
  whole,
} from "../../../../../src/cli/load/page/format.js";

it("writes numbers with their units", () => {
  expect([whole(1_234.5), precise(0.05234), precise(4.309), precise(1_234.5)]).toEqual([
    "1,235",
    "0.0523",
    "4.31",
    "1,235",
  ]);
  expect([short(999), short(9_999), short(20_000), short(1_500_000)]).toEqual(["999", "9,999", "20k", "1.5M"]);
  expect([milliseconds(0.4), milliseconds(320), milliseconds(2_500)]).toEqual(["0.4 ms", "320 ms", "2.5 s"]);
  expect([time(0.25), time(90), time(600), time(7_200)]).toEqual(["0.25 s", "90 s", "10 min", "2 h"]);
  expect([dollars(3), dollars(57.089), dollars(1_234.5)]).toEqual(["$3.00", "$57.09", "$1,235"]);
  expect([percent(0.004), percent(0.37), percent(1.2)]).toEqual(["0 %", "37 %", "120 %"]);
  expect([timesSmaller(1_000, 160), timesSmaller(90, 100), timesSmaller(0, 0)]).toEqual(["6.25", "0.9", "–"]);
  expect([percentile(0.5), percentile(0.999), percentile(0.99999)]).toEqual(["50 %", "99.9 %", "99.999 %"]);
  expect([shortShard("shardId-000000000000"), shortShard("shardId-000000000120"), shortShard("other")]).toEqual([
    ...["0", "120", "other"],
  ]);
});
