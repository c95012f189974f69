import { expect, test } from "vitest";

import { ShardLoad } from "../../../src/metrics/shard-load.js";

test("the load is that of the last ten whole seconds", () => {
  const load = new ShardLoad();
  load.add(100, 500);
  for (let ms = 1_000; ms < 11_000; ms += 100) load.add(50, ms);

  expect(load.perSecond(10_999)).toEqual({ records: 9.1, bytes: 460 });
  load.add(70, 11_000);
  expect(load.perSecond(11_000)).toEqual({ records: 10, bytes: 500 });
  expect(load.perSecond(12_000)).toEqual({ records: 9.1, bytes: 457 });
  expect(load.perSecond(21_999)).toEqual({ records: 0.1, bytes: 7 });
  expect(load.perSecond(22_000)).toEqual({ records: 0, bytes: 0 });
});

test("after a long silence nothing of before it is left", () => {
  const load = new ShardLoad();
  for (let second = 0; second < 11; second++) load.add(1_000, second * 1_000);
  load.add(10, 500_000);

  expect(load.perSecond(501_000)).toEqual({ records: 0.1, bytes: 1 });
});

test("a shard that took nothing has no load", () => {
  expect(new ShardLoad().perSecond(0)).toEqual({ records: 0, bytes: 0 });
});
