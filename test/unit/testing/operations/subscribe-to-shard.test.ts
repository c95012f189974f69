import { beforeEach, describe, expect, it } from "vitest";
import type { EventMessage } from "../../../../src/testing/operations/event-stream.js";
import type { JsonObject } from "../../../../src/testing/operations/operation.js";
import { STREAM_ARN, SubscriptionsUnderTest, textsOf } from "./subscriptions-under-test.js";

let under: SubscriptionsUnderTest;

beforeEach(() => {
  under = new SubscriptionsUnderTest();
});

describe("what SubscribeToShard refuses", () => {
  it.each<[string, () => JsonObject, RegExp]>([
    ["nothing", () => ({}), /^ValidationException: 3 validation errors detected: .*'consumerARN'.*'startingPosition'/],
    ["no type", () => under.ask({}), /^ValidationException: .*Value null at 'startingPosition\.type'/],
    [
      "another type",
      () => under.ask("SOON"),
      /^ValidationException: .*'SOON' at 'startingPosition\.type'.*enum value set/,
    ],
    ["a number for a type", () => under.ask({ Type: 7 }), /^SerializationException/],
    ["no sequence number", () => under.ask("AT_SEQUENCE_NUMBER"), /^InvalidArgumentException: Must either specify/],
    ["no timestamp", () => under.ask("AT_TIMESTAMP"), /^InvalidArgumentException: Must specify timestampInMillis/],
    [
      "the future",
      () => under.ask({ Type: "AT_TIMESTAMP", Timestamp: 1e12 }),
      /^InvalidArgumentException: The timestamp/,
    ],
    [
      "another shard",
      () => under.ask("LATEST", { ShardId: "shardId-7" }),
      /^ResourceNotFoundException: Shard shardId-7/,
    ],
    [
      "another consumer",
      () => under.ask("LATEST", { ConsumerARN: `${STREAM_ARN}/consumer/other:1` }),
      /^ResourceNotFoundException: Consumer arn/,
    ],
    ["no ARN of a consumer", () => under.ask("LATEST", { ConsumerARN: "app" }), /^ValidationException/],
  ])("%s", (_, input, wanted) => {
    expect(under.refusalOf(input())).toMatch(wanted);
  });

  it("a consumer that is not ACTIVE yet", async () => {
    under = new SubscriptionsUnderTest({ timing: { registerMs: 1_000 } });
    const created = Math.floor(under.clock.epochNow() / 1000);
    const early = under.refusalOf(under.ask());
    const { ConsumerStatus } = under.call("DescribeStreamConsumer", {
      ConsumerARN: under.consumerArn,
    }).ConsumerDescription;

    await under.clock.advanceAsync(1_000);

    expect(ConsumerStatus).toBe("CREATING");
    expect(early).toBe(
      `ResourceInUseException: Consumer app with creation timestamp ${created} under stream: clicks , account 000000000000 is not in ACTIVE status.`,
    );
    await expect(under.subscribe()).resolves.toBeDefined();
    expect(under.call("ListStreamConsumers", { StreamARN: STREAM_ARN }).Consumers[0].ConsumerStatus).toBe("ACTIVE");
  });

  it.each(["subscribeMs", "heartbeatMs"])("a timing of no %s", (name) => {
    expect(() => new SubscriptionsUnderTest({ timing: { [name]: 0 } })).toThrow(
      `timing.${name} must be above 0 ms, got 0`,
    );
  });
});

describe("SubscribeToShard under limits and faults", () => {
  it("is let in once a second for a consumer and shard", async () => {
    under = new SubscriptionsUnderTest({ limits: true });
    (await under.subscribe()).cancel();

    const early = under.refusalOf(under.ask());
    await under.clock.advanceAsync(1_000);

    expect(early).toMatch(/^LimitExceededException: Rate exceeded for consumer arn:.* and shardId-000000000000\.$/);
    await expect(under.subscribe()).resolves.toBeDefined();
  });

  it("gets as many bytes a second as the limit says", async () => {
    under = new SubscriptionsUnderTest({ limits: { read: { bytesPerSecond: 100 } } });
    under.putTexts("x".repeat(50));
    const events = await under.subscribe("TRIM_HORIZON");
    await events.next();
    under.putTexts("two");
    let second: EventMessage | undefined;
    const waiting = events.next().then((message) => {
      second = message;
    });

    await under.clock.advanceAsync(499);
    const early = second;
    await under.clock.advanceAsync(1);
    await waiting;

    expect(early).toBeUndefined();
    expect(textsOf(second)).toEqual(["two"]);
  });

  it("sends an error within the stream, after N events", async () => {
    under.service.faults.add("event-error code=InternalFailureException after=1");
    under.putTexts("one");
    const events = await under.subscribe("TRIM_HORIZON");

    const told = [await events.next(), await events.next(), await events.next()];

    expect(textsOf(told[0])).toEqual(["one"]);
    expect(told[1]).toEqual({
      kind: "exception",
      type: "InternalFailureException",
      payload: { message: "Internal Service Failure" },
    });
    expect(told[2]).toBeUndefined();
    expect(under.clock.pendingTimers).toBe(0);
  });

  it("keeps its errors before the stream under a fault that wants events", () => {
    under.service.faults.add("event-error code=InternalFailureException");

    expect(under.refusalOf(under.ask("SOON"))).toMatch(/^ValidationException/);
  });

  it("counts a subscription as taken whose answer got lost", () => {
    under.service.faults.add("reset at=after-storing times=1");
    under.call("SubscribeToShard", under.ask());

    expect(under.refusalOf(under.ask())).toMatch(/^ResourceInUseException: Another active/);
  });
});
