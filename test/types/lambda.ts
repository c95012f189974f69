import type {
  FirehoseTransformationHandler,
  KinesisStreamBatchResponse,
  KinesisStreamEvent,
  KinesisStreamHandler,
} from "aws-lambda";
import { deaggregateEvent, firehoseTransform, kinesisHandler } from "../../src/lambda/index.js";

export const streamHandler: KinesisStreamHandler = kinesisHandler(({ data }) => console.log(data.length));

/** One handler serves both: the mapping decides whether there is a window. */
export const windowHandler: KinesisStreamHandler = kinesisHandler((_, { state }) => {
  state.count = 1;
});

export const transformHandler: FirehoseTransformationHandler = firehoseTransform(({ data }) => data);

export function ownHandler(event: KinesisStreamEvent): KinesisStreamBatchResponse {
  for (const { parent, subSequenceNumber } of deaggregateEvent(event)) console.log(parent.eventID, subSequenceNumber);
  return { batchItemFailures: [] };
}

// @ts-expect-error a result is bytes, text or nothing
firehoseTransform(() => 5);
