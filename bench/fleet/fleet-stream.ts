import { SHARD_BYTES_PER_SECOND, SHARD_RECORDS_PER_SECOND } from "../../src/quotas.js";
import type { WriteModel } from "../../src/testing/limits/limit-options.js";
import { BucketMeter, type RateMeter, WindowMeter } from "../../src/testing/limits/rate-meter.js";

/** The capacity of the model `"burst"`: 10 MiB. */
const BURST_BYTES = 10 * 1024 * 1024;

interface ShardMeters {
  readonly records: RateMeter;
  readonly bytes: RateMeter;
}

/** The shards of a stream, each an equal part of the hash keys, with the write limits of the service. */
export class FleetStream {
  readonly #model: WriteModel;
  #shards: ShardMeters[];
  /** Number of reshards so far. */
  version = 0;

  constructor(model: WriteModel, shards: number) {
    this.#model = model;
    this.#shards = Array.from({ length: shards }, () => newMeters(model));
  }

  get shardCount(): number {
    return this.#shards.length;
  }

  /** Splits every shard in two. */
  splitAll(): void {
    this.#shards = Array.from({ length: this.#shards.length * 2 }, () => newMeters(this.#model));
    this.version++;
  }

  /**
   * Whether a Kinesis record is accepted.
   *
   * @param place - of its hash key among all: from 0 to 1
   */
  admit(place: number, bytes: number, now: number): boolean {
    const meters = this.#shards[Math.floor(place * this.#shards.length)] as ShardMeters;
    if (!meters.records.has(1, now) || !meters.bytes.has(bytes, now)) return false;
    meters.records.take(1, now);
    meters.bytes.take(bytes, now);
    return true;
  }
}

function newMeters(model: WriteModel): ShardMeters {
  if (model === "window") {
    return { records: new WindowMeter(SHARD_RECORDS_PER_SECOND), bytes: new WindowMeter(SHARD_BYTES_PER_SECOND) };
  }
  const burst = model === "burst" ? BURST_BYTES : SHARD_BYTES_PER_SECOND;
  return {
    records: new BucketMeter(SHARD_RECORDS_PER_SECOND),
    bytes: new BucketMeter(SHARD_BYTES_PER_SECOND, burst),
  };
}
