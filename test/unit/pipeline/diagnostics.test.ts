import { describe, expect, test } from "vitest";

import type {
  ClosedMessage,
  RecordFailedMessage,
  ShardDescription,
  ShardMapMessage,
  ThrottledMessage,
  TraceContext,
  WrongShardMessage,
} from "../../../src/core/ports.js";
import type { PutRecordsContext } from "../../../src/edge/put-records-context.js";
import { evenShards, shardIdOf } from "../../../src/testing/even-shards.js";
import { acceptByRange, refuseEntries, requestFailure, THROTTLED } from "../../../src/testing/scripted-answers.js";
import { hear } from "../../support/channels.js";
import { STREAM, textsByRequest, textsOf, virtualProducer, watch } from "../../support/virtual-producer.js";

const START = "tracing:kinesis-producer:put-records:start";
const END = "tracing:kinesis-producer:put-records:asyncEnd";
const ARN = `arn:aws:kinesis:eu-west-1:123456789012:stream/${STREAM}`;
const PARENT = evenShards(1);
const CHILDREN = evenShards(2, 1).map((shard) => ({ ...shard, parentShardId: shardIdOf(0) }));
const CLOSED_PARENT = { ...(PARENT[0] as ShardDescription), endingSequenceNumber: "1" };
const LOW = "0";
const HIGH = String(2n ** 128n - 1n);
const FATAL = requestFailure("AccessDeniedException", { statusCode: 400, mayBeStored: false });

describe("put-records", () => {
  test("tells the size of each request, and which attempt it is", async () => {
    using started = hear<PutRecordsContext>(START);
    const { producer, clock, transport, start } = virtualProducer({ streamArn: ARN, aggregation: { maxBytes: 100 } });
    transport.next(requestFailure("ServiceUnavailable", { statusCode: 503 }));
    await start();
    for (const data of ["a", "b", "x".repeat(90)]) producer.enqueue({ partitionKey: "k", data });

    await clock.advanceAsync(5_000);

    const [sent, again] = transport.requests.map(({ entries }) =>
      entries.reduce((bytes, entry) => bytes + entry.data.length + (entry.partitionKey?.length ?? 0), 0),
    );
    expect(started.messages).toMatchObject([
      { producer, streamName: STREAM, streamArn: ARN, records: 2, userRecords: 3, bytes: sent, attempt: 1 },
      { producer, streamName: STREAM, streamArn: ARN, records: 2, userRecords: 3, bytes: again, attempt: 2 },
    ]);
  });

  test("has the trace contexts of the records at its start, and none later", async () => {
    const seen: (readonly TraceContext[])[] = [];
    using started = hear<PutRecordsContext>(START, (context) => void seen.push(context.traceContexts(2)));
    using _ = hear<PutRecordsContext>(END, (context) => void seen.push(context.traceContexts(2)));
    const { producer, clock, start } = virtualProducer();
    await start();
    for (const traceparent of ["00-1", "00-1", "00-2", "00-3"])
      producer.enqueue({ partitionKey: "k", data: "", tags: { traceparent } });

    await clock.advanceAsync(100);

    expect(seen).toEqual([[{ traceparent: "00-1" }, { traceparent: "00-2" }], []]);
    expect(started.messages[0]?.traceContexts(2)).toEqual([]);
  });

  test.each([
    ["enqueues", 4],
    ["enqueues and flushes", 4],
    ["enqueues and closes", 4],
  ])("a subscriber that %s while a request starts loses nothing, and keeps the order", async (what, count) => {
    let left = count - 1;
    const made = virtualProducer({ ordering: "shard", lingerMs: 0 });
    const { producer, clock, transport, outcomes, start } = made;
    await start();
    using _ = hear<PutRecordsContext>(START, () => {
      if (left === 0) return;
      left--;
      producer.enqueue({ partitionKey: "k", data: String(count - 1 - left) });
      if (what.endsWith("flushes")) void producer.flush();
      if (what.endsWith("closes") && left === 0) void producer.close();
    });

    producer.enqueue({ partitionKey: "k", data: "0" });
    await clock.advanceAsync(1_000);

    expect(textsByRequest(transport).flat()).toEqual(["0", "1", "2", "3"]);
    expect(outcomes).toHaveLength(4);
    expect(producer.stats().outstandingRecords).toBe(0);
  });

  test("is over before the outcomes are reported", async () => {
    const log: string[] = [];
    using _ = hear(END, () => void log.push("asyncEnd"));
    const { producer, clock, start } = virtualProducer({ onDelivery: () => void log.push("onDelivery") });
    await start();

    producer.enqueue({ partitionKey: "k", data: "" });
    await clock.advanceAsync(100);

    expect(log).toEqual(["asyncEnd", "onDelivery"]);
  });
});

describe("throttled", () => {
  test("is published once for an answer and shard, with the number of Kinesis records and the rate that follows", async () => {
    using throttled = hear<ThrottledMessage>("kinesis-producer:throttled");
    const { producer, clock, transport, start } = virtualProducer({ aggregation: false }, evenShards(2));
    await start();
    const hashKeys = [LOW, LOW, HIGH];
    transport.next(refuseEntries([0, 1, 2], THROTTLED, acceptByRange(evenShards(2))));
    for (const explicitHashKey of hashKeys) producer.enqueue({ partitionKey: "k", explicitHashKey, data: "" });

    await clock.advanceAsync(105);

    const rateOf = (shard: string): number => producer.stats().streams[STREAM]?.shards[shard]?.rateFactor ?? 0;
    expect(throttled.messages).toEqual([
      { producer, streamName: STREAM, shardId: shardIdOf(0), records: 2, rateFactor: rateOf(shardIdOf(0)) },
      { producer, streamName: STREAM, shardId: shardIdOf(1), records: 1, rateFactor: rateOf(shardIdOf(1)) },
    ]);
    expect(rateOf(shardIdOf(0))).toBeLessThanOrEqual(1);
  });

  test("is published when the answer has been dealt with, in the order of its entries' outcomes", async () => {
    const log: string[] = [];
    const made = virtualProducer({ aggregation: false, onDelivery: () => void log.push("delivered") }, evenShards(2));
    const { producer, clock, transport, start } = made;
    await start();
    using _ = hear("kinesis-producer:throttled", () => {
      const { bufferedRecords, requestsInFlight } = producer.stats();
      log.push(`throttled, ${bufferedRecords} buffered, ${requestsInFlight} requests in flight`);
    });
    transport.next(refuseEntries([1], THROTTLED, acceptByRange(evenShards(2))));
    for (const explicitHashKey of [LOW, HIGH]) producer.enqueue({ partitionKey: "k", explicitHashKey, data: "" });

    await clock.advanceAsync(105);

    expect(log.slice(0, 2)).toEqual(["delivered", "throttled, 1 buffered, 0 requests in flight"]);
  });

  test("is published without a shard where none is predicted", async () => {
    using throttled = hear<ThrottledMessage>("kinesis-producer:throttled");
    const { producer, clock, transport, start } = virtualProducer({ recordDistribution: "AUTO" });
    await start();
    transport.next(refuseEntries([0], THROTTLED, acceptByRange(PARENT)));
    producer.enqueue({ data: "" });

    await clock.advanceAsync(105);

    expect(throttled.messages).toHaveLength(1);
    expect(throttled.messages[0]).not.toHaveProperty("shardId");
  });
});

describe("wrong-shard and shard-map", () => {
  test("show a split: the aggregate that landed elsewhere, then the new map", async () => {
    using maps = hear<ShardMapMessage>("kinesis-producer:shard-map");
    using wrong = hear<WrongShardMessage>("kinesis-producer:wrong-shard");
    const { producer, clock, directory, transport, put, start } = virtualProducer({}, PARENT);
    await start();
    directory.setShards([CLOSED_PARENT, ...CHILDREN]);
    transport.always(acceptByRange(CHILDREN));
    for (const explicitHashKey of [LOW, HIGH]) put({ explicitHashKey, data: explicitHashKey });

    await clock.advanceAsync(100);

    expect(wrong.messages).toMatchObject([
      {
        producer,
        streamName: STREAM,
        predictedShardId: shardIdOf(0),
        shardId: shardIdOf(1),
        userRecords: 2,
        isHeld: true,
      },
    ]);
    expect(wrong.messages[0]?.sequenceNumber).toMatch(/^\d+$/);
    expect(maps.messages).toMatchObject([
      { producer, streamName: STREAM, routing: "mapped", isRecreated: false, shardIds: [shardIdOf(0)] },
      { routing: "mapped", isRecreated: false, shardIds: [shardIdOf(1), shardIdOf(2)] },
    ]);
  });

  test("a raw record in another shard is delivered, not held", async () => {
    using wrong = hear<WrongShardMessage>("kinesis-producer:wrong-shard");
    const { clock, transport, put, start } = virtualProducer({}, PARENT);
    await start();
    transport.always(acceptByRange(CHILDREN));
    put({});

    await clock.advanceAsync(100);

    expect(wrong.messages).toMatchObject([{ userRecords: 1, isHeld: false }]);
  });

  test("a stream without a map has a message with its routing", async () => {
    using maps = hear<ShardMapMessage>("kinesis-producer:shard-map");
    const { directory, clock, put } = virtualProducer();
    directory.listings.always(requestFailure("AccessDeniedException"));
    put({});

    await clock.advanceAsync(5_000);

    expect(maps.messages).toMatchObject([{ routing: "unmapped", isRecreated: false, shardIds: [] }]);
  });

  test("a subscriber that hands over records when the map changes finds every lane in place", async () => {
    const made = virtualProducer({ lingerMs: 0 }, PARENT);
    const { producer, clock, directory, transport, put, outcomes, start } = made;
    await start();
    using _ = hear<ShardMapMessage>("kinesis-producer:shard-map", () => {
      for (const explicitHashKey of [LOW, HIGH]) producer.enqueue({ partitionKey: "k", explicitHashKey, data: "new" });
    });
    directory.setShards([CLOSED_PARENT, ...CHILDREN]);
    transport.always(acceptByRange(CHILDREN));
    for (const explicitHashKey of [LOW, HIGH]) put({ explicitHashKey, data: "old" });

    await clock.advanceAsync(1_000);

    expect(outcomes).toHaveLength(2);
    expect(
      transport.requests.flatMap(({ entries }) => entries.flatMap(textsOf)).filter((text) => text === "new"),
    ).toHaveLength(2);
    expect(producer.stats()).toMatchObject({ outstandingRecords: 0, streams: { [STREAM]: { wrongShard: 1 } } });
  });
});

describe("record-failed", () => {
  test("is published for every user record that fails, with the error of its promise", async () => {
    using failed = hear<RecordFailedMessage>("kinesis-producer:record-failed");
    const { producer, clock, transport, put, start } = virtualProducer();
    await start();
    transport.next(FATAL);
    const watched = [put({ data: "a" }), put({ data: "b" })];

    await clock.advanceAsync(100);

    expect(failed.messages.map(({ error }) => error)).toEqual(watched.map(({ error }) => error));
    expect(failed.messages).toMatchObject([
      { producer, error: { serviceCode: "AccessDeniedException" } },
      { producer },
    ]);
  });

  test("is published for records that were refused at once, put or enqueued, not from within the call", async () => {
    using failed = hear<RecordFailedMessage>("kinesis-producer:record-failed");
    const { producer, clock, put, start } = virtualProducer();
    await start();
    const refused = put({ partitionKey: "" });
    expect(() => producer.enqueue({ partitionKey: "", data: "" })).toThrow("partitionKey");
    expect(failed.messages).toEqual([]);

    await clock.settle();

    expect(failed.messages.map(({ error }) => error.code)).toEqual(["KP_INVALID_RECORD", "KP_INVALID_RECORD"]);
    expect(failed.messages[0]?.error).toBe(refused.error);
  });

  test("is published for a put that waits for room when the producer closes", async () => {
    using failed = hear<RecordFailedMessage>("kinesis-producer:record-failed");
    const { producer, clock, transport, put, start } = virtualProducer({ maxBufferedRecords: 1 });
    await start();
    transport.always("hold");
    for (const data of ["in", "waits"]) put({ data });
    await clock.advanceAsync(100);

    void producer.close({ timeoutMs: 10 });
    await clock.advanceAsync(10);

    expect(failed.messages.map(({ error }) => error.code)).toEqual(["KP_CLOSED", "KP_CLOSED"]);
  });
});

describe("closed", () => {
  test("is published once, with the report, before close() resolves", async () => {
    const log: string[] = [];
    using closed = hear<ClosedMessage>("kinesis-producer:closed", () => void log.push("published"));
    const { producer, clock, put, start } = virtualProducer();
    await start();
    put({});

    for (const close of [producer.close(), producer.close()]) void close.then(() => log.push("resolved"));
    await clock.advanceAsync(100);

    expect(closed.messages).toEqual([{ producer, delivered: 1, failed: 0 }]);
    expect(log).toEqual(["published", "resolved", "resolved"]);
  });
});

test("messages of two producers name their producer", async () => {
  using closed = hear<ClosedMessage>("kinesis-producer:closed");
  const made = [virtualProducer(), virtualProducer()];

  for (const { producer, clock } of made) {
    const close = watch(producer.close());
    await clock.settle();
    expect(close.state).toBe("resolved");
  }

  expect(closed.messages.map(({ producer }) => producer)).toEqual(made.map(({ producer }) => producer));
});
