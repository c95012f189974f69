import { MAX_HASH_KEY, MAX_PARTITION_KEY_LENGTH } from "../../quotas.js";
import { invalidArgument } from "../kinesis-model/service-error.js";
import type { IncomingRecord } from "../kinesis-model/stream-model.js";
import type { StreamSettings } from "../kinesis-model/stream-settings.js";
import { HASH_KEY_RULE, type InputFields } from "./input-fields.js";

const PARTITION_KEY_RULE = { min: 1, max: MAX_PARTITION_KEY_LENGTH } as const;

/** A record of the input with its counted bytes: partition key and data. */
export interface SizedRecord extends IncomingRecord {
  readonly countedBytes: number;
}

/**
 * Reads `PartitionKey`, `ExplicitHashKey` and `Data` of a request or of an entry, and checks them by the stream's
 * settings.
 */
export function readRecord(fields: InputFields, settings: StreamSettings): SizedRecord {
  const isKeyOptional = settings.recordDistribution === "AUTO";
  const partitionKey = isKeyOptional
    ? fields.text("PartitionKey", PARTITION_KEY_RULE)
    : fields.requiredText("PartitionKey", PARTITION_KEY_RULE);
  const explicitHashKey = fields.text("ExplicitHashKey", HASH_KEY_RULE);
  const data = fields.requiredBytes("Data");
  const countedBytes = data.length + Buffer.byteLength(partitionKey ?? "");
  if (countedBytes > settings.maxRecordBytes) fields.refuseBytes("Data", settings.maxRecordBytes);
  return {
    ...(partitionKey === undefined ? {} : { partitionKey }),
    ...(explicitHashKey === undefined ? {} : { explicitHashKey }),
    data,
    countedBytes,
  };
}

/**
 * Checks the value of a hash key: one of the right form can be too large.
 *
 * @throws ServiceError when it is too large
 */
export function checkHashKey(record: IncomingRecord): void {
  if (record.explicitHashKey === undefined || BigInt(record.explicitHashKey) <= MAX_HASH_KEY) return;
  throw invalidArgument(
    `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${record.explicitHashKey}`,
  );
}
