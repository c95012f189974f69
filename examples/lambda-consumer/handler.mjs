import { kinesisHandler } from "kinesis-producer/lambda";

export const handler = kinesisHandler(async ({ partitionKey, data, sequenceNumber, subSequenceNumber }) => {
  // Your code goes here. An error fails the record, and Lambda delivers the record again.
  console.log(`${sequenceNumber}/${subSequenceNumber}`, partitionKey, Buffer.from(data).toString());
});
