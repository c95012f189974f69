/** Count, sum, smallest and largest of some values; min and max are 0 when there is none. */
export interface Summary {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** Values since the stream was opened. */
export interface Distribution extends Summary {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly buckets: readonly (readonly [upTo: number, count: number])[];
}

export interface ShardStats {
  readonly userRecordsDelivered: number;
  readonly userRecordsFailed: number;
  readonly userRecordsExpired: number;
  readonly bytesDelivered: number;
  readonly kinesisRecordsAccepted: number;
  readonly kinesisRecordsThrottled: number;
  readonly kinesisRecordsRefused: number;
  readonly kinesisBytesAccepted: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly kinesisRecordsWaiting: number;
  readonly rateFactor: number;
  readonly recordsUtilisation: number;
  readonly bytesUtilisation: number;
  readonly bufferingMs: Summary;
  readonly retriesPerRecord: Summary;
  readonly userRecordBytes: Summary;
  readonly kinesisRecordBytes: Summary;
  readonly userRecordsPerKinesisRecord: Summary;
}

export interface StreamStats {
  readonly routing: "waiting" | "mapped" | "unmapped" | "auto";
  readonly userRecordsAccepted: number;
  readonly userRecordsRefused: number;
  readonly userRecordsDelivered: number;
  readonly userRecordsFailed: number;
  readonly userRecordsExpired: number;
  readonly userRecordsMayBeDuplicate: number;
  readonly bytesDelivered: number;
  readonly requests: number;
  readonly requestsNotSent: number;
  readonly requestsFailed: number;
  readonly kinesisRecordsSent: number;
  readonly kinesisRecordsAccepted: number;
  readonly kinesisRecordsThrottled: number;
  readonly kinesisRecordsRefused: number;
  readonly kinesisBytesSent: number;
  readonly kinesisBytesAccepted: number;
  readonly retries: number;
  readonly wrongShard: number;
  readonly shardMapRefreshes: number;
  readonly requestErrors: Readonly<Record<string, number>>;
  readonly entryErrors: Readonly<Record<string, number>>;
  readonly failures: Readonly<Record<string, number>>;
  readonly bufferedRecords: number;
  readonly bufferedBytes: number;
  readonly waitingPuts: number;
  readonly waitingBytes: number;
  readonly oldestAgeMs: number;
  readonly latencyMs: Distribution;
  readonly bufferingMs: Distribution;
  readonly pacingMs: Distribution;
  readonly requestMs: Distribution;
  readonly retriesPerRecord: Distribution;
  readonly userRecordsPerKinesisRecord: Distribution;
  readonly kinesisRecordsPerRequest: Distribution;
  readonly userRecordsPerRequest: Distribution;
  readonly shards: Readonly<Record<string, ShardStats>>;
}

export interface ProducerStats {
  readonly outstandingRecords: number;
  readonly bufferedRecords: number;
  readonly bufferedBytes: number;
  readonly maxBufferedRecords: number;
  readonly maxBufferedBytes: number;
  readonly requestsInFlight: number;
  readonly transport: string;
  readonly streams: Readonly<Record<string, StreamStats>>;
}
