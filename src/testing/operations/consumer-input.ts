import type { StreamConsumer } from "../kinesis-model/consumer-registry.js";
import type { KinesisModel } from "../kinesis-model/kinesis-model.js";
import { invalidArgument } from "../kinesis-model/service-error.js";
import type { StreamModel } from "../kinesis-model/stream-model.js";
import type { JsonObject } from "./operation.js";

/** A consumer and its stream. */
export interface FoundConsumer {
  readonly stream: StreamModel;
  readonly consumer: StreamConsumer;
}

/** The members of an input that name a consumer: its ARN, or its name and its stream's ARN. */
export interface NamesConsumer {
  readonly ConsumerARN?: string;
  readonly StreamARN?: string;
  readonly ConsumerName?: string;
}

/** Finds a consumer by its ARN. @throws ServiceError when it does not exist, or its stream is gone */
export function findConsumer(model: KinesisModel, arn: string): FoundConsumer {
  const stream = model.streamByArn(streamArnOf(arn));
  return { stream, consumer: stream.consumers.find({ arn }) };
}

function streamArnOf(consumerArn: string): string {
  return consumerArn.replace(/\/consumer\/.*$/, "");
}

/** @throws ServiceError when the input names no consumer, or an unknown one */
export function findNamedConsumer(input: NamesConsumer, model: KinesisModel): FoundConsumer {
  const { ConsumerARN: arn, StreamARN: streamArn, ConsumerName: name } = input;
  const ofStream = streamArn ?? (arn === undefined ? undefined : streamArnOf(arn));
  if (ofStream === undefined || (arn === undefined && name === undefined)) {
    throw invalidArgument("Either ConsumerARN, or StreamARN and ConsumerName must be provided.");
  }
  const stream = model.streamByArn(ofStream);
  return { stream, consumer: stream.consumers.find({ name, arn }) };
}

/** The API's Consumer structure. */
export function consumerOutput({ name, arn, createdAt, activeAt }: StreamConsumer, now: number): JsonObject {
  return {
    ConsumerName: name,
    ConsumerARN: arn,
    ConsumerStatus: now < activeAt ? "CREATING" : "ACTIVE",
    ConsumerCreationTimestamp: createdAt / 1000,
  };
}
