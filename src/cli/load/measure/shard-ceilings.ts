/** Limits of a shard: Kinesis records a second. Source: "Quotas and limits". */
const RECORDS_PER_SECOND = 1_000;
/** Limits of a shard: bytes a second. Source: "Quotas and limits". */
const BYTES_PER_SECOND = 1024 * 1024;

/** The part of a shard's limits that this traffic uses; above 1 where no limits are enforced. */
export function utilisationOf(kinesisRecords: number, bytes: number, seconds: number): number {
  if (seconds <= 0) return 0;
  return Math.max(kinesisRecords / RECORDS_PER_SECOND, bytes / BYTES_PER_SECOND) / seconds;
}
