import type { Bill } from "../bill/bill.js";
import type { LatencyPoint, LatencyQuantiles } from "./measure/latency.js";

/** The traffic of one shard. */
export interface ShardUse {
  readonly kinesisRecords: number;
  readonly throttled: number;
  /** The part of its limits in use on average; above 1 where no limits are enforced. */
  readonly utilisation: number;
}

/** The result of one mode of a `load` run: plain data. */
export interface LoadSummary {
  readonly mode: string;
  /** Records handed over. */
  readonly sent: number;
  readonly delivered: number;
  readonly failed: number;
  /** By the service's code, or by the producer's code when no request was sent. */
  readonly failedByCode: Readonly<Record<string, number>>;
  /** Records that were due but never handed over. */
  readonly leftOver: number;
  /** Delivered records that a reader may see twice. */
  readonly mayBeDuplicates: number;
  readonly processes: number;
  readonly seconds: number;
  /** Records a second that were due; absent without a rate. */
  readonly wantedPerSecond?: number;
  /** The rate that was reached. With a rate, the time that the last record may take does not count. */
  readonly recordsPerSecond: number;
  /** Data of the delivered records, without keys. */
  readonly bytes: number;
  readonly kinesisRecords: number;
  /** Bytes of the accepted Kinesis records, as Kinesis counts them: data and keys. */
  readonly kinesisBytes: number;
  readonly requests: number;
  /** Kinesis records that a shard refused because of its limits. */
  readonly throttled: number;
  /** Kinesis records that were sent again. */
  readonly retries: number;
  /** From the due time of a record to its delivery. */
  readonly latencyMs: LatencyQuantiles;
  /** Its distribution. */
  readonly latencyCurve: readonly LatencyPoint[];
  readonly shards: Readonly<Record<string, ShardUse>>;
  /** A month of this traffic. */
  readonly bill: Bill;
  /** CPU time of all producing processes, per delivered record. */
  readonly cpuUsPerRecord: number;
  /** The local Kinesis that was started for the run. */
  readonly local?: { readonly kinesisRecords: number; readonly cpuUsPerRecord: number };
  readonly failedEvents?: readonly string[];
  readonly interrupted?: true;
}
