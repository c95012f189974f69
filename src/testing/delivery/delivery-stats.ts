/** Figures of a delivery stream since its start: `recordsRead` is the sum of the four fates and of `recordsHeld`. */
export interface DeliveryStats {
  /** Kinesis records that were read; an aggregate is one. */
  readonly kinesisRecordsRead: number;
  /** User records that were read. */
  readonly recordsRead: number;
  /** Bytes of data in them. */
  readonly bytesRead: number;
  /** User records in files that the destination took. */
  readonly recordsWritten: number;
  /** User records that the transform dropped. */
  readonly recordsDropped: number;
  /** User records in error files that the destination took. */
  readonly recordsFailed: number;
  /** User records that wait for the transform, for their file, or for the destination. */
  readonly recordsHeld: number;
  /** Bytes of data in them, as they were in the stream. */
  readonly bytesHeld: number;
  /** Files that the destination took, without error files. */
  readonly filesWritten: number;
  readonly errorFilesWritten: number;
  /** Bytes of all files that the destination took, after compression. */
  readonly bytesWritten: number;
  /** Puts that failed; each is tried again. */
  readonly putsFailed: number;
  /** Invocations of the transform, retries included. */
  readonly invocations: number;
  /** Invocations that failed. */
  readonly invocationsFailed: number;
  /** Passes over the shards that failed. */
  readonly readsFailed: number;
  /** Partitions that have data now. Without dynamic partitioning at most one. */
  readonly activePartitions: number;
}

/** Zeros for what only grows. */
export function newCounters(): { -readonly [Name in GrowingFigure]: number } {
  return {
    kinesisRecordsRead: 0,
    recordsRead: 0,
    bytesRead: 0,
    recordsWritten: 0,
    recordsDropped: 0,
    recordsFailed: 0,
    filesWritten: 0,
    errorFilesWritten: 0,
    bytesWritten: 0,
    putsFailed: 0,
    invocationsFailed: 0,
    readsFailed: 0,
  };
}

type GrowingFigure = Exclude<keyof DeliveryStats, "recordsHeld" | "bytesHeld" | "invocations" | "activePartitions">;
