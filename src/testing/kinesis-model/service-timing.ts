/**
 * Durations in milliseconds: of the changes that take time in the service, 0 by default, and of subscriptions.
 */
export interface ServiceTiming {
  /** From CreateStream until the stream is ACTIVE; until then it is CREATING. */
  readonly createMs: number;
  /** From DeleteStream until the stream is gone; until then it is DELETING. */
  readonly deleteMs: number;
  /** From SplitShard, MergeShards or UpdateShardCount until the parents are closed and the children open. */
  readonly reshardMs: number;
  /** From any update until the stream is ACTIVE again; not less than `reshardMs` for a reshard. */
  readonly updateMs: number;
  /** How long after a reshard ListShards and DescribeStream still return the old shards. */
  readonly staleListMs: number;
  /** From RegisterStreamConsumer until the consumer is ACTIVE; until then it is CREATING. */
  readonly registerMs: number;
  /** From SubscribeToShard until the subscription ends; 300,000 by default, as in the service. */
  readonly subscribeMs: number;
  /** How often a subscription without new records sends an empty event; 5,000 by default. */
  readonly heartbeatMs: number;
}

/** By default every change is complete, and visible in listings, when the answer comes. */
const DEFAULTS: ServiceTiming = {
  createMs: 0,
  deleteMs: 0,
  reshardMs: 0,
  updateMs: 0,
  staleListMs: 0,
  registerMs: 0,
  // Source: "SubscribeToShard", API Reference.
  subscribeMs: 300_000,
  heartbeatMs: 5_000,
};

/** Durations that repeat or end something: at 0 they would loop. */
const ABOVE_ZERO: readonly string[] = ["subscribeMs", "heartbeatMs"];

/**
 * Fills in the defaults.
 *
 * @throws RangeError for a duration that is negative, not a number, or 0 where 0 is not allowed
 */
export function resolveTiming(options: Partial<ServiceTiming> = {}): ServiceTiming {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(DEFAULTS, name)) {
      throw new RangeError(`timing has no ${name}: known are ${Object.keys(DEFAULTS).join(", ")}`);
    }
    if (ABOVE_ZERO.includes(name) && !(value > 0)) {
      throw new RangeError(`timing.${name} must be above 0 ms, got ${value}`);
    }
    if (!(value >= 0)) throw new RangeError(`timing.${name} must be 0 ms or more, got ${value}`);
  }
  return { ...DEFAULTS, ...options };
}
