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

/** The largest record limit that a stream can have (MaxRecordSizeInKiB 10,240). Source: "UpdateMaxRecordSize". */
export const MAX_RECORD_BYTES: number = 10 * MIB;

/** Kinesis records per second that a shard takes. Source: "Quotas and limits". */
export const SHARD_RECORDS_PER_SECOND = 1000;

/** Bytes per second that a shard takes, partition keys included. Source: "Quotas and limits". */
export const SHARD_BYTES_PER_SECOND: number = 1 * MIB;

/**
 * Longest partition key, in UTF-16 code units. The API Reference says "256 Unicode characters"; the KPL counts UTF-16
 * code units, and so does this library. Source: "PutRecordsRequestEntry".
 */
export const MAX_PARTITION_KEY_LENGTH = 256;

/** Largest explicit hash key: 2^128 - 1. Source: "PutRecordsRequestEntry". */
export const MAX_HASH_KEY: bigint = (1n << 128n) - 1n;

/**
 * Most ListShards calls per second of a producer, over all streams. The service allows 1,000 per stream. An older guide
 * said 100 per account, and a producer needs no more. Source: "ListShards"; "Quotas and limits" of 2023.
 */
export const LIST_SHARDS_PER_SECOND = 100;

/**
 * Most DescribeStreamSummary calls per second of a producer, over all streams: half of the account's limit. The other
 * half is left to other callers. Source: "DescribeStreamSummary".
 */
export const SUMMARIES_PER_SECOND = 10;

/** Most unanswered ListShards calls of a producer. At 50 ms per call this is more than the rate needs. */
export const LISTINGS_AT_ONCE = 8;

/** Most unanswered DescribeStreamSummary calls of a producer. */
export const SUMMARIES_AT_ONCE = 4;

/** Most connections for both kinds of calls. */
export const DIRECTORY_CALLS_AT_ONCE: number = LISTINGS_AT_ONCE + SUMMARIES_AT_ONCE;
