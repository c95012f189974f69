import type { Agent } from "node:http";
import type { KinesisClient, KinesisClientConfig } from "@aws-sdk/client-kinesis";

import type { Codec, CodecChoice, CodecName } from "./compression/codec.js";
import type {
  Clock,
  LogFunction,
  Logger,
  Random,
  RecordDistribution,
  StreamDirectory,
  Transport,
} from "./core/ports.js";
import type { RecordFailedError } from "./errors.js";
import type { DeliveryBatch } from "./pipeline/settlement/delivery-batch.js";
import type { Propagate } from "./record.js";

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

/** A signal that asks a process to end, and gives it time to do so. */
export type ClosingSignal = "SIGTERM" | "SIGINT" | "SIGHUP";

/** Which records may share an aggregate. */
export type AggregationMode = "shard" | "reshard-safe";

/** The format of PutRecords bodies. */
export type RequestProtocol = "json" | "cbor";

/** Which order is kept: none, not even within one request; or that of the records of one key. */
export type Ordering = "none" | "shard";

/** The fate of records that wait behind a failed record of the same key. */
export type OnOrderedFailure = "skip" | "failKey";

/** How certificates are verified. */
export interface TlsOptions {
  /**
   * Certificates of the authorities that are trusted, PEM, in place of those of Node.js: the contents of the file, not its
   * path. The root, and each intermediate one that the service does not send.
   */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[];
  /**
   * Whether a certificate that cannot be verified ends the connection. `false` is for tests only.
   * @defaultValue true
   */
  readonly rejectUnauthorized?: boolean;
  /** The name that the certificate of the service must have, in place of the host of the endpoint. */
  readonly servername?: string;
}

/** A forward proxy. */
export interface ProxyOptions {
  /** `http://host:port`, or `https://` for a proxy that is reached over TLS. It may contain user name and password. */
  readonly url: string;
  /** User name for Basic authentication, without a colon. */
  readonly username?: string;
  /** Password for Basic authentication. */
  readonly password?: string;
  /**
   * Hosts that are reached directly, with commas or blanks between them: `example.com` stands for all names below it too,
   * `host:port` for one port, `*` for all hosts. No address ranges.
   */
  readonly noProxy?: string;
}

/** Ceilings of the load on one shard. */
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
   * Whether throttling lowers the rate below the ceilings; time without throttling raises it again. If records expire,
   * the rate is lowered only after a shard has been in trouble for more than a minute.
   * @defaultValue true
   */
  readonly adaptive?: boolean;
}

/**
 * Everything that can be set on a `KinesisProducer`. All times are in milliseconds.
 *
 * @typeParam Context - type of the contexts that `enqueue` takes and `onDelivery` gets
 * @typeParam Value - type of the `data` of records: what `serialize` takes
 */
export interface ProducerOptions<Context = unknown, Value = Uint8Array | string> {
  /** The stream of records without a `streamName`: the default stream. */
  readonly streamName?: string;
  /** The default stream by its ARN. Requests then carry the ARN, and go to the account's own endpoints. */
  readonly streamArn?: string;
  /**
   * Your own client, used unchanged: with its connections, and with its retries, which multiply with the producer's
   * retries. A
   * record that the client sent more than once within an attempt counts as possibly stored twice. Set `maxAttempts: 1`
   * on the client to leave the retries to the producer.
   */
  readonly client?: KinesisClient;
  /** Region of the client that the producer makes. If absent, the SDK's chain decides. */
  readonly region?: string;
  /** Endpoint of the client that the producer makes, for example of a local Kinesis. */
  readonly endpoint?: string;
  /**
   * Credentials of the client that the producer makes. If absent, the SDK's chain decides. A provider is asked again
   * when the service refuses its credentials. If the service refuses a credentials object, the records fail at once.
   */
  readonly credentials?: NonNullable<KinesisClientConfig["credentials"]>;
  /**
   * Makes the connections of the client that the producer makes, in place of the producer's agents: an `https.Agent`, or one
   * of a package such as `proxy-agent`. Its connections are not limited by `connectTimeoutMs`, and you close it. Cannot be
   * combined with `tls`, `proxy` and `connectTimeoutMs`.
   */
  readonly agent?: Agent;
  /**
   * How the certificates of the service, and of a proxy that is reached over TLS, are verified. For all requests of the
   * client that the producer makes.
   */
  readonly tls?: TlsOptions;
  /**
   * A forward proxy, which connects to the service by CONNECT: `"http://user:password@proxy.example.com:3128"`, or an object.
   * `"environment"` reads `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy`, also in capitals except HTTP_PROXY;
   * otherwise the environment is not read. A proxy that refuses is an error with its name, without the password.
   */
  readonly proxy?: string | ProxyOptions;
  /**
   * How long making a connection may take, with the answer of a proxy and the TLS handshake. At most 80 % of
   * `requestTimeoutMs` counts: a request that has no connection by then was certainly not sent.
   * @defaultValue 5000
   */
  readonly connectTimeoutMs?: number;
  /**
   * Whether, and how, user records share Kinesis records in the KPL's format.
   * `"reshard-safe"` is `{ mode: "reshard-safe" }`.
   * @defaultValue true
   */
  readonly aggregation?: boolean | "reshard-safe" | AggregationOptions;
  /**
   * Compresses aggregates, so that `aggregation.maxBytes` bounds the compressed bytes. `"gzip"` works everywhere,
   * `"zstd"` needs Node.js 22.15, `"lz4"` the package `lz4-napi`. Readers need a decoder: `kinesis-producer/deaggregate`
   * opens compressed aggregates, the KCL and Firehose see one binary record. Not with `aggregation: false`, nor on streams
   * whose distribution is `AUTO`. None by default.
   */
  readonly compression?: CodecName | CodecChoice | Codec;
  /**
   * How long a record may wait for other records that share its request.
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
   * The largest share of the buffer that one stream may take once a second stream is in use. In a stream with several
   * shards it is also the share of the stream's room that shards may take beyond their own parts. The rest is divided
   * evenly among all shards, so that a hot or throttled shard leaves room for the others.
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
   * Whether every record gets an id, which is the same on all its copies, so that a reader can drop duplicates
   * (`dedupe` of `kinesis-producer/deaggregate`). The id takes 20 to 24 bytes inside the aggregate, where the KCL does
   * not see it. It needs the envelope: not with `aggregation: false`, nor on a stream with record distribution `AUTO`.
   * @defaultValue false
   */
  readonly recordIds?: boolean;
  /**
   * Makes tags for each record while it is handed over: `otelPropagation()` of `kinesis-producer/otel` writes the trace
   * context of the caller. If a record has one of these tags itself, it gets none of them. A record for which it throws,
   * returns anything but tags, or hands over another record, is refused alone. Like `tags` it needs the envelope: not
   * with `aggregation: false`, nor on a stream with record distribution `AUTO`.
   */
  readonly propagate?: Propagate;
  /**
   * Makes the data of each record from its `data`, which may be any value then: `(click) => type.toBuffer(click)`. It runs
   * within the call that hands the record over, again when a record that found the buffer full is handed over again. A
   * record for which it throws, returns anything but a Uint8Array or a string, or hands over another record, is refused
   * alone. None by default: `data` is a Uint8Array or a string.
   */
  readonly serialize?: (value: Value) => Uint8Array | string;
  /**
   * `"shard"` keeps the order of records that have the same hash key, through throttling, errors and resharding, for a
   * reader that drops duplicates. Only one Kinesis record per key, and only one aggregate per shard, is in flight. A
   * record that failed with `delivery: "unknown"` may still appear anywhere. Not on streams whose distribution is `AUTO`.
   * @defaultValue "none"
   */
  readonly ordering?: Ordering;
  /**
   * With `ordering: "shard"`, after a record has failed for good: `"skip"` continues with the next record, `"failKey"`
   * also fails records of the same key that were accepted before the failure. An abort is not a failure.
   * @defaultValue "skip"
   */
  readonly onOrderedFailure?: OnOrderedFailure;
  /** The pace per shard. */
  readonly shardLimits?: ShardLimitOptions;
  /** Who distributes the records of the streams. If absent, the service is asked. */
  readonly recordDistribution?: RecordDistribution;
  /** Most bytes of one record, key and data. If absent, the service is asked. */
  readonly maxRecordBytes?: number;
  /**
   * How long to wait for the first shard map. Also how long an aggregate that landed in an unexpected shard may stay
   * undecided.
   * @defaultValue 5000
   */
  readonly shardMapTimeoutMs?: number;
  /**
   * Age from which the next put requests the shard map again.
   * @defaultValue 3600000
   */
  readonly shardMapMaxAgeMs?: number;
  /**
   * Age from which the next put requests the stream's summary again: its record distribution and its limit of record sizes.
   * The summary is requested with each shard map, too. Never, if `recordDistribution` and `maxRecordBytes` are both set.
   * @defaultValue 3600000
   */
  readonly streamSummaryMaxAgeMs?: number;
  /**
   * Signals on which the producer closes itself and delivers what it holds: `["SIGTERM"]` in a container. When every
   * producer of the process with this option is closed, and every `DeadLetterFile` is written, the process ends as the
   * signal says. The only limit is `recordTtlMs`; a second signal ends the process at once. If the application has its own
   * listener for the signal, that listener must end the process. None by default.
   */
  readonly closeOnSignals?: readonly ClosingSignal[];
  /**
   * The format of PutRecords bodies. `"cbor"` is the format of the SDKs for Java: a quarter fewer bytes and less CPU,
   * but AWS does not document it. If the service refuses CBOR, the producer continues in JSON. Cannot be combined with
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
  readonly onDelivery?: (batch: DeliveryBatch<Context>) => void;
  /** Every record that failed, put or enqueued, accepted or not. */
  readonly onFailed?: (error: RecordFailedError) => void;
  /**
   * Receives one line when the state of a stream changes: a logger of pino, `console`, or a function of level, fields and
   * message. If absent, lines of the levels `warn` and `error` become warnings of the process, one for each event and
   * stream. A line on which the logger throws becomes such a warning too. docs/health.md has all lines.
   */
  readonly logger?: Logger | LogFunction;
  /** Time, for tests. */
  readonly clock?: Clock;
  /**
   * Randomness, for tests: a number in [0, 1). Record ids are made from it too: two producers need different sequences.
   */
  readonly random?: Random;
}

/** Records whose data is neither bytes nor text need `serialize`. */
export type SerializeFor<Value> = [Value] extends [Uint8Array | string]
  ? unknown
  : { readonly serialize: (value: Value) => Uint8Array | string };
