/**
 * Quotas of Amazon Kinesis Data Streams that the producer respects, one named constant each.
 *
 * Sources, as read on 2026-11-21:
 * - "PutRecords", Amazon Kinesis Data Streams API Reference
 * - "Quotas and limits", Amazon Kinesis Data Streams Developer Guide
 *
 * @module
 */

const KIB = 1024;
const MIB = 1024 * KIB;

/** Most entries in one PutRecords request. Source: "PutRecords". */
export const MAX_REQUEST_RECORDS = 500;

/** Most bytes in one PutRecords request, partition keys included. Source: "PutRecords". */
export const MAX_REQUEST_BYTES: number = 10 * MIB;

/** Bytes of one record (partition key and data) unless the stream was configured otherwise. Source: "Quotas and limits". */
export const DEFAULT_MAX_RECORD_BYTES: number = 1 * MIB;

/** The largest record limit that a stream can be configured to (MaxRecordSizeInKiB 10,240). Source: "UpdateMaxRecordSize". */
export const MAX_RECORD_BYTES: number = 10 * MIB;

/** Kinesis records a shard takes in a second. Source: "Quotas and limits". */
export const SHARD_RECORDS_PER_SECOND = 1000;

/** Bytes a shard takes in a second, partition keys included. Source: "Quotas and limits". */
export const SHARD_BYTES_PER_SECOND: number = 1 * MIB;

/**
 * Longest partition key, in UTF-16 code units. The API Reference says "256 Unicode characters"; the KPL counts
 * UTF-16 code units, and so do we. Source: "PutRecordsRequestEntry".
 */
export const MAX_PARTITION_KEY_LENGTH = 256;

/** Largest explicit hash key: 2^128 - 1. Source: "PutRecordsRequestEntry". */
export const MAX_HASH_KEY: bigint = (1n << 128n) - 1n;

/**
 * ListShards calls a second that a producer makes, over all streams. The service takes 1,000 of each stream; an older guide
 * said 100 of an account, and nothing needs more. Source: "ListShards"; "Quotas and limits" of 2023.
 */
export const LIST_SHARDS_PER_SECOND = 100;

/**
 * DescribeStreamSummary calls a second that a producer makes, over all streams: half of what the service takes of the whole
 * account, the rest being others'. Source: "DescribeStreamSummary".
 */
export const SUMMARIES_PER_SECOND = 10;

/** ListShards calls of a producer whose answers are not in. At 50 ms a call that is more than the rate needs. */
export const LISTINGS_AT_ONCE = 8;

/** The same of DescribeStreamSummary. */
export const SUMMARIES_AT_ONCE = 4;

/** Connections for them. */
export const DIRECTORY_CALLS_AT_ONCE: number = LISTINGS_AT_ONCE + SUMMARIES_AT_ONCE;
