import type { BufferBudget } from "../core/buffer-budget.js";
import type { AggregateLimits, Packing } from "../core/lane/aggregator.js";
import type { RequestLimits } from "../core/lane/collector.js";
import type { ShardLimits } from "../core/pacing/shard-limiter.js";
import type { Clock, Compressor, Diagnostics, Log, Random } from "../core/ports.js";
import type { SettlementLedger } from "../core/settlement-ledger.js";
import type { PacedDirectory } from "./paced-directory.js";
import type { SlotsTaken } from "./sender.js";
import type { SettlementCallbacks } from "./settlement/settlement.js";
import type { Effort, Teller } from "./settlement/teller.js";
import type { KnownLimits } from "./stream/stream-facts.js";

/** The options a stream's pipeline needs, resolved. */
export interface PipelineSettings {
  readonly packing: Packing;
  /** Whether records of one key stay in order. Rule 21. */
  readonly isOrdered: boolean;
  /** Whether records that wait behind a failed record of the same key fail with it. */
  readonly failsKeys: boolean;
  readonly aggregate: AggregateLimits;
  readonly request: RequestLimits;
  /** The least that must be due before a request joins others that are in flight. */
  readonly worthwhile: RequestLimits;
  readonly lingerMs: number;
  readonly recordTtlMs: number;
  readonly shardLimits: ShardLimits;
  readonly maxAttempts: number;
  readonly failIfThrottled: boolean;
  readonly shardMapTimeoutMs: number;
  readonly shardMapMaxAgeMs: number;
  readonly streamSummaryMaxAgeMs: number;
  readonly known: KnownLimits;
}

/** Parts that all streams of a producer share. */
export interface SharedParts {
  readonly settings: PipelineSettings;
  readonly clock: Clock;
  readonly random: Random;
  /** Has the line written when every stage has done its part: a logger is the caller's code. */
  readonly log: Log;
  readonly diagnostics: Diagnostics;
  readonly compressor: Compressor | undefined;
  readonly directory: PacedDirectory;
  readonly budget: BufferBudget;
  readonly ledger: SettlementLedger;
  readonly callbacks: SettlementCallbacks;
  readonly teller: Teller;
  /** Work that may still be done in this turn of the event loop. */
  readonly effort: Effort;
  /** Whether the memory of settled records may be reused: `Transport.readsAtOnce`. */
  readonly mayRecycle: () => boolean;
  /** Why no request may start; undefined while one may. */
  readonly slotsTaken: (now: number) => SlotsTaken | undefined;
  /** Drains at the end of this turn of the event loop. */
  readonly wake: () => void;
  /** Drains at this moment at the latest. */
  readonly wakeAt: (at: number) => void;
}
