import { openInner } from "../../deaggregate/compressed-aggregate.js";
import { UnreadableRecordError } from "../../deaggregate/index.js";
import { type DecodedAggregate, openAggregate } from "../../wire/decode/aggregate-decoder.js";

/** Bytes of the largest compressed aggregate that is opened. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Whether a Kinesis record, or a user record in it, has the partition key. */
export function holdsPartitionKey(partitionKey: string, ownKey: string | undefined, data: Uint8Array): boolean {
  if (ownKey === partitionKey) return true;
  const outer = openAggregate(data, true);
  if (outer === undefined) return false;
  const aggregate = opened(outer);
  for (let index = 0; index < aggregate.readableCount; index++) {
    if (aggregate.keyOf(index) === partitionKey) return true;
  }
  return false;
}

/** The records inside a compressed aggregate. If it cannot be opened, its one record, which has the first one's key. */
function opened(outer: DecodedAggregate): DecodedAggregate {
  try {
    return openInner(outer, undefined, MOST_BYTES, []);
  } catch (error) {
    if (error instanceof UnreadableRecordError) return outer;
    throw error;
  }
}
