import type { Distribution } from "./distribution.js";
import type { ShardStats } from "./shard-stats.js";

export type { Distribution, Summary } from "./distribution.js";
export type { ShardStats } from "./shard-stats.js";

/** The outcomes of the last 60 seconds, in steps of 5 seconds: at least the last 55 seconds. */
export interface RecentStats {
  /**
   * Length of the window.
   *
   * @remarks constant, seconds
   */
  readonly seconds: 60;
  /**
   * User records delivered in the window.
   *
   * @remarks gauge, user records
   */
  readonly userRecordsDelivered: number;
  /**
   * User records that failed in the window, the expired ones included.
   *
   * @remarks gauge, user records
   */
  readonly userRecordsFailed: number;
  /**
   * User records that expired in the window.
   *
   * @remarks gauge, user records
   */
  readonly userRecordsExpired: number;
  /**
   * From acceptance to delivery, of the records delivered in the window.
   *
   * @remarks distribution, milliseconds
   */
  readonly latencyMs: Distribution;
}

/**
 * A stream, as `stats()` shows it. `userRecordsAccepted` is the sum of `userRecordsDelivered`, `userRecordsFailed`, and
 * the accepted records that are not settled yet.
 */
export interface StreamStats {
  /**
   * How the shard of a record is found. `waiting`: records wait for the first shard map. `mapped`: by the shard map.
   * `unmapped`: without a shard map, because none could be read. `auto`: the service distributes the records.
   *
   * @remarks state
   */
  readonly routing: "waiting" | "mapped" | "unmapped" | "auto";
  /**
   * User records that were accepted into the buffer. A put that fails while it waits for room counts too, when it
   * fails.
   *
   * @remarks counter, user records, KPL `UserRecordsReceived`
   */
  readonly userRecordsAccepted: number;
  /**
   * User records that were refused at once with an error: bad, already aborted, too many puts waiting, or the producer
   * was closed. `enqueue()` that returns false, and `tryPut()` that returns undefined, do not count. Records that were
   * refused before the stream was first used are missing.
   *
   * @remarks counter, user records, KPL `UserRecordsReceived`
   */
  readonly userRecordsRefused: number;
  /**
   * User records that Kinesis stored.
   *
   * @remarks counter, user records, KPL `UserRecordsPut`
   */
  readonly userRecordsDelivered: number;
  /**
   * User records that failed after they were accepted, or while they waited for room; the expired ones included.
   *
   * @remarks counter, user records, KPL `UserRecordsPut`
   */
  readonly userRecordsFailed: number;
  /**
   * User records that expired (`KP_RECORD_EXPIRED`).
   *
   * @remarks counter, user records, KPL `UserRecordExpired`
   */
  readonly userRecordsExpired: number;
  /**
   * Delivered user records with `mayBeDuplicate`: the outcome of an earlier attempt is unknown.
   *
   * @remarks counter, user records
   */
  readonly userRecordsMayBeDuplicate: number;
  /**
   * Data of the delivered user records, without keys.
   *
   * @remarks counter, bytes, KPL `UserRecordsDataPut`
   */
  readonly bytesDelivered: number;
  /**
   * PutRecords requests that left the process. A request counts, with its Kinesis records, when it has ended; until
   * then it is one of `requestsInFlight`.
   *
   * @remarks counter, requests
   */
  readonly requests: number;
  /**
   * PutRecords requests that never left the process: no credentials, no address of the host, or no connection.
   *
   * @remarks counter, requests
   */
  readonly requestsNotSent: number;
  /**
   * Requests that failed as a whole, those that never left the process included.
   *
   * @remarks counter, requests
   */
  readonly requestsFailed: number;
  /**
   * Kinesis records in the requests that left the process; a Kinesis record counts once for each attempt.
   *
   * @remarks counter, Kinesis records, KPL `KinesisRecordsPut`
   */
  readonly kinesisRecordsSent: number;
  /**
   * Kinesis records that a shard took.
   *
   * @remarks counter, Kinesis records, KPL `KinesisRecordsPut`
   */
  readonly kinesisRecordsAccepted: number;
  /**
   * Kinesis records that were throttled one by one, not with their whole request.
   *
   * @remarks counter, Kinesis records, KPL `AllErrors`
   */
  readonly kinesisRecordsThrottled: number;
  /**
   * Kinesis records that were refused one by one for another reason.
   *
   * @remarks counter, Kinesis records, KPL `AllErrors`
   */
  readonly kinesisRecordsRefused: number;
  /**
   * Bytes of `kinesisRecordsSent`, as Kinesis counts them: data and partition keys.
   *
   * @remarks counter, bytes
   */
  readonly kinesisBytesSent: number;
  /**
   * Bytes of `kinesisRecordsAccepted`, as Kinesis counts them.
   *
   * @remarks counter, bytes, KPL `KinesisRecordsDataPut`
   */
  readonly kinesisBytesAccepted: number;
  /**
   * Kinesis records that were resent, or re-packed to be resent.
   *
   * @remarks counter, Kinesis records
   */
  readonly retries: number;
  /**
   * Kinesis records that a shard other than the predicted one took. After the stream was re-created, a shard of the
   * same id is another shard.
   *
   * @remarks counter, Kinesis records
   */
  readonly wrongShard: number;
  /**
   * Answers to ListShards with the open shards, failures included.
   *
   * @remarks counter, answers
   */
  readonly shardMapRefreshes: number;
  /**
   * Kinesis records that were compressed. This and the next four are 0 without the option `compression`. A Kinesis record
   * that loses user records later, because they expire or are aborted, is compressed again, and counts again.
   *
   * @remarks counter, Kinesis records
   */
  readonly aggregatesCompressed: number;
  /**
   * Kinesis records that were kept as they are: they would not become smaller, or the codec has failed.
   *
   * @remarks counter, Kinesis records
   */
  readonly aggregatesKept: number;
  /**
   * Kinesis records that were divided, because they were above `aggregation.maxBytes` when they were compressed. Their parts
   * are compressed again.
   *
   * @remarks counter, Kinesis records
   */
  readonly aggregatesDivided: number;
  /**
   * Bytes of `aggregatesCompressed` and `aggregatesKept` before compression, as Kinesis counts them.
   *
   * @remarks counter, bytes
   */
  readonly bytesBeforeCompression: number;
  /**
   * Bytes of the same Kinesis records afterwards: `bytesBeforeCompression / bytesAfterCompression` is the ratio.
   *
   * @remarks counter, bytes
   */
  readonly bytesAfterCompression: number;
  /**
   * Requests that failed as a whole, by the service's code or the name of the network's error. The sum is
   * `requestsFailed`.
   *
   * @remarks counter, requests, KPL `ErrorsByCode`
   */
  readonly requestErrors: Readonly<Record<string, number>>;
  /**
   * Kinesis records that were throttled or refused one by one, by the service's code. The sum is that of
   * `kinesisRecordsThrottled` and `kinesisRecordsRefused`.
   *
   * @remarks counter, Kinesis records, KPL `ErrorsByCode`
   */
  readonly entryErrors: Readonly<Record<string, number>>;
  /**
   * User records that failed for good, by the service's code, or else by this library's code. The sum is
   * `userRecordsFailed`.
   *
   * @remarks counter, user records
   */
  readonly failures: Readonly<Record<string, number>>;
  /**
   * User records accepted and not settled; for the rest of a turn of the event loop also the room that `ready()` holds.
   *
   * @remarks gauge, user records, KPL `UserRecordsPending`
   */
  readonly bufferedRecords: number;
  /**
   * Their bytes: keys, data and tags.
   *
   * @remarks gauge, bytes
   */
  readonly bufferedBytes: number;
  /**
   * Callers that wait for room: puts, and `ready()`.
   *
   * @remarks gauge, callers
   */
  readonly waitingPuts: number;
  /**
   * Bytes of the records of these puts: keys, data and tags.
   *
   * @remarks gauge, bytes
   */
  readonly waitingBytes: number;
  /**
   * Age of the oldest record that is neither delivered nor failed, since its acceptance: in a queue, in flight, or held
   * because an unexpected shard took it. A put that waits for room counts from its call. Exact; 0 without such a record.
   *
   * @remarks gauge, milliseconds
   */
  readonly oldestAgeMs: number;
  /**
   * From acceptance to delivery; one value for each delivered user record.
   *
   * @remarks distribution, milliseconds
   */
  readonly latencyMs: Distribution;
  /**
   * From acceptance, or the end of the attempt before, to the start of an attempt. One value for each attempt of each
   * user record, when its outcome is known; of more than 50 attempts the first 25 and the last 25.
   *
   * @remarks distribution, milliseconds, KPL `BufferingTime`
   */
  readonly bufferingMs: Distribution;
  /**
   * How long the limiter of its lane, or the lane's pause after throttling, held a Kinesis record back. One value for
   * each of `kinesisRecordsSent`, mostly 0. It begins when the record is due (complete, or its linger has passed, or
   * the attempt before has ended) and the lane is refused for the first time; it ends when the lane may send, or when
   * the record leaves, whichever is first.
   *
   * @remarks distribution, milliseconds
   */
  readonly pacingMs: Distribution;
  /**
   * Duration of a PutRecords request; one value for each of `requests`.
   *
   * @remarks distribution, milliseconds, KPL `RequestTime`
   */
  readonly requestMs: Distribution;
  /**
   * Attempts after the first; one value for each user record, when it is delivered or has failed.
   *
   * @remarks distribution, retries, KPL `RetriesPerRecord`
   */
  readonly retriesPerRecord: Distribution;
  /**
   * User records in a Kinesis record; one value for each of `kinesisRecordsSent`.
   *
   * @remarks distribution, user records, KPL `UserRecordsPerKinesisRecord`
   */
  readonly userRecordsPerKinesisRecord: Distribution;
  /**
   * Kinesis records in a request; one value for each of `requests`.
   *
   * @remarks distribution, Kinesis records, KPL `KinesisRecordsPerPutRecordsRequest`
   */
  readonly kinesisRecordsPerRequest: Distribution;
  /**
   * User records in a request; one value for each of `requests`.
   *
   * @remarks distribution, user records, KPL `UserRecordsPerPutRecordsRequest`
   */
  readonly userRecordsPerRequest: Distribution;
  /**
   * The last minute.
   *
   * @remarks section
   */
  readonly recent: RecentStats;
  /**
   * Shards by id: those that took a record, or for which one was sent.
   *
   * @remarks section
   */
  readonly shards: Readonly<Record<string, ShardStats>>;
}

/** The result of `KinesisProducer.stats()`: plain data, a copy. */
export interface ProducerStats {
  /**
   * Records handed over and not settled, waiting puts included.
   *
   * @remarks gauge, user records, KPL `UserRecordsPending`
   */
  readonly outstandingRecords: number;
  /**
   * Records accepted and not settled, of all streams.
   *
   * @remarks gauge, user records
   */
  readonly bufferedRecords: number;
  /**
   * Their bytes: keys, data and tags.
   *
   * @remarks gauge, bytes
   */
  readonly bufferedBytes: number;
  /**
   * The option: `bufferedRecords` at which the buffer is full.
   *
   * @remarks constant, user records
   */
  readonly maxBufferedRecords: number;
  /**
   * The option: `bufferedBytes` at which the buffer is full.
   *
   * @remarks constant, bytes
   */
  readonly maxBufferedBytes: number;
  /**
   * PutRecords requests without an answer yet.
   *
   * @remarks gauge, requests
   */
  readonly requestsInFlight: number;
  /**
   * How PutRecords is sent now, and the reason if it is the SDK's client. For humans; the text may change.
   *
   * @remarks state
   */
  readonly transport: string;
  /**
   * Streams by name. A stream that was not used for ten minutes may be missing.
   *
   * @remarks section
   */
  readonly streams: Readonly<Record<string, StreamStats>>;
}
