import type { UserRecord } from "../record.js";
import { readTags } from "../wire/record-tags.js";
import type { PlacedRecord } from "./placed-record.js";

/** A user record as it is shown on an error, in the public shape: its data has a buffer of its own, so that a kept error keeps nothing else. */
export function toUserRecord(record: PlacedRecord, streamName: string): UserRecord {
  const { key, explicitHashKey, data, dataBytes, tags } = record;
  const shown: { -readonly [K in keyof UserRecord]: UserRecord[K] } = { data: ownBytes(data, dataBytes), streamName };
  if (key.text !== "") shown.partitionKey = key.text;
  if (explicitHashKey !== undefined) shown.explicitHashKey = explicitHashKey;
  return tags === undefined ? shown : Object.assign(shown, readTags(tags));
}

function ownBytes(data: Uint8Array | string, bytes: number): Uint8Array {
  if (typeof data !== "string") return new Uint8Array(data);
  const own = Buffer.allocUnsafeSlow(bytes);
  own.write(data);
  return own;
}
