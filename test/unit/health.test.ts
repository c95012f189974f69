import { expect, test } from "vitest";
import { shardIdOf } from "../../src/testing/even-shards.js";
import { acceptAll, requestFailure } from "../../src/testing/scripted-answers.js";
import { STREAM, virtualProducer } from "../support/virtual-producer.js";

const DENIED = requestFailure("AccessDeniedException");

test("a producer that was not used is ok", () => {
  const { producer } = virtualProducer();

  expect(producer.health()).toEqual({ status: "ok", streams: {} });
});

test("a producer is down when all its streams are, and degraded when only some are", async () => {
  const { producer, clock, transport, put } = virtualProducer();
  transport.always((call) => (call.stream.streamName === "other" ? acceptAll(shardIdOf(0))(call) : DENIED));
  put({ data: "a" });
  await clock.advanceAsync(1_000);
  const alone = producer.health();
  put({ streamName: "other", data: "b" });
  await clock.advanceAsync(1_000);

  expect([alone.status, alone.streams[STREAM]?.status]).toEqual(["down", "down"]);
  expect(producer.health()).toMatchObject({
    status: "degraded",
    streams: { [STREAM]: { status: "down" }, other: { status: "ok" } },
  });
});

test("a producer is down from the call of close() on: it takes no more records", async () => {
  const { producer, clock, start } = virtualProducer();
  await start();

  const closing = producer.close();
  const health = producer.health();
  await clock.advanceAsync(1_000);
  await closing;

  expect(health).toMatchObject({ status: "down", streams: { [STREAM]: { status: "ok" } } });
});

test("health is plain data, a copy", async () => {
  const { producer, clock, transport, put, start } = virtualProducer();
  await start();
  transport.always(DENIED);
  put({ data: "a" });
  await clock.advanceAsync(1_000);

  const health = producer.health();

  expect(JSON.parse(JSON.stringify(health))).toEqual(health);
  expect(producer.health()).not.toBe(health);
});

test("records that wait make the oldest age, and then the stream is degraded", async () => {
  const { producer, clock, transport, put, start } = virtualProducer();
  await start();
  transport.always(requestFailure("ServiceUnavailable", { statusCode: 503 }));
  put({ data: "waits" });
  await clock.advanceAsync(9_000);

  expect(producer.health().streams[STREAM]).toMatchObject({
    status: "degraded",
    oldestAgeMs: 9_000,
    lastError: { code: "ServiceUnavailable" },
  });
});
