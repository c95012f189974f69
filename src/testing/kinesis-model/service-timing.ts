/**
 * How long the changes take that are not complete at once with the service, zero by default, and how long a subscription
 * lasts. Milliseconds.
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
  /** How long after a reshard ListShards and DescribeStream still tell the shards from before it. */
  readonly staleListMs: number;
  /** From RegisterStreamConsumer until the consumer is ACTIVE; until then it is CREATING. */
  readonly registerMs: number;
  /** From SubscribeToShard until the subscription ends; 300,000 by default, as the service has it. */
  readonly subscribeMs: number;
  /** How often a subscription tells that there is nothing new; 5,000 by default. */
  readonly heartbeatMs: number;
}

/** Every change is complete, and told, when the answer comes. */
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

/** Spans in which something is told again and again: without any, it would never stop. */
const ABOVE_ZERO: readonly string[] = ["subscribeMs", "heartbeatMs"];

/**
 * Fills in the defaults.
 *
 * @throws RangeError for a span that is negative or no number, or zero where it cannot be
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
