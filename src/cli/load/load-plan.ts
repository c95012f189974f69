import type { ProducerOptions } from "../../index.js";
import type { HistogramCounts } from "../../metrics/histogram.js";

/** The partition keys of the records: `count` different keys, the k-th 1/k^exponent times as frequent as the first. */
export interface KeyPlan {
  readonly count: number;
  /** 0: all equally frequent. */
  readonly exponent: number;
}

/** The producer's method: put() has a promise for each record, enqueue() has none. */
export type LoadHow = "put" | "enqueue";

/** The plan for one process: plain data, which is sent to it. */
export interface LoadPlan {
  readonly producer: Pick<
    ProducerOptions,
    | "streamName"
    | "streamArn"
    | "region"
    | "endpoint"
    | "credentials"
    | "aggregation"
    | "lingerMs"
    | "protocol"
    | "shardLimits"
  >;
  /** Bytes of the data of each record. */
  readonly size: number;
  readonly keys: KeyPlan;
  readonly how: LoadHow;
  readonly durationMs: number;
  /** Records a second; absent: as many as the producer takes. */
  readonly perSecond?: number;
  /** Seed of the draws of keys. */
  readonly seed: number;
}

/** Records sent and settled so far. */
export interface LoadCounts {
  readonly sent: number;
  readonly delivered: number;
  readonly failed: number;
}

/** The result of a load: plain data. The results of several processes can be added. */
export interface LoadReport extends LoadCounts {
  /** Records that were due but never handed over, because there was no room for them. */
  readonly leftOver: number;
  readonly failedByCode: Readonly<Record<string, number>>;
  /** Delivered records that a reader may see twice. */
  readonly mayBeDuplicates: number;
  /** Data of the delivered records. */
  readonly bytes: number;
  readonly kinesisRecords: number;
  readonly requests: number;
  /** From the first record to the last outcome. */
  readonly elapsedMs: number;
  /** CPU time of the process, from the first record to the last outcome. */
  readonly cpuMs: number;
  readonly latency: HistogramCounts;
}
