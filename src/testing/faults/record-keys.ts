import { openAggregate } from "../../wire/decode/aggregate-decoder.js";

/** Whether a Kinesis record, or a user record in it, has the partition key. */
export function holdsPartitionKey(partitionKey: string, ownKey: string | undefined, data: Uint8Array): boolean {
  if (ownKey === partitionKey) return true;
  const aggregate = openAggregate(data, true);
  if (aggregate === undefined) return false;
  for (let index = 0; index < aggregate.readableCount; index++) {
    if (aggregate.keyOf(index) === partitionKey) return true;
  }
  return false;
}
