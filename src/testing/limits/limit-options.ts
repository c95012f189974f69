import { SHARD_BYTES_PER_SECOND, SHARD_RECORDS_PER_SECOND } from "../../quotas.js";
import { isOperationName, type OperationName } from "../operations/operations.js";

/**
 * How a shard counts writes:
 *
 * - `"bucket"`: a bucket of one second, refilled all the time
 * - `"window"`: fixed windows of one second
 * - `"burst"`: a store of 10 MiB, refilled with 1 MiB a second, and a bucket of one second for the records
 */
export type WriteModel = "bucket" | "window" | "burst";

/** Write limits of each shard. Partition keys count as bytes. */
export interface WriteLimitOptions {
  /** `"bucket"` by default. */
  readonly model?: WriteModel;
  /** 1,000 by default. */
  readonly recordsPerSecond?: number;
  /** 1 MiB by default. */
  readonly bytesPerSecond?: number;
  /** Bytes that a rested shard takes at once: those of one second, or 10 MiB in the model `"burst"`. */
  readonly burstBytes?: number;
}

/** Read limits of each shard. */
export interface ReadLimitOptions {
  /** GetRecords and GetShardIterator, each; 5 by default. */
  readonly callsPerSecond?: number;
  /** 2 MiB by default. */
  readonly bytesPerSecond?: number;
}

/** Calls a second, by operation: of ListShards for each stream, of the others for the account. `Infinity` is no limit. */
export type CallLimitOptions = Partial<Readonly<Record<OperationName, number>>>;

/** Which limits apply: all that are not `false`, by default with the service's numbers. */
export interface LimitOptions {
  readonly write?: boolean | WriteLimitOptions;
  readonly read?: boolean | ReadLimitOptions;
  readonly calls?: boolean | CallLimitOptions;
}

/** Every active limit with its numbers. */
export interface ResolvedLimits {
  readonly write: Required<WriteLimitOptions> | undefined;
  readonly read: Required<ReadLimitOptions> | undefined;
  readonly calls: CallLimitOptions;
}

/** Source: "Quotas and limits", Developer Guide; read on 2026-11-21. */
const SERVICE_CALLS: CallLimitOptions = {
  AddTagsToStream: 5,
  CreateChannel: 5,
  CreateStream: 5,
  DecreaseStreamRetentionPeriod: 5,
  DeleteChannel: 5,
  DeleteStream: 5,
  DeregisterStreamConsumer: 5,
  DescribeAccountSettings: 5,
  DescribeChannel: 5,
  DescribeLimits: 1,
  DescribeStream: 10,
  DescribeStreamConsumer: 20,
  DescribeStreamSummary: 20,
  IncreaseStreamRetentionPeriod: 5,
  ListChannels: 5,
  ListShards: 1000,
  ListStreamConsumers: 5,
  ListStreams: 5,
  ListTagsForStream: 5,
  MergeShards: 5,
  RegisterStreamConsumer: 5,
  RemoveTagsFromStream: 5,
  SplitShard: 5,
  UpdateAccountSettings: 5,
  UpdateChannel: 5,
  UpdateMaxRecordSize: 5,
  UpdateShardCount: 10,
  UpdateStreamMode: 5,
  UpdateStreamRecordDistributionStrategy: 5,
  UpdateStreamWarmThroughput: 5,
};

/** Bytes that a shard may save up for large records. Source: "Large records", Developer Guide. */
const BURST_BYTES: number = 10 * 1024 * 1024;

/** Source: "GetRecords", API Reference. */
const READ_BYTES_PER_SECOND: number = 2 * 1024 * 1024;

/** Source: "Quotas and limits", Developer Guide. */
const READ_CALLS_PER_SECOND = 5;

/**
 * Fills in the service's numbers.
 *
 * @throws RangeError for a value that is not a number above 0, an unknown model or an unknown operation
 */
export function resolveLimits(options: boolean | LimitOptions): ResolvedLimits {
  if (options === false) return { write: undefined, read: undefined, calls: {} };
  const { write = true, read = true, calls = true, ...unknown } = options === true ? {} : options;
  for (const name of Object.keys(unknown)) throw new RangeError(`limits has no ${name}: known are write, read, calls`);
  return {
    write: write === false ? undefined : resolveWrite(write === true ? {} : write),
    read: read === false ? undefined : resolveRead(read === true ? {} : read),
    calls: calls === false ? {} : resolveCalls(calls === true ? {} : calls),
  };
}

function resolveWrite(options: WriteLimitOptions): Required<WriteLimitOptions> {
  const { model = "bucket", bytesPerSecond = SHARD_BYTES_PER_SECOND } = options;
  const { recordsPerSecond = SHARD_RECORDS_PER_SECOND } = options;
  const { burstBytes = model === "burst" ? BURST_BYTES : bytesPerSecond } = options;
  if (!["bucket", "window", "burst"].includes(model)) {
    throw new RangeError(`limits.write.model must be bucket, window or burst, got ${model}`);
  }
  checkRate("limits.write.recordsPerSecond", recordsPerSecond);
  checkRate("limits.write.bytesPerSecond", bytesPerSecond);
  checkRate("limits.write.burstBytes", burstBytes);
  return { model, recordsPerSecond, bytesPerSecond, burstBytes };
}

function resolveRead(options: ReadLimitOptions): Required<ReadLimitOptions> {
  const { callsPerSecond = READ_CALLS_PER_SECOND, bytesPerSecond = READ_BYTES_PER_SECOND } = options;
  checkRate("limits.read.callsPerSecond", callsPerSecond);
  checkRate("limits.read.bytesPerSecond", bytesPerSecond);
  return { callsPerSecond, bytesPerSecond };
}

function resolveCalls(options: CallLimitOptions): CallLimitOptions {
  for (const [name, rate] of Object.entries(options)) {
    if (!isOperationName(name)) throw new RangeError(`limits.calls has no operation ${name}`);
    checkRate(`limits.calls.${name}`, rate);
  }
  return { ...SERVICE_CALLS, ...options };
}

function checkRate(name: string, rate: number): void {
  if (!(rate > 0)) throw new RangeError(`${name} must be above 0, got ${rate}`);
}
