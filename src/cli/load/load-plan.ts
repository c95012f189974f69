import type { ProducerOptions } from "../../index.js";
import type { LatencyCounts } from "../../metrics/latency-histogram.js";

/** Steps of the histogram of a load: its latency is the figure that it is run for. */
export const LATENCY_STEPS = 64;

/** Which keys the records have: as many different ones, all alike, or the k-th of them 1/k^exponent times as often. */
export interface KeyPlan {
  readonly count: number;
  /** 0: all alike. */
  readonly exponent: number;
}

/** How records are handed over: with a promise for each, or without. */
export type LoadHow = "put" | "enqueue";

/** What one process has to do: plain data, to be sent to it. */
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
  /** Records a second; as many as the producer takes when absent. */
  readonly perSecond?: number;
  /** Of the draws of keys. */
  readonly seed: number;
}

/** How far a load is. */
export interface LoadCounts {
  readonly sent: number;
  readonly delivered: number;
  readonly failed: number;
}

/** What a load did: plain data; those of several processes add up. */
export interface LoadReport extends LoadCounts {
  /** Records whose time had come, and that were never handed over: there was no room for them. */
  readonly leftOver: number;
  readonly failedByCode: Readonly<Record<string, number>>;
  /** Delivered records that a reader may see twice. */
  readonly mayBeDuplicates: number;
  /** Keys and data of the delivered records. */
  readonly bytes: number;
  readonly kinesisRecords: number;
  readonly requests: number;
  /** From the first record to the last outcome. */
  readonly elapsedMs: number;
  /** Of the process, from the first record to the last outcome. */
  readonly cpuMs: number;
  readonly latency: LatencyCounts;
}
