import type { StreamConsumer } from "../kinesis-model/consumer-registry.js";
import type { KinesisModel } from "../kinesis-model/kinesis-model.js";
import { invalidArgument } from "../kinesis-model/service-error.js";
import type { StreamModel } from "../kinesis-model/stream-model.js";
import { type InputFields, NAME_RULE } from "./input-fields.js";
import type { JsonObject } from "./operation.js";

/** A consumer and its stream. */
export interface FoundConsumer {
  readonly stream: StreamModel;
  readonly consumer: StreamConsumer;
}

/** A consumer that an input names: by its ARN, or by its name and its stream's ARN. */
export interface NamedConsumer {
  /** @throws ServiceError when the input names no consumer, or an unknown one */
  findIn(model: KinesisModel): FoundConsumer;
}

/** Finds a consumer by its ARN. @throws ServiceError when it does not exist, or its stream is gone */
export function findConsumer(model: KinesisModel, arn: string): FoundConsumer {
  const stream = model.streamByArn(streamArnOf(arn));
  return { stream, consumer: stream.consumers.find({ arn }) };
}

function streamArnOf(consumerArn: string): string {
  return consumerArn.replace(/\/consumer\/.*$/, "");
}

/** Reads `ConsumerARN`, or `StreamARN` and `ConsumerName`. */
export function readNamedConsumer(fields: InputFields): NamedConsumer {
  const arn = fields.text("ConsumerARN", { min: 1, max: 2048 });
  const streamArn = fields.text("StreamARN", { min: 1, max: 2048 });
  const name = fields.text("ConsumerName", NAME_RULE);
  return {
    findIn: (model) => {
      const ofStream = streamArn ?? (arn === undefined ? undefined : streamArnOf(arn));
      if (ofStream === undefined || (arn === undefined && name === undefined)) {
        throw invalidArgument("Either ConsumerARN, or StreamARN and ConsumerName must be provided.");
      }
      const stream = model.streamByArn(ofStream);
      return { stream, consumer: stream.consumers.find({ name, arn }) };
    },
  };
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
