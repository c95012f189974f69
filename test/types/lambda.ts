import type {
  FirehoseTransformationHandler,
  KinesisStreamBatchResponse,
  KinesisStreamEvent,
  KinesisStreamHandler,
} from "aws-lambda";
import { deaggregateEvent, firehoseTransform, kinesisHandler } from "../../src/lambda/index.js";
import { LambdaTrigger } from "../../src/testing/index.js";

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

// A trigger takes handlers that are typed by @types/aws-lambda, and those of this library.
const typedByAws: KinesisStreamHandler = async ({ Records }) => ({
  batchItemFailures: Records.map(({ kinesis }) => ({ itemIdentifier: kinesis.sequenceNumber })),
});
export const triggers: LambdaTrigger[] = [typedByAws, kinesisHandler(() => {})].map(
  (handler) => new LambdaTrigger({ endpoint: "http://127.0.0.1:4567", streamName: "clicks", handler }),
);
