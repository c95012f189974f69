/** The settings of a stream that have their own operations, and no option at its creation. */
export interface StreamFeatures {
  /** The key that the stream is encrypted with; undefined when it is not encrypted. Nothing is encrypted here. */
  readonly keyId: string | undefined;
  /** The metrics of enhanced monitoring, in the service's order. */
  readonly shardLevelMetrics: readonly string[];
  /** MiB a second; undefined when nothing set it. */
  readonly warmThroughputMiBps: number | undefined;
}

/** The features of a new stream. */
export const NO_FEATURES: StreamFeatures = {
  keyId: undefined,
  shardLevelMetrics: [],
  warmThroughputMiBps: undefined,
};
