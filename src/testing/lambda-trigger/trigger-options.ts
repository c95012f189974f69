import type { Clock } from "../../core/ports.js";
import type { LocalKinesis } from "../local-kinesis.js";
import type { SimulatedKinesis } from "../simulated-kinesis.js";
import type { LambdaFailureRecord } from "./failure-record.js";
import type { FilterCriteria } from "./filter/filter-criteria.js";
import type { LambdaKinesisEvent } from "./lambda-event.js";
import type { InvocationReport, LambdaHandler } from "./lambda-function.js";

/** Receives the documents about discarded records: a function, which is awaited, or a list. */
export type FailureDestination =
  | LambdaFailureRecord[]
  | ((record: LambdaFailureRecord, event: LambdaKinesisEvent) => unknown);

/**
 * Options of a {@link LambdaTrigger}. Those of the mapping have AWS's names, defaults and bounds. Source: "Lambda
 * parameters for Amazon Kinesis Data Streams event source mappings", Lambda Developer Guide.
 */
export interface LambdaTriggerOptions {
  /** The Kinesis to read from. This or `endpoint`. */
  readonly kinesis?: Pick<LocalKinesis, "endpoint" | "certificate"> | Pick<SimulatedKinesis, "requestHandler">;
  /** The URL of a LocalKinesis in another process: requests have no signature. */
  readonly endpoint?: string;
  /** The certificate that the `endpoint` is trusted by, PEM. */
  readonly certificate?: string;
  readonly streamName: string;
  /** The function. `lambdaEndpoint(url)` is one that runs elsewhere. */
  readonly handler: LambdaHandler;
  /**
   * The name in the context and in ARNs.
   * @defaultValue "local"
   */
  readonly functionName?: string;
  /**
   * The function's own time limit, 1 to 900. An invocation that takes longer fails; a function in this process goes on
   * all the same.
   * @defaultValue 3
   */
  readonly timeoutInSeconds?: number;
  /**
   * Records of a batch at most, 1 to 10,000. A batch has at most 6 MB as well.
   * @defaultValue 100
   */
  readonly batchSize?: number;
  /**
   * How long a batch waits for more records, 0 to 300.
   * @defaultValue 0
   */
  readonly maximumBatchingWindowInSeconds?: number;
  /**
   * Batches of a shard at a time, 1 to 10. Records of one partition key stay in order. Must be 1 with a tumbling window.
   * @defaultValue 1
   */
  readonly parallelizationFactor?: number;
  /**
   * Where to begin in the shards of the start. Shards that come later are read from their beginning.
   * @defaultValue "TRIM_HORIZON"
   */
  readonly startingPosition?: "TRIM_HORIZON" | "LATEST" | "AT_TIMESTAMP";
  /** For `AT_TIMESTAMP`, and only for it. */
  readonly startingPositionTimestamp?: Date;
  /**
   * `["ReportBatchItemFailures"]`: the function's answer may name failed records.
   * @defaultValue []
   */
  readonly functionResponseTypes?: readonly "ReportBatchItemFailures"[];
  /**
   * Splits a batch into halves when the function fails.
   * @defaultValue false
   */
  readonly bisectBatchOnFunctionError?: boolean;
  /**
   * Retries of a batch, up to 10,000; -1 for no limit.
   * @defaultValue -1
   */
  readonly maximumRetryAttempts?: number;
  /**
   * Records that are older are discarded, 60 to 604,800; -1 for the stream's retention period.
   * @defaultValue -1
   */
  readonly maximumRecordAgeInSeconds?: number;
  /** Where discarded records are reported. */
  readonly onFailure?: FailureDestination;
  /**
   * Length of a tumbling window, up to 900; 0 for none.
   * @defaultValue 0
   */
  readonly tumblingWindowInSeconds?: number;
  /** Which records reach the function; all of them by default. */
  readonly filterCriteria?: FilterCriteria;
  /**
   * Delay before the first retry of a batch, in milliseconds; it doubles up to 10 s. AWS does not document its delays.
   * @defaultValue 100
   */
  readonly retryDelayMs?: number;
  /**
   * Pause between two reads of a shard that has no more records, in milliseconds. AWS reads once per second. `idle()`
   * waits for no pause.
   * @defaultValue 250
   */
  readonly pollMs?: number;
  /** Called after each invocation. */
  readonly onInvocation?: (report: InvocationReport) => void;
  /** The source of time: ages, windows, delays. The system's clock by default. */
  readonly clock?: Clock;
}
