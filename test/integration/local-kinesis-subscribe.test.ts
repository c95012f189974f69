import {
  KinesisClient,
  PutRecordsCommand,
  RegisterStreamConsumerCommand,
  type StartingPosition,
  SubscribeToShardCommand,
  type SubscribeToShardEvent,
  type SubscribeToShardEventStream,
} from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LocalKinesis } from "../../src/testing/local-kinesis.js";
import { SimulatedKinesis } from "../../src/testing/simulated-kinesis.js";
import { until } from "./local-stream.js";

const SHARD = "shardId-000000000000";
const StreamARN = "arn:aws:kinesis:us-east-1:000000000000:stream/clicks";
const OPTIONS = { streams: { clicks: {} } };

/** One form of the local service, with a client of the SDK. */
interface Layer {
  readonly kinesis: LocalKinesis | SimulatedKinesis;
  readonly client: KinesisClient;
}

async function overServer(tls: boolean, http: 1 | 2): Promise<Layer> {
  const kinesis = await LocalKinesis.start({ ...OPTIONS, tls });
  const config = kinesis.clientConfig();
  const handler = http === 1 ? { requestHandler: new NodeHttpHandler({ ...config.requestHandler }) } : {};
  return { kinesis, client: new KinesisClient({ ...config, maxAttempts: 1, ...handler }) };
}

async function withoutServer(): Promise<Layer> {
  const kinesis = new SimulatedKinesis(OPTIONS);
  return { kinesis, client: new KinesisClient({ ...kinesis.clientConfig(), maxAttempts: 1 }) };
}

describe.each([
  ["HTTP/2, plain", () => overServer(false, 2)],
  ["HTTP/2 over TLS", () => overServer(true, 2)],
  ["HTTP/1.1, plain", () => overServer(false, 1)],
  ["HTTP/1.1 over TLS", () => overServer(true, 1)],
  ["no socket at all", withoutServer],
])("SubscribeToShard by the SDK's client, %s", (name, makeLayer) => {
  let kinesis: LocalKinesis | SimulatedKinesis;
  let client: KinesisClient;
  let ConsumerARN: string | undefined;
  /** Aborts subscriptions that a test leaves open: the client's `destroy` does not. */
  let leaving: AbortController;

  beforeEach(async () => {
    ({ kinesis, client } = await makeLayer());
    leaving = new AbortController();
    const { Consumer } = await client.send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: "app" }));
    ConsumerARN = Consumer?.ConsumerARN;
  });

  afterEach(async () => {
    leaving.abort();
    client.destroy();
    if (kinesis instanceof LocalKinesis) await kinesis.close();
  });

  const put = (...texts: string[]): Promise<unknown> => {
    const Records = texts.map((text) => ({ PartitionKey: "a", Data: new TextEncoder().encode(text) }));
    return client.send(new PutRecordsCommand({ StreamName: "clicks", Records }));
  };

  const subscribe = async (
    Type: StartingPosition["Type"] = "TRIM_HORIZON",
  ): Promise<AsyncIterator<SubscribeToShardEventStream>> => {
    const command = new SubscribeToShardCommand({ ConsumerARN, ShardId: SHARD, StartingPosition: { Type } });
    const { EventStream } = await client.send(command, { abortSignal: leaving.signal });
    if (EventStream === undefined) throw new Error("no stream of events");
    return EventStream[Symbol.asyncIterator]();
  };

  const nextOf = async (
    events: AsyncIterator<SubscribeToShardEventStream>,
  ): Promise<SubscribeToShardEvent | undefined> => {
    const { value } = await events.next();
    return value?.SubscribeToShardEvent;
  };

  const textsOf = (event: SubscribeToShardEvent | undefined): string[] =>
    (event?.Records ?? []).map(({ Data }) => new TextDecoder().decode(Data));

  it("gets every put as it comes, and the children at the end of the shard", async () => {
    await put("one", "two");
    const events = await subscribe();

    const first = await nextOf(events);
    const waiting = nextOf(events);
    await put("three");
    const second = await waiting;
    kinesis.splitShard("clicks", SHARD);
    const last = await nextOf(events);

    expect([first, second].map(textsOf)).toEqual([["one", "two"], ["three"]]);
    expect(first?.Records?.[0]).toMatchObject({
      PartitionKey: "a",
      ApproximateArrivalTimestamp: expect.any(Date),
      SequenceNumber: expect.stringMatching(/^49\d{54}$/),
    });
    const told = second?.Records?.[0];
    expect(told).not.toHaveProperty("EncryptionType");
    expect(BigInt(second?.ContinuationSequenceNumber ?? 0) > BigInt(told?.SequenceNumber ?? 0)).toBe(true);
    expect(last?.ChildShards?.map(({ ShardId }) => ShardId)).toEqual(["shardId-000000000001", "shardId-000000000002"]);
    expect(last?.ContinuationSequenceNumber).toBeUndefined();
    expect((await events.next()).done).toBe(true);
    await until(() => kinesis.oracle.inFlight === 0);
  });

  it("carries a record of ten megabytes", async () => {
    kinesis.createStream("large", { maxRecordBytes: 10 * 1024 * 1024 });
    const arn = StreamARN.replace("clicks", "large");
    const { Consumer } = await client.send(
      new RegisterStreamConsumerCommand({ StreamARN: arn, ConsumerName: "large" }),
    );
    ConsumerARN = Consumer?.ConsumerARN;
    const Data = new Uint8Array(10 * 1024 * 1024 - 1).fill(7);
    await client.send(new PutRecordsCommand({ StreamName: "large", Records: [{ PartitionKey: "a", Data }] }));

    const event = await nextOf(await subscribe());

    expect(Buffer.compare(event?.Records?.[0]?.Data ?? new Uint8Array(), Data)).toBe(0);
  });

  it("gets an error before the stream as an answer, and one within it as an event", async () => {
    const events = await subscribe("LATEST");
    const early = subscribe("LATEST");
    await expect(early).rejects.toMatchObject({ name: "ResourceInUseException", $metadata: { httpStatusCode: 400 } });

    kinesis.deleteStream("clicks");

    await expect(events.next()).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Stream clicks under account 000000000000 not found.",
    });
  });

  it("gets the error of a fault within the stream", async () => {
    kinesis.faults.add('event-error code=KMSThrottlingException message="slow down" after=1');
    await put("one");
    const events = await subscribe();

    expect(textsOf(await nextOf(events))).toEqual(["one"]);
    await expect(events.next()).rejects.toMatchObject({ name: "KMSThrottlingException", message: "slow down" });
  });

  it.each(["reset at=mid-body", "reset-stream at=mid-body", "truncate"])(
    "has its stream broken off in the middle of an event by %s",
    async (fault) => {
      kinesis.faults.add(`SubscribeToShard ${fault} times=1`);
      await put("one");
      const events = await subscribe();

      await expect(events.next()).rejects.toThrow();
      // The shard has no subscriber any more.
      const again = await subscribe();

      expect(textsOf(await nextOf(again))).toEqual(["one"]);
    },
  );

  it("leaves the shard to others when it goes away", async () => {
    const events = await subscribe("LATEST");
    const waiting = events.next().catch((error: Error) => error);

    leaving.abort();
    await waiting;
    if (kinesis instanceof LocalKinesis) await until(() => kinesis.oracle.inFlight === 0);
    leaving = new AbortController();
    await put("one");

    expect(textsOf(await nextOf(await subscribe()))).toEqual(["one"]);
  });

  it("does not keep the server from closing", async () => {
    const events = await subscribe("LATEST");
    const waiting = events.next().then(
      () => "ended",
      () => "ended",
    );

    if (kinesis instanceof LocalKinesis) {
      await kinesis.close();
      expect([kinesis.openConnections, kinesis.oracle.inFlight]).toEqual([0, 0]);
    } else leaving.abort();

    expect(await waiting, name).toBe("ended");
  });
});
