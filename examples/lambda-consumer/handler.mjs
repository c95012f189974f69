import { kinesisHandler } from "kinesis-producer/lambda";

export const handler = kinesisHandler(async ({ partitionKey, data, sequenceNumber, subSequenceNumber }) => {
  // Yours goes here. What it throws fails the record, and Lambda delivers it again.
  console.log(`${sequenceNumber}/${subSequenceNumber}`, partitionKey, Buffer.from(data).toString());
});
