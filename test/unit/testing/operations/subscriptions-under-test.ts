import { ManualClock } from "../../../../src/testing/manual-clock.js";
import type { EventMessage, EventStream } from "../../../../src/testing/operations/event-stream.js";
import type { JsonObject } from "../../../../src/testing/operations/operation.js";
import type { KinesisServiceOptions } from "../../../../src/testing/service/kinesis-service.js";
import { ServiceUnderTest } from "../service/service-under-test.js";

export const SHARD = "shardId-000000000000";
export const STREAM_ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/clicks";

/** A service in virtual time, with a stream `clicks`, by default of one shard, and a consumer of it. */
export class SubscriptionsUnderTest extends ServiceUnderTest {
  readonly clock: ManualClock;
  readonly consumerArn: string;

  constructor(options: KinesisServiceOptions = {}) {
    const clock = new ManualClock();
    super({ streams: { clicks: {} }, ...options }, clock);
    this.clock = clock;
    const { Consumer } = this.call("RegisterStreamConsumer", { StreamARN: STREAM_ARN, ConsumerName: "app" });
    this.consumerArn = Consumer.ConsumerARN;
  }

  /** Puts a record for each text. Returns their sequence numbers. */
  putTexts(...texts: string[]): string[] {
    return texts.map((text) => this.putText(text).SequenceNumber);
  }

  /** An input of SubscribeToShard. */
  ask(start: JsonObject | string = "LATEST", fields: JsonObject = {}): JsonObject {
    const StartingPosition = typeof start === "string" ? { Type: start } : start;
    return { ConsumerARN: this.consumerArn, ShardId: SHARD, StartingPosition, ...fields };
  }

  /** The events of a subscription, after its initial response. */
  async subscribe(start?: JsonObject | string): Promise<EventStream> {
    const { events } = this.reply("SubscribeToShard", this.ask(start));
    const first = await events?.next();
    if (events === undefined || first?.type !== "initial-response") throw new Error("no stream of events");
    return events;
  }

  /** The error of SubscribeToShard for an input. */
  refusalOf(input: JsonObject): string {
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
