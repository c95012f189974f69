import type { Summary } from "./distribution.js";

/**
 * A shard, as `stats()` shows it. A shard that has closed is no longer shown when its last record is settled and the
 * shard map does not have it any more; its counts stay in those of the stream.
 */
export interface ShardStats {
  /**
   * User records that the shard stored.
   *
   * @remarks counter, user records, KPL `UserRecordsPut`
   */
  readonly userRecordsDelivered: number;
  /**
   * User records that failed for good, and were predicted for this shard; the expired ones included.
   *
   * @remarks counter, user records, KPL `UserRecordsPut`
   */
  readonly userRecordsFailed: number;
  /**
   * User records that expired (`KP_RECORD_EXPIRED`), and were predicted for this shard.
   *
   * @remarks counter, user records, KPL `UserRecordExpired`
   */
  readonly userRecordsExpired: number;
  /**
   * Data of the delivered user records, without keys.
   *
   * @remarks counter, bytes, KPL `UserRecordsDataPut`
   */
  readonly bytesDelivered: number;
  /**
   * Kinesis records that the shard took.
   *
   * @remarks counter, Kinesis records, KPL `KinesisRecordsPut`
   */
  readonly kinesisRecordsAccepted: number;
  /**
   * Kinesis records that were predicted for this shard, and throttled.
   *
   * @remarks counter, Kinesis records, KPL `AllErrors`
   */
  readonly kinesisRecordsThrottled: number;
  /**
   * Kinesis records that were predicted for this shard, and refused for another reason.
   *
   * @remarks counter, Kinesis records, KPL `AllErrors`
   */
  readonly kinesisRecordsRefused: number;
  /**
   * Bytes that the shard took, as Kinesis counts them: data and partition keys.
   *
   * @remarks counter, bytes, KPL `KinesisRecordsDataPut`
   */
  readonly kinesisBytesAccepted: number;
  /**
   * Kinesis records that were predicted for this shard, and throttled or refused, by the service's code.
   *
   * @remarks counter, Kinesis records, KPL `ErrorsByCode`
   */
  readonly errors: Readonly<Record<string, number>>;
  /**
   * Kinesis records that wait for this shard now.
   *
   * @remarks gauge, Kinesis records
   */
  readonly kinesisRecordsWaiting: number;
  /**
   * Rate of the shard's limiter now, as a share of its ceilings (`shardLimits`), 0 to 1. Throttling lowers it. A pause after
   * a refusal is not part of it: in the first minute of trouble, if records expire, only pauses act, and it is 1. A shard
   * that is throttled shows in `kinesisRecordsThrottled`.
   *
   * @remarks gauge, share
   */
  readonly rateFactor: number;
  /**
   * Kinesis records a second that the shard took in the last ten whole seconds, as a share of its ceiling.
   *
   * @remarks gauge, share
   */
  readonly recordsUtilisation: number;
  /**
   * Bytes a second that the shard took in the last ten whole seconds, as a share of its ceiling.
   *
   * @remarks gauge, share
   */
  readonly bytesUtilisation: number;
  /**
   * As in the stream.
   *
   * @remarks summary, milliseconds, KPL `BufferingTime`
   */
  readonly bufferingMs: Summary;
  /**
   * As in the stream.
   *
   * @remarks summary, retries, KPL `RetriesPerRecord`
   */
  readonly retriesPerRecord: Summary;
  /**
   * Data bytes of each delivered user record.
   *
   * @remarks summary, bytes, KPL `UserRecordsDataPut`
   */
  readonly userRecordBytes: Summary;
  /**
   * Bytes of each Kinesis record that the shard took, as Kinesis counts them.
   *
   * @remarks summary, bytes, KPL `KinesisRecordsDataPut`
   */
  readonly kinesisRecordBytes: Summary;
  /**
   * User records in each Kinesis record that was sent and predicted for this shard; one value for each attempt.
   *
   * @remarks summary, user records, KPL `UserRecordsPerKinesisRecord`
   */
  readonly userRecordsPerKinesisRecord: Summary;
}
