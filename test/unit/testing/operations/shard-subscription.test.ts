import { beforeEach, describe, expect, it } from "vitest";
import { payloadOf, SHARD, STREAM_ARN, SubscriptionsUnderTest, textsOf } from "./subscriptions-under-test.js";

let under: SubscriptionsUnderTest;

beforeEach(() => {
  under = new SubscriptionsUnderTest();
});

describe("a subscription to a shard", () => {
  it("tells what the shard has in one event, and then what it gets, put by put", async () => {
    under.putTexts("one", "two");
    const events = await under.subscribe("TRIM_HORIZON");

    const first = await events.next();
    const waiting = events.next();
    const [, last] = under.putTexts("three", "four");
    const second = await waiting;

    expect([textsOf(first), textsOf(second)]).toEqual([
      ["one", "two"],
      ["three", "four"],
    ]);
    expect(first).toMatchObject({ kind: "event", type: "SubscribeToShardEvent" });
    expect(payloadOf(second)).toMatchObject({ MillisBehindLatest: 0 });
    expect(BigInt(payloadOf(second).ContinuationSequenceNumber as string) > BigInt(last as string)).toBe(true);
    expect(payloadOf(second)).not.toHaveProperty("ChildShards");
  });

  it("begins at the given position", async () => {
    const [, second] = under.putTexts("one", "two");
    await under.clock.advanceAsync(1_000);
    const between = under.clock.epochNow() / 1000 - 0.5;
    under.putTexts("three");
    const told: string[][] = [];

    for (const start of [
      { Type: "TRIM_HORIZON" },
      { Type: "AT_SEQUENCE_NUMBER", SequenceNumber: second },
      { Type: "AFTER_SEQUENCE_NUMBER", SequenceNumber: second },
      { Type: "AT_TIMESTAMP", Timestamp: between },
    ]) {
      const events = await under.subscribe(start);
      told.push(textsOf(await events.next()));
      events.cancel();
    }
    const latest = await under.subscribe("LATEST");
    const waiting = latest.next();
    under.putTexts("four");

    expect(told).toEqual([["one", "two", "three"], ["two", "three"], ["three"], ["three"]]);
    expect(textsOf(await waiting)).toEqual(["four"]);
  });

  it("goes on after the continuation number without a gap or a double, also from an event without records", async () => {
    const idle = await under.subscribe("LATEST");
    const waiting = idle.next();
    await under.clock.advanceAsync(5_000);
    const heartbeat = payloadOf(await waiting);
    idle.cancel();
    under.putTexts("one");

    const events = await under.subscribe({
      Type: "AFTER_SEQUENCE_NUMBER",
      SequenceNumber: heartbeat.ContinuationSequenceNumber,
    });

    expect(heartbeat).toMatchObject({ Records: [], MillisBehindLatest: 0 });
    expect(textsOf(await events.next())).toEqual(["one"]);
  });

  it.each(["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"])(
    "goes on %s of its continuation, which repeats nothing and skips nothing, also when time steps back",
    async (Type) => {
      under.putTexts("one", "two");
      const told = payloadOf(await (await under.subscribe("TRIM_HORIZON")).next());
      await under.clock.advanceAsync(5_000);
      // A record of an earlier second, as after a step of the clock.
      under.model
        .stream("clicks")
        .put({ partitionKey: "a", data: Buffer.from("three") }, under.clock.epochNow() - 60_000);
      const SequenceNumber = told.ContinuationSequenceNumber;

      const events = await under.subscribe({ Type, SequenceNumber });

      expect(textsOf(await events.next())).toEqual(["three"]);
    },
  );

  it("tells no more than two megabytes in one event, and how far it is behind", async () => {
    under = new SubscriptionsUnderTest({ streams: { clicks: { maxRecordBytes: 10 * 1024 * 1024 } } });
    const megabyte = "x".repeat(1024 * 1024 - 1);
    under.putTexts(megabyte, megabyte, megabyte);
    await under.clock.advanceAsync(300);
    const events = await under.subscribe("TRIM_HORIZON");

    const [first, second] = [await events.next(), await events.next()];

    expect([textsOf(first).length, textsOf(second).length]).toEqual([2, 1]);
    expect([payloadOf(first).MillisBehindLatest, payloadOf(second).MillisBehindLatest]).toEqual([300, 0]);
  });

  it("ends with the shard: the last event has its children", async () => {
    under.putTexts("one");
    const events = await under.subscribe("TRIM_HORIZON");
    await events.next();
    const waiting = events.next();
    under.service.model.stream("clicks").splitShard(SHARD, under.clock.epochNow());

    const last = payloadOf(await waiting);

    expect(last).toMatchObject({
      Records: [],
      ChildShards: [{ ShardId: "shardId-000000000001", ParentShards: [SHARD] }, { ShardId: "shardId-000000000002" }],
    });
    expect(last).not.toHaveProperty("ContinuationSequenceNumber");
    expect(await events.next()).toBeUndefined();
  });

  it("tells the rest of a shard that was closed long ago together with its end", async () => {
    under.putTexts("one");
    under.service.model.stream("clicks").splitShard(SHARD, under.clock.epochNow());
    const events = await under.subscribe("TRIM_HORIZON");

    const only = await events.next();

    expect(textsOf(only)).toEqual(["one"]);
    expect(payloadOf(only).ChildShards).toHaveLength(2);
    expect(await events.next()).toBeUndefined();
  });

  it("learns of a reshard that takes its time though nobody else calls", async () => {
    under = new SubscriptionsUnderTest({ timing: { reshardMs: 1_000, heartbeatMs: 2_000 } });
    const events = await under.subscribe();
    under.call("SplitShard", { StreamName: "clicks", ShardToSplit: SHARD, NewStartingHashKey: "7" });

    const waiting = events.next();
    await under.clock.advanceAsync(2_000);

    expect(payloadOf(await waiting).ChildShards).toHaveLength(2);
  });

  it.each([
    [{}, 300_000],
    [{ subscribeMs: 7_000 }, 7_000],
  ])("ends after its time, with timing %o", async (timing, ms) => {
    under = new SubscriptionsUnderTest({ timing: { heartbeatMs: 1e9, ...timing } });
    const events = await under.subscribe();
    let last: unknown = "none yet";
    const ending = events.next().then((message) => {
      last = message;
    });

    await under.clock.advanceAsync(ms - 1);
    const before = last;
    await under.clock.advanceAsync(1);
    await ending;

    expect([before, last]).toEqual(["none yet", undefined]);
    expect(under.clock.pendingTimers).toBe(0);
  });

  it("cancels at once under an event that is waited for, and leaves no timer", async () => {
    const events = await under.subscribe();
    const waiting = events.next();

    events.cancel();
    events.cancel();

    expect(await waiting).toBeUndefined();
    expect(under.clock.pendingTimers).toBe(0);
  });

  it("tells nothing where records are only counted, and is not kept from its heartbeat by puts", async () => {
    under = new SubscriptionsUnderTest({ records: "count" });
    const events = await under.subscribe("TRIM_HORIZON");
    const waiting = events.next();

    under.putTexts("one");
    await under.clock.advanceAsync(4_999);
    under.putTexts("two");
    await under.clock.advanceAsync(1);

    expect(payloadOf(await waiting).Records).toEqual([]);
  });

  it("does not tell records that have expired", async () => {
    under.putTexts("old");
    await under.clock.advanceAsync(25 * 3_600_000);
    under.putTexts("new");

    expect(textsOf(await (await under.subscribe("TRIM_HORIZON")).next())).toEqual(["new"]);
  });
});

describe("a second subscription of a consumer to a shard", () => {
  it("is refused within five seconds, and takes over after them", async () => {
    const first = await under.subscribe();
    const waiting = first.next();
    await under.clock.advanceAsync(4_999);
    const early = under.refusalOf(under.ask());
    // The heartbeat comes at the same moment, and the waiting subscriber gets it.
    await under.clock.advanceAsync(1);
    await waiting;

    const second = await under.subscribe("TRIM_HORIZON");
    const reason = await first.next();
    under.putTexts("one");

    const message = `Another active subscription exists for this consumer: 000000000000:clicks:app:${SHARD}`;
    expect(early).toBe(`ResourceInUseException: ${message}`);
    expect(reason).toEqual({ kind: "exception", type: "ResourceInUseException", payload: { message } });
    expect(await first.next()).toBeUndefined();
    expect(textsOf(await second.next())).toEqual(["one"]);
  });

  it("is let in at once when the first is over, and other consumers and shards are not in its way", async () => {
    under = new SubscriptionsUnderTest({ streams: { clicks: { shards: 2 } } });
    const first = await under.subscribe();
    const { Consumer } = under.call("RegisterStreamConsumer", { StreamARN: STREAM_ARN, ConsumerName: "other" });
    const others = [
      under.call("SubscribeToShard", under.ask("LATEST", { ShardId: "shardId-000000000001" })),
      under.call("SubscribeToShard", under.ask("LATEST", { ConsumerARN: Consumer.ConsumerARN })),
    ];

    first.cancel();

    expect(others).toEqual([{ statusCode: 200 }, { statusCode: 200 }]);
    await expect(under.subscribe()).resolves.toBeDefined();
  });
});

describe("a subscription whose ground goes away", () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      "the stream is deleted",
      () => under.service.model.deleteStream("clicks"),
      /^Stream clicks under account 000000000000 not found\.$/,
    ],
    [
      "the stream is deleted in its time",
      () => under.call("DeleteStream", { StreamName: "clicks", EnforceConsumerDeletion: true }),
      /^Stream clicks/,
    ],
    [
      "the consumer is deregistered",
      () => under.call("DeregisterStreamConsumer", { ConsumerARN: under.consumerArn }),
      /^Consumer arn:aws:kinesis:.*\/consumer\/app:\d+ not found\.$/,
    ],
  ])("gets an error event when %s", async (_, change, message) => {
    under = new SubscriptionsUnderTest({ timing: { deleteMs: 1_000, heartbeatMs: 2_000 } });
    const events = await under.subscribe();
    const waiting = events.next();

    change();
    await under.clock.advanceAsync(2_000);

    expect(await waiting).toEqual({
      kind: "exception",
      type: "ResourceNotFoundException",
      payload: { message: expect.stringMatching(message) },
    });
    expect(await events.next()).toBeUndefined();
    expect(under.clock.pendingTimers).toBe(0);
  });
});
