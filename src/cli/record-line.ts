import { isUtf8 } from "node:buffer";
import type { DeaggregatedRecord } from "../deaggregate/index.js";

/** A user record as a line of JSON. The data is a text, or base64 if it is not UTF-8. */
export function recordLine(record: DeaggregatedRecord & { readonly shardId?: string }): string {
  const { partitionKey, explicitHashKey, data, tags, recordId, sequenceNumber, subSequenceNumber, shardId } = record;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  // JSON.stringify leaves undefined fields out.
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
