/** How long the changes take that are not complete at once with the service. Milliseconds; zero everywhere by default. */
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
}

/** Everything is complete, and told, when the answer comes. */
const IMMEDIATE: ServiceTiming = { createMs: 0, deleteMs: 0, reshardMs: 0, updateMs: 0, staleListMs: 0 };

/**
 * Fills in the defaults.
 *
 * @throws RangeError for a span that is negative or no number
 */
export function resolveTiming(options: Partial<ServiceTiming> = {}): ServiceTiming {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(IMMEDIATE, name)) {
      throw new RangeError(`timing has no ${name}: known are ${Object.keys(IMMEDIATE).join(", ")}`);
    }
    if (!(value >= 0)) throw new RangeError(`timing.${name} must be 0 ms or more, got ${value}`);
  }
  return { ...IMMEDIATE, ...options };
}
