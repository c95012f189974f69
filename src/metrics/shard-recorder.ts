import { addCount } from "./count-by-code.js";
import { RunningSummary } from "./running-summary.js";
import { ShardLoad } from "./shard-load.js";

/** Counts the events of one shard. */
export class ShardRecorder {
  userRecordsFailed = 0;
  userRecordsExpired = 0;
  kinesisRecordsThrottled = 0;
  kinesisRecordsRefused = 0;
  /** Data bytes of the delivered user records. */
  readonly userRecordBytes: RunningSummary = new RunningSummary();
  /** Bytes of the accepted Kinesis records. */
  readonly kinesisRecordBytes: RunningSummary = new RunningSummary();
  readonly bufferingMs: RunningSummary = new RunningSummary();
  readonly retriesPerRecord: RunningSummary = new RunningSummary();
  readonly userRecordsPerKinesisRecord: RunningSummary = new RunningSummary();
  readonly load: ShardLoad = new ShardLoad();
  /** Refused Kinesis records, by code; undefined while there is none. */
  #errors: Map<string, number> | undefined;

  get errors(): ReadonlyMap<string, number> {
    return this.#errors ?? new Map();
  }

  /** The shard refused a Kinesis record. */
  onRefused(code: string, isThrottled: boolean): void {
    if (isThrottled) this.kinesisRecordsThrottled++;
    else this.kinesisRecordsRefused++;
    this.#errors ??= new Map();
    addCount(this.#errors, code, 1);
  }

  /** Adds the counts of another shard, without its codes and its load. */
  add(other: ShardRecorder): void {
    this.userRecordsFailed += other.userRecordsFailed;
    this.userRecordsExpired += other.userRecordsExpired;
    this.kinesisRecordsThrottled += other.kinesisRecordsThrottled;
    this.kinesisRecordsRefused += other.kinesisRecordsRefused;
    this.userRecordBytes.add(other.userRecordBytes);
    this.kinesisRecordBytes.add(other.kinesisRecordBytes);
    this.bufferingMs.add(other.bufferingMs);
    this.retriesPerRecord.add(other.retriesPerRecord);
    this.userRecordsPerKinesisRecord.add(other.userRecordsPerKinesisRecord);
  }
}
