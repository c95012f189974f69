import { expect, it, onTestFinished } from "vitest";
import { trusting } from "./support/java-trust.js";
import { KclSetUp } from "./support/kcl-application.js";
import { EVENTS, expectEachRecord, putAroundReshards } from "./support/resharded-load.js";

async function start(tls = false): Promise<KclSetUp> {
  const setUp = await KclSetUp.start(tls);
  onTestFinished(() => setUp.close());
  return setUp;
}

it("an application that polls delivers each record, and copies only of those that may have them", async () => {
  const setUp = await start();
  const { deliveries } = setUp;
  const worker = setUp.startWorker("one", "polling");
  await worker.until("has begun two shards", () => deliveries.begun.size === 2, 90_000);

  const twice = await putAroundReshards(setUp.kinesis);
  await worker.until("has delivered all", () => deliveries.places.size === EVENTS.length, 90_000);
  await worker.until("has ended the closed shards", () => deliveries.ended.size === 3, 90_000);
  await worker.end();

  expectEachRecord(deliveries, twice);
  expect(deliveries.repeated).toBe(0);
});

it("an application with enhanced fan-out and the decoder, whose list of shards is fresh, delivers each compressed record once", async () => {
  const setUp = await start();
  const { deliveries } = setUp;
  const worker = setUp.startWorker("one", "fan-out", { listShardsCacheSeconds: "1" });
  await worker.until("has begun two shards", () => deliveries.begun.size === 2, 90_000);

  const twice = await putAroundReshards(setUp.kinesis, { compression: "gzip" });
  await worker.until("has delivered all", () => deliveries.places.size === EVENTS.length, 90_000);
  await worker.until("has ended the closed shards", () => deliveries.ended.size === 3, 90_000);
  await worker.end();

  expect(expectEachRecord(deliveries, twice)).toBe(0);
  expect(deliveries.repeated).toBe(0);
});

it("an application over TLS, with the HTTP client of the KCL as it comes, delivers each record", async () => {
  const setUp = await start(true);
  const { deliveries } = setUp;
  const worker = setUp.startWorker("one", "fan-out", await trusting(setUp.kinesis.certificate ?? ""));
  await worker.until("has begun two shards", () => deliveries.begun.size === 2, 90_000);

  const twice = await putAroundReshards(setUp.kinesis);
  await worker.until("has delivered all", () => deliveries.places.size === EVENTS.length, 90_000);
  await worker.until("has ended the closed shards", () => deliveries.ended.size === 3, 90_000);
  await worker.end();

  expectEachRecord(deliveries, twice);
  expect(deliveries.repeated).toBe(0);
});
