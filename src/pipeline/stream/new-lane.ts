import type { StreamBudget } from "../../core/buffer-budget.js";
import { type AggregateLimits, newAggregator, type Packing } from "../../core/lane/aggregator.js";
import { Lane, type Pressed } from "../../core/lane/lane.js";
import { Press } from "../../core/lane/press.js";
import { Pause, RETRY_BACKOFF } from "../../core/pacing/retry-policy.js";
import { ShardLimiter, type ShardLimits } from "../../core/pacing/shard-limiter.js";
import type { Compressor, Random } from "../../core/ports.js";
import type { OpenShard } from "../../core/shards/shard-map.js";

/** The parts that all lanes of a stream have in common. */
export interface LaneSettings {
  readonly lingerMs: number;
  readonly recordTtlMs: number;
  readonly isOrdered: boolean;
  readonly random: Random;
  /** The stream's part of the buffer; each lane has its share of it. */
  readonly streamBudget: StreamBudget;
  /** Compresses aggregates, if the caller wants that. */
  readonly compressor: Compressor | undefined;
}

/** The facts about one lane. */
export interface NewLane {
  /** Absent on the lanes of records without one. */
  readonly shard: OpenShard | undefined;
  readonly packing: Packing;
  readonly limits: ShardLimits;
  readonly aggregateLimits: AggregateLimits;
  /** The codec has answered: the lane may be due. */
  readonly onPressed: (lane: Lane, result: Pressed | undefined) => void;
}

/** Makes a lane. */
export function newLane(settings: LaneSettings, parts: NewLane, now: number): Lane {
  const { compressor, random, streamBudget, isOrdered } = settings;
  const { shard, packing, limits, aggregateLimits, onPressed } = parts;
  const press = compressor === undefined ? undefined : new Press(compressor, aggregateLimits);
  return new Lane({
    ...(shard === undefined ? {} : { shard }),
    aggregator: newAggregator(packing, press ?? aggregateLimits),
    press,
    onPressed,
    limiter: new ShardLimiter(limits, now, settings),
    pause: new Pause(RETRY_BACKOFF, random),
    budget: streamBudget.openShard(shard?.shardId),
    isOrdered,
  });
}

/** Bounds of an open aggregate of a lane. */
export function limitsOf({ press }: Lane, aggregateLimits: AggregateLimits): AggregateLimits {
  if (press === undefined) return aggregateLimits;
  press.bounds = aggregateLimits;
  return press;
}
