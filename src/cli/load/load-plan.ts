import type { ProducerOptions } from "../../index.js";
import type { ArrivalPlan } from "./arrivals/arrival-plan.js";
import type { Share } from "./arrivals/arrivals.js";
import type { KeyPlan } from "./keys/key-plan.js";
import type { LatencyCounts } from "./measure/latency.js";
import type { Outcomes, Sample } from "./measure/sampler.js";
import type { Totals } from "./measure/totals.js";
import type { SizePlan } from "./sizes/size-plan.js";

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
    | "compression"
    | "ordering"
    | "lingerMs"
    | "protocol"
    | "shardLimits"
  >;
  readonly sizes: SizePlan;
  readonly keys: KeyPlan;
  readonly how: LoadHow;
  readonly durationMs: number;
  /** The due times of the records of all processes; absent: as many records as the producer takes. */
  readonly arrivals?: ArrivalPlan;
  /** The part of them that this process hands over. */
  readonly share: Share;
  /** Seed of the draws of keys, sizes and random arrivals. */
  readonly seed: number;
}

/** Records sent and settled so far. */
export type LoadCounts = Outcomes;

/** The state of a running load. */
export interface LoadState {
  readonly counts: LoadCounts;
  /** The last interval that has ended. */
  readonly sample?: Sample;
}

/** The result of a load: plain data. The results of several processes can be added. */
export interface LoadReport extends LoadCounts {
  /** Records that were due but never handed over, because there was no room for them. */
  readonly leftOver: number;
  readonly failedByCode: Readonly<Record<string, number>>;
  /** Delivered records that a reader may see twice. */
  readonly mayBeDuplicates: number;
  /** The producer's counters. */
  readonly totals: Totals;
  /** From the first record to the last outcome. */
  readonly elapsedMs: number;
  /** CPU time of the process, from the first record to the last outcome. */
  readonly cpuMs: number;
  readonly latency: LatencyCounts;
  readonly samples: readonly Sample[];
}
