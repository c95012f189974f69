import type { _Record, GetRecordsCommandOutput } from "@aws-sdk/client-kinesis";
import type {
  FirehoseTransformationEventRecord,
  KinesisStreamRecord,
  KinesisStreamRecordPayload,
  KinesisStreamTumblingWindowEvent,
  KinesisStreamTumblingWindowHandler,
} from "aws-lambda";
import { type DeaggregatedRecord, deaggregate, deaggregateAll } from "../../src/deaggregate/index.js";
import { deaggregateEvent, kinesisHandler } from "../../src/lambda/index.js";

/** Every envelope in its own types, without a cast. */
export function* ofEach(
  sdk: _Record,
  output: GetRecordsCommandOutput,
  event: KinesisStreamRecord,
  payload: KinesisStreamRecordPayload,
  firehose: FirehoseTransformationEventRecord,
  window: KinesisStreamTumblingWindowEvent,
): Iterable<DeaggregatedRecord> {
  yield* deaggregate(sdk);
  yield* deaggregateAll(output.Records ?? []);
  yield* deaggregate(event);
  yield* deaggregate(payload);
  yield* deaggregate(firehose);
  yield* deaggregate({ recordId: "1", data: "", kinesisStreamRecordMetadata: { partitionKey: "k" } });
  yield* deaggregate({ data: new Uint8Array() });
  yield* deaggregateEvent(window);
}

export const windowHandler: KinesisStreamTumblingWindowHandler = async (event, context) => {
  const { batchItemFailures, state = {} } = await kinesisHandler(({ data }) => data)(event, context);
  return { batchItemFailures, state };
};

// @ts-expect-error bytes, or base64 text in an envelope that allows it
deaggregate({ data: 5 });
// @ts-expect-error a range has two ends
deaggregate({ data: "" }, { shardRange: { startingHashKey: "0" } });
