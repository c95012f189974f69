import type { KinesisClient, KinesisClientConfig } from "@aws-sdk/client-kinesis";

import type { Clock, Logger, Random, RecordDistribution, StreamDirectory, Transport } from "./core/ports.js";
import type { RecordFailedError } from "./errors.js";
import type { DeliveryBatch } from "./pipeline/settlement/delivery-batch.js";

/** How user records are packed into Kinesis records. */
export interface AggregationOptions {
  /**
   * Most bytes of one aggregate; a larger user record goes alone. The default is two PUT payload units.
   * @defaultValue 51200
   */
  readonly maxBytes?: number;
  /**
   * Most user records in one aggregate.
   * @defaultValue 4294967295
   */
  readonly maxCount?: number;
  /**
   * Which records may share an aggregate. `"shard"`: records of one shard. `"reshard-safe"`: records of one key, so
   * that no split of the shard can divide the aggregate.
   * @defaultValue "shard"
   */
  readonly mode?: AggregationMode;
}

/** A signal that asks a process to end, and leaves it the time to. */
export type ClosingSignal = "SIGTERM" | "SIGINT" | "SIGHUP";

/** Which records may share an aggregate. */
export type AggregationMode = "shard" | "reshard-safe";

/** The format of PutRecords bodies. */
export type RequestProtocol = "json" | "cbor";

/** Which order is kept: none, not even within one request; or that of the records of one key. */
export type Ordering = "none" | "shard";

/** The fate of records that wait behind a failed record of the same key. */
export type OnOrderedFailure = "skip" | "failKey";

/** Ceilings of what one shard is sent. */
export interface ShardLimitOptions {
  /**
   * Kinesis records a second.
   * @defaultValue 1000
   */
  readonly recordsPerSecond?: number;
  /**
   * Bytes a second, partition keys included.
   * @defaultValue 1048576
   */
  readonly bytesPerSecond?: number;
  /**
   * Whether throttling lowers the rate below the ceilings, and time without it raises it again. Where records expire, it does so only
   * when a shard has been in trouble for more than a minute.
   * @defaultValue true
   */
  readonly adaptive?: boolean;
}

/** Everything that can be set on a `KinesisProducer`. All times are in milliseconds. */
export interface ProducerOptions {
  /** The stream of records that name none. */
  readonly streamName?: string;
  /** The same by its ARN; requests then carry the ARN, and go to the account's own endpoints. */
  readonly streamArn?: string;
  /**
   * Your own client, used as it is: with its connections, and with its retries, which multiply with the producer's. A
   * record that the client sent more than once within an attempt counts as possibly stored twice. Set `maxAttempts: 1`
   * on the client to leave the retries to the producer.
   */
  readonly client?: KinesisClient;
  /** Region of the client the producer makes. The SDK's chain decides when absent. */
  readonly region?: string;
  /** Endpoint of the client the producer makes, for example of a local Kinesis. */
  readonly endpoint?: string;
  /**
   * Credentials of the client the producer makes. The SDK's chain decides when absent. A provider is asked again when the
   * service refuses what it gave; an object that is refused fails the records at once.
   */
  readonly credentials?: NonNullable<KinesisClientConfig["credentials"]>;
  /**
   * Whether user records share Kinesis records, in the KPL's format; or how. `"reshard-safe"` is `{ mode: "reshard-safe" }`.
   * @defaultValue true
   */
  readonly aggregation?: boolean | "reshard-safe" | AggregationOptions;
  /**
   * How long a record may wait for others to share a request with.
   * @defaultValue 100
   */
  readonly lingerMs?: number;
  /**
   * Most Kinesis records in one request.
   * @defaultValue 500
   */
  readonly maxRequestRecords?: number;
  /**
   * Most bytes in one request; a larger Kinesis record goes in a separate request.
   * @defaultValue 5242880
   */
  readonly maxRequestBytes?: number;
  /**
   * Most requests in flight, over all streams.
   * @defaultValue 24
   */
  readonly maxInFlightRequests?: number;
  /**
   * How long a request may take before its outcome counts as unknown. A PutRecords request of a `client` that you pass
   * may take three times as long, including the client's retries.
   * @defaultValue 6000
   */
  readonly requestTimeoutMs?: number;
  /**
   * Most records accepted and not settled, over all streams.
   * @defaultValue 100000
   */
  readonly maxBufferedRecords?: number;
  /**
   * Most bytes of keys, data and tags accepted and not settled, over all streams.
   * @defaultValue 67108864
   */
  readonly maxBufferedBytes?: number;
  /**
   * Most puts that wait for room at a time.
   * @defaultValue 1000000
   */
  readonly maxWaitingPuts?: number;
  /**
   * Most bytes of keys, data and tags of the puts that wait for room. They come on top of `maxBufferedBytes`.
   * @defaultValue 536870912
   */
  readonly maxWaitingBytes?: number;
  /**
   * Most of the buffer that one stream may take once a second one is in use. Of a stream with several shards it is also most of
   * the stream's room that shards may take beyond their own parts; the rest is divided evenly among all shards, so that a hot or
   * throttled shard leaves room for the others.
   * @defaultValue 0.75
   */
  readonly maxBufferedShare?: number;
  /**
   * How long after acceptance a record that is not in flight fails. May be Infinity.
   * @defaultValue 30000
   */
  readonly recordTtlMs?: number;
  /**
   * Attempts after which a record fails. May be Infinity.
   * @defaultValue Infinity
   */
  readonly maxAttempts?: number;
  /**
   * Whether a throttled record fails at once.
   * @defaultValue false
   */
  readonly failIfThrottled?: boolean;
  /**
   * Whether every record gets an id that stays with all its copies, in 20 to 24 bytes inside the aggregate where the KCL does
   * not see it, so that a reader can drop them (`dedupe` of `kinesis-producer/deaggregate`). Needs the envelope: not with
   * `aggregation: false`, nor on a stream that distributes records itself.
   * @defaultValue false
   */
  readonly recordIds?: boolean;
  /**
   * `"shard"` keeps the order of records that have the same hash key, through throttling, errors and resharding, for a
   * reader that drops duplicates. Only one Kinesis record per key, and only one aggregate per shard, is in flight. A
   * record that failed with `delivery: "unknown"` may still appear anywhere. Not on streams whose distribution is `AUTO`.
   * @defaultValue "none"
   */
  readonly ordering?: Ordering;
  /**
   * With `ordering: "shard"`, when a record has failed for good: `"skip"` goes on behind it, `"failKey"` also fails what was
   * accepted before the failure for the same key. An abort is not a failure.
   * @defaultValue "skip"
   */
  readonly onOrderedFailure?: OnOrderedFailure;
  /** The pace per shard. */
  readonly shardLimits?: ShardLimitOptions;
  /** Who distributes the records of the streams; the service is asked when absent. */
  readonly recordDistribution?: RecordDistribution;
  /** Most bytes of one record, key and data; the service is asked when absent. */
  readonly maxRecordBytes?: number;
  /**
   * How long records wait for the first shard map, and aggregates that another shard took for a verdict.
   * @defaultValue 5000
   */
  readonly shardMapTimeoutMs?: number;
  /**
   * Age at which the shard map is asked for again, at the next put.
   * @defaultValue 3600000
   */
  readonly shardMapMaxAgeMs?: number;
  /**
   * Signals on which the producer closes itself and delivers what it holds: `["SIGTERM"]` in a container. When every
   * producer of the process with this option is closed, and every `DeadLetterFile` is written, the process ends as the
   * signal says. The only limit is `recordTtlMs`; a second signal ends the process at once. If the application has its own
   * listener for the signal, that listener must end the process. None by default.
   */
  readonly closeOnSignals?: readonly ClosingSignal[];
  /**
   * The format of PutRecords bodies. `"cbor"` is the format of the SDKs for Java: a quarter fewer bytes and less CPU,
   * but AWS does not document it. If the service refuses CBOR, the producer goes on in JSON. Cannot be combined with
   * `client` or `transport`: those write their requests themselves.
   * @defaultValue "json"
   */
  readonly protocol?: RequestProtocol;
  /**
   * How PutRecords is sent. By default the producer builds and signs the requests itself and sends them over the SDK
   * client's connections; this uses less than half the CPU. It falls back to the SDK client if you pass `client`, or if
   * the SDK's own request has an unexpected form (see `stats().transport`). `"sdk"`: always the SDK client. A
   * `Transport`: yours, for tests and rehearsals.
   */
  readonly transport?: "sdk" | Transport;
  /** Answers ListShards and DescribeStreamSummary in place of the client; for tests and rehearsals. */
  readonly directory?: StreamDirectory;
  /** Outcomes of enqueued records. */
  readonly onDelivery?: (batch: DeliveryBatch) => void;
  /** Every record that failed, put or enqueued, accepted or not. */
  readonly onFailed?: (error: RecordFailedError) => void;
  /** Where warnings go; `process.emitWarning` when absent, and for those with which it fails. */
  readonly logger?: Logger;
  /** Time, for tests. */
  readonly clock?: Clock;
  /** Randomness, for tests: a number in [0, 1). Record ids are made of it too: two producers need different ones. */
  readonly random?: Random;
}
