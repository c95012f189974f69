import { afterEach, beforeEach, expect, it } from "vitest";
import { KclSetUp } from "./support/kcl-application.js";
import { EVENTS, expectEachRecord, putAroundReshards } from "./support/resharded-load.js";

let setUp: KclSetUp;

beforeEach(async () => {
  setUp = await KclSetUp.start();
});

afterEach(() => setUp.close());

// The first worker is also the leader, which assigns leases: another one becomes leader after two minutes.
it("a worker takes over from one that is killed under load, and each record is delivered", async () => {
  const { deliveries } = setUp;
  const first = setUp.startWorker("first", "polling");
  await first.until("has begun two shards", () => deliveries.begun.size === 2, 90_000);
  const second = setUp.startWorker("second", "polling");

  const putting = putAroundReshards(setUp.kinesis);
  await first.until("has delivered a quarter", () => deliveries.places.size > EVENTS.length / 4, 90_000);
  await first.kill();
  const before = deliveries.places.size;
  const twice = await putting;
  await second.until("has delivered all", () => deliveries.places.size === EVENTS.length, 290_000);
  await second.end();

  expect(before).toBeLessThan(EVENTS.length);
  expectEachRecord(deliveries, twice);
}, 500_000);
