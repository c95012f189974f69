import { expect, it } from "vitest";
import { KinesisProducer } from "../../src/index.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { TRANSPORT } from "./local-stream.js";

it("300 streams of one producer share two kinds of connections, and every record arrives", async () => {
  const names = Array.from({ length: 300 }, (_, i) => `stream-${i}`);
  const streams = Object.fromEntries(names.map((name) => [name, { shards: 1 }]));
  await using kinesis = await LocalKinesis.start({ streams, limits: true });
  // ListShards is slow: over the same sockets PutRecords would wait behind it.
  kinesis.faults.add("ListShards latency ms=100");
  await using producer = new KinesisProducer({
    ...kinesis.clientConfig(),
    ...TRANSPORT,
    maxInFlightRequests: 4,
    requestTimeoutMs: 1_000,
    recordTtlMs: 10_000,
    logger: { warn: () => undefined },
  });

  const outcomes = await Promise.allSettled(
    names.map((streamName) => producer.put({ streamName, partitionKey: "k", data: streamName })),
  );

  expect(outcomes.filter(({ status }) => status === "rejected")).toEqual([]);
  expect(outcomes.every((outcome) => outcome.status === "fulfilled" && outcome.value.attempts.length === 1)).toBe(true);
  expect(kinesis.connections).toBeLessThanOrEqual(4 + 12);
}, 30_000);
