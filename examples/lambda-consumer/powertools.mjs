import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { deaggregate } from "kinesis-producer/deaggregate";

const processor = new BatchProcessor(EventType.KinesisDataStreams);

/** @param {import("aws-lambda").KinesisStreamRecord} record */
async function handleRecord(record) {
  for (const { partitionKey, data, sequenceNumber, subSequenceNumber } of deaggregate(record)) {
    console.log(`${sequenceNumber}/${subSequenceNumber}`, partitionKey, Buffer.from(data).toString());
  }
}

/** @type {import("aws-lambda").KinesisStreamHandler} */
export const handler = (event, context) =>
  // By default all records of the batch are started at the same time.
  processPartialResponse(event, handleRecord, processor, { context, processInParallel: false });
