import type { LogEntry, RequestFailure } from "../../core/ports.js";
import type { MapUpdate } from "../../core/shards/stream-shards.js";
import type { FailureReason } from "../settlement/settlement-parts.js";

/**
 * How records find their lane.
 *
 * - `waiting`: nothing is known yet; all records wait
 * - `mapped`: by the shard map
 * - `unmapped`: no map can be obtained; one lane, packed so that shard boundaries do not matter
 * - `auto`: the service chooses the shard and ignores keys; one lane, records are not aggregated
 */
export type RoutingMode = "waiting" | "mapped" | "unmapped" | "auto";

/** When a call of the stream that waits for its turn will start; -Infinity if no call waits. */
export interface CallTurns {
  readonly listingAt: number;
  readonly summaryAt: number;
}

/** A change of the facts about the stream, by an answer or by time: a plain value, which the stream applies. */
export interface FactsChange {
  /** The question is to be asked again, after a backoff. */
  readonly again?: boolean;
  /** A refresh is to start from now on. */
  readonly isStale?: true;
  /** The service says that the stream does not exist, and it never answered before. */
  readonly noStream?: FailureReason;
  /** No request can be made: the SDK's configuration cannot be used. */
  readonly unusable?: FailureReason;
  /** ListShards has answered, or failed: decisions that waited for it can be made. */
  readonly isListing?: true;
  /** The change of the map. `believed`: the old map is kept, and the evidence against it is dropped. */
  readonly map?: MapUpdate | "believed";
  /** DescribeStreamSummary has answered with the record distribution. */
  readonly isSummary?: true;
  /** The bounds of an aggregate have changed. */
  readonly limits?: true;
  /** How records find their lanes from now on; may be the same as before. */
  readonly mode?: RoutingMode;
  /** The wait for a decision has ended; `trouble` is why the stream cannot be reached, or does not exist. */
  readonly decided?: { readonly trouble: RequestFailure | undefined };
  /** Lines for the log. */
  readonly warnings?: readonly LogEntry[];
  /** There is no map, because too many streams wait for theirs. */
  readonly isCrowded?: true;
}
