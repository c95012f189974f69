import type { KinesisClient } from "@aws-sdk/client-kinesis";
import type { DeaggregatedRecord, DeaggregateOptions } from "../deaggregate/index.js";
import { checkOptionsObject, InvalidOptionError } from "../errors.js";
import { show } from "../wording/shown-value.js";
import { wholeNumberProblem } from "../wording/whole-number.js";
import type { StartingPosition } from "./starting-position.js";

/** A user record, with the shard it was read from. */
export type StreamRecord = DeaggregatedRecord & {
  readonly shardId: string;
  readonly streamName: string;
};

/** Options of {@link readStream}. */
export interface ReadStreamOptions extends Omit<DeaggregateOptions, "shardRange"> {
  /** A client of the caller, which destroys it after the reading. */
  readonly client: KinesisClient;
  /** The stream by its name; give this or `streamArn`. */
  readonly streamName?: string | undefined;
  /** The stream by its ARN. Necessary for a stream of another account. */
  readonly streamArn?: string | undefined;
  /**
   * Where to begin.
   * @defaultValue "TRIM_HORIZON"
   */
  readonly from?: StartingPosition | undefined;
  /**
   * Reads only these shards, neither their parents nor their children. All shards by default. The iteration ends when
   * all of them are closed and read to their end.
   */
  readonly shardIds?: readonly string[] | undefined;
  /** Ends the iteration without an error when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether to end after all records that were in the stream at the start. Otherwise the iteration waits for more.
   * @defaultValue false
   */
  readonly untilEnd?: boolean | undefined;
  /**
   * Whether aggregates are unpacked. `false` returns every Kinesis record unchanged.
   * @defaultValue true
   */
  readonly deaggregate?: boolean | undefined;
  /**
   * How often a shard with no new records is read, in milliseconds, at least 200. Varied by a quarter, so that shards
   * are not polled at the same time.
   * @defaultValue 1000
   */
  readonly pollMs?: number | undefined;
  /**
   * Answers of GetRecords, up to 10 MiB each, that are read ahead of the iteration. Also the limit of calls in flight.
   * @defaultValue 8
   */
  readonly readAhead?: number | undefined;
  /**
   * Limit of Kinesis records in one answer, 1 to 10,000.
   * @defaultValue 10000
   */
  readonly maxRecordsPerCall?: number | undefined;
  /**
   * Attempts of a call that fails with temporary errors; after the last one the error ends the iteration. Throttled
   * attempts do not count: they are retried without limit.
   * @defaultValue 10
   */
  readonly maxAttempts?: number | undefined;
  /**
   * Time limit of a call in milliseconds, including the client's retries; then the call is retried. The client has no
   * limit by default. On a slow connection an answer of 10 MiB needs a larger limit, or a smaller `maxRecordsPerCall`.
   * @defaultValue 30000
   */
  readonly requestTimeoutMs?: number | undefined;
}

type Defaulted =
  | "from"
  | "untilEnd"
  | "deaggregate"
  | "pollMs"
  | "readAhead"
  | "maxRecordsPerCall"
  | "maxAttempts"
  | "requestTimeoutMs";

/** The options, checked and complete. */
export interface ResolvedReadOptions
  extends Pick<ReadStreamOptions, "client" | "signal" | "shardIds">,
    Omit<DeaggregateOptions, "shardRange">,
    Readonly<{ [Name in Defaulted]: NonNullable<ReadStreamOptions[Name]> }> {
  readonly stream: { readonly StreamName: string } | { readonly StreamARN: string };
  readonly streamName: string;
}

/** @throws InvalidOptionError for a bad option */
export function resolveReadOptions(options: ReadStreamOptions): ResolvedReadOptions {
  checkOptionsObject(options, "readStream");
  const { from = "TRIM_HORIZON", untilEnd = false, deaggregate = true } = options;
  checkFrom(from);
  const { shardIds, signal, verifyChecksum, maxDecompressedBytes, codecs, onDropped } = options;
  if (shardIds?.length === 0)
    throw new InvalidOptionError("shardIds", "shardIds must name a shard, got an empty array");
  return {
    client: options.client,
    ...resolveStream(options),
    from,
    untilEnd,
    deaggregate,
    pollMs: within("pollMs", options.pollMs ?? 1000, 200, 3_600_000),
    readAhead: within("readAhead", options.readAhead ?? 8, 1, 1000),
    maxRecordsPerCall: within("maxRecordsPerCall", options.maxRecordsPerCall ?? 10_000, 1, 10_000),
    maxAttempts: within("maxAttempts", options.maxAttempts ?? 10, 1, Number.MAX_SAFE_INTEGER),
    requestTimeoutMs: within("requestTimeoutMs", options.requestTimeoutMs ?? 30_000, 100, 600_000),
    shardIds,
    signal,
    verifyChecksum,
    maxDecompressedBytes,
    codecs,
    onDropped,
  };
}

function resolveStream({
  streamName,
  streamArn,
}: ReadStreamOptions): Pick<ResolvedReadOptions, "stream" | "streamName"> {
  if ((streamName === undefined) === (streamArn === undefined)) {
    throw new InvalidOptionError("streamName", "exactly one of streamName and streamArn must be given");
  }
  if (streamArn === undefined) {
    if (!streamName) throw new InvalidOptionError("streamName", "streamName must not be empty");
    return { stream: { StreamName: streamName }, streamName };
  }
  const [, nameInArn] = /^arn:[^:]+:kinesis:[^:]*:[^:]*:stream\/(.+)$/.exec(streamArn) ?? [];
  if (nameInArn === undefined) {
    throw new InvalidOptionError("streamArn", `streamArn must be the ARN of a stream, got ${show(streamArn)}`);
  }
  return { stream: { StreamARN: streamArn }, streamName: nameInArn };
}

function checkFrom(from: StartingPosition): void {
  if (from === "TRIM_HORIZON" || from === "LATEST") return;
  if (typeof from === "object" && from !== null) {
    if ("timestamp" in from && !Number.isNaN(new Date(from.timestamp).getTime())) return;
    if ("after" in from && typeof from.after === "object" && from.after !== null) return;
  }
  throw new InvalidOptionError(
    "from",
    `from must be "TRIM_HORIZON", "LATEST", { timestamp } or { after }, got ${show(from)}`,
  );
}

function within(option: string, value: number, min: number, max: number): number {
  const problem = wholeNumberProblem(option, value, min, max);
  if (problem !== undefined) throw new InvalidOptionError(option, problem);
  return value;
}
