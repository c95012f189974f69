import type { StreamConsumer } from "../kinesis-model/consumer-registry.js";
import { ServiceError } from "../kinesis-model/service-error.js";
import type { Shard } from "../kinesis-model/shard.js";
import type { StreamModel } from "../kinesis-model/stream-model.js";
import type { CountedEntry, EntryRefusal } from "../operations/operation.js";
import type { OperationName } from "../operations/operations.js";
import { type LimitOptions, type ResolvedLimits, resolveLimits } from "./limit-options.js";
import { BucketMeter, type RateMeter, WindowMeter } from "./rate-meter.js";

interface WriteMeters {
  readonly records: RateMeter;
  readonly bytes: RateMeter;
}

interface ReadMeters {
  readonly calls: { readonly GetRecords: RateMeter; readonly GetShardIterator: RateMeter };
  readonly bytes: RateMeter;
  /** No reads before this moment: a large answer uses the limit of the following seconds. */
  blockedUntil: number;
  /** Subscriptions to the shard, by consumer. */
  readonly subscriptions: Map<StreamConsumer, RateMeter>;
}

/** Calls a second of one consumer for one shard. Source: "SubscribeToShard", API Reference. */
const SUBSCRIPTIONS_PER_SECOND = 1;

/** The limits of the service, for each shard and for the account, by the time that calls bring in. */
export class ServiceLimits {
  readonly #limits: ResolvedLimits;
  readonly #writes = new WeakMap<Shard, WriteMeters>();
  readonly #reads = new WeakMap<Shard, ReadMeters>();
  readonly #calls = new Map<string, RateMeter>();

  /** @throws RangeError for an option out of range */
  constructor(options: boolean | LimitOptions) {
    this.#limits = resolveLimits(options);
  }

  /** @throws ServiceError when the operation was called too often, for the account or the stream */
  beforeCall(operation: OperationName, streamName: string | undefined, accountId: string, now: number): void {
    const rate = this.#limits.calls[operation];
    if (rate === undefined || rate === Number.POSITIVE_INFINITY) return;
    const isOfStream = operation === "ListShards" && streamName !== undefined;
    const key = isOfStream ? `${operation} ${streamName}` : operation;
    const meter = this.#calls.get(key) ?? new BucketMeter(rate);
    this.#calls.set(key, meter);
    if (!meter.has(1, now)) {
      const what = isOfStream ? `stream ${streamName} under account ${accountId}` : `account ${accountId}`;
      throw new ServiceError("LimitExceededException", `Rate exceeded for ${what}.`);
    }
    meter.take(1, now);
  }

  /** Takes the record's share of both limits of its shard, or of neither, and returns the refusal then. */
  admit({ stream, shard, countedBytes }: CountedEntry, now: number): EntryRefusal | undefined {
    const meters = this.#writeMeters(shard);
    if (meters === undefined) return undefined;
    if (!meters.records.has(1, now) || !meters.bytes.has(countedBytes, now)) return rateExceeded(stream, shard);
    meters.records.take(1, now);
    meters.bytes.take(countedBytes, now);
    return undefined;
  }

  /** @throws ServiceError when the shard may not be read yet */
  beforeRead(kind: "GetRecords" | "GetShardIterator", stream: StreamModel, shard: Shard, now: number): void {
    const meters = this.#readMeters(shard);
    if (meters === undefined) return;
    const calls = meters.calls[kind];
    const isBlocked = kind === "GetRecords" && (now < meters.blockedUntil || !meters.bytes.has(1, now));
    if (isBlocked || !calls.has(1, now)) {
      const { code, message } = rateExceeded(stream, shard);
      throw new ServiceError(code, message);
    }
    calls.take(1, now);
  }

  /**
   * An answer above the bytes of one second blocks reads until the rate has made up for it: 10 MB block five seconds.
   */
  afterRead(shard: Shard, bytes: number, now: number): void {
    const meters = this.#readMeters(shard);
    const rate = this.#limits.read?.bytesPerSecond;
    if (meters === undefined || rate === undefined) return;
    meters.bytes.take(bytes, now);
    if (bytes > rate) meters.blockedUntil = now + (bytes / rate) * 1000;
  }

  /**
   * @returns bytes a second for this subscriber alone
   * @throws ServiceError when it subscribed to the shard too often
   */
  beforeSubscribe(consumer: StreamConsumer, shard: Shard, now: number): number {
    const meters = this.#readMeters(shard);
    if (meters === undefined) return Number.POSITIVE_INFINITY;
    const meter = meters.subscriptions.get(consumer) ?? new BucketMeter(SUBSCRIPTIONS_PER_SECOND);
    meters.subscriptions.set(consumer, meter);
    if (!meter.has(1, now)) {
      throw new ServiceError(
        "LimitExceededException",
        `Rate exceeded for consumer ${consumer.arn} and ${shard.shardId}.`,
      );
    }
    meter.take(1, now);
    return this.#limits.read?.bytesPerSecond ?? Number.POSITIVE_INFINITY;
  }

  #writeMeters(shard: Shard): WriteMeters | undefined {
    const { write } = this.#limits;
    if (write === undefined) return undefined;
    let meters = this.#writes.get(shard);
    if (meters === undefined) {
      meters =
        write.model === "window"
          ? { records: new WindowMeter(write.recordsPerSecond), bytes: new WindowMeter(write.bytesPerSecond) }
          : {
              records: new BucketMeter(write.recordsPerSecond),
              bytes: new BucketMeter(write.bytesPerSecond, write.burstBytes),
            };
      this.#writes.set(shard, meters);
    }
    return meters;
  }

  #readMeters(shard: Shard): ReadMeters | undefined {
    const { read } = this.#limits;
    if (read === undefined) return undefined;
    let meters = this.#reads.get(shard);
    if (meters === undefined) {
      const calls = {
        GetRecords: new BucketMeter(read.callsPerSecond),
        GetShardIterator: new BucketMeter(read.callsPerSecond),
      };
      meters = { calls, bytes: new BucketMeter(read.bytesPerSecond), blockedUntil: 0, subscriptions: new Map() };
      this.#reads.set(shard, meters);
    }
    return meters;
  }
}

/** The service's exact text for a shard over its limit. Source: mhart/kinesalite#87, which quotes it. */
export function rateExceeded(stream: StreamModel, shard: Shard): EntryRefusal {
  const { name, accountId } = stream.identity;
  return {
    code: "ProvisionedThroughputExceededException",
    message: `Rate exceeded for shard ${shard.shardId} in stream ${name} under account ${accountId}.`,
    isStored: false,
  };
}
