import { ManualClock } from "../../../../src/testing/manual-clock.js";
import type { EventMessage, EventStream } from "../../../../src/testing/operations/event-stream.js";
import type { JsonObject } from "../../../../src/testing/operations/operation.js";
import type { OperationName } from "../../../../src/testing/operations/operations.js";
import { KinesisService, type KinesisServiceOptions } from "../../../../src/testing/service/kinesis-service.js";

export const SHARD = "shardId-000000000000";
export const STREAM_ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/clicks";

/** A service in virtual time, with a stream `clicks` of one shard unless told otherwise, and a consumer of it. */
export class SubscriptionsUnderTest {
  readonly clock: ManualClock = new ManualClock();
  readonly service: KinesisService;
  readonly consumerArn: string;

  constructor(options: KinesisServiceOptions = {}) {
    this.service = new KinesisService({ streams: { clicks: {} }, ...options }, this.clock.epochNow(), this.clock);
    const { Consumer } = this.call("RegisterStreamConsumer", { StreamARN: STREAM_ARN, ConsumerName: "app" });
    this.consumerArn = Consumer.ConsumerARN;
  }

  // biome-ignore lint/suspicious/noExplicitAny: answers are read by many paths, and wrong ones fail their assertion
  call(operation: OperationName, input: JsonObject): any {
    return this.service.answer({ operation, input, now: this.clock.epochNow() }).body;
  }

  /** Puts a record for each text; their sequence numbers. */
  put(...texts: string[]): string[] {
    return texts.map((text) => {
      const Data = Buffer.from(text).toString("base64");
      return this.call("PutRecord", { StreamName: "clicks", PartitionKey: "a", Data }).SequenceNumber;
    });
  }

  /** An input of SubscribeToShard. */
  ask(start: JsonObject | string = "LATEST", fields: JsonObject = {}): JsonObject {
    const StartingPosition = typeof start === "string" ? { Type: start } : start;
    return { ConsumerARN: this.consumerArn, ShardId: SHARD, StartingPosition, ...fields };
  }

  /** The events of a subscription, after its initial response. */
  async subscribe(start?: JsonObject | string): Promise<EventStream> {
    const now = this.clock.epochNow();
    const { events } = this.service.answer({ operation: "SubscribeToShard", input: this.ask(start), now });
    const first = await events?.next();
    if (events === undefined || first?.type !== "initial-response") throw new Error("no stream of events");
    return events;
  }

  refusal(input: JsonObject): string {
    const { __type, message } = this.call("SubscribeToShard", input);
    return `${__type}: ${message}`;
  }
}

/** The texts of the records in an event. */
export function textsOf(message: EventMessage | undefined): string[] {
  const { Records = [] } = (message?.payload ?? {}) as { Records?: { Data: string }[] };
  return Records.map(({ Data }) => Buffer.from(Data, "base64").toString());
}

export function payloadOf(message: EventMessage | undefined): JsonObject {
  return (message?.payload ?? {}) as JsonObject;
}
