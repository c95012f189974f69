import { isUtf8 } from "node:buffer";
import type { DeaggregatedRecord } from "../deaggregate/index.js";

/** A user record as a line of JSON: the data as text, or in base64 where it is none. */
export function recordLine(record: DeaggregatedRecord & { readonly shardId?: string }): string {
  const { partitionKey, explicitHashKey, data, tags, recordId, sequenceNumber, subSequenceNumber, shardId } = record;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  // Whatever is undefined does not reach the text.
  return JSON.stringify({
    partitionKey,
    explicitHashKey,
    ...(isUtf8(data) ? { data: bytes.toString() } : { dataBase64: bytes.toString("base64") }),
    tags,
    recordId,
    sequenceNumber,
    subSequenceNumber,
    shardId,
    arrival: record.approximateArrivalTimestamp,
  });
}
