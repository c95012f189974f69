import fc from "fast-check";

import type { EntryRefused } from "../../src/core/ports.js";
import type { CodecCall } from "./virtual-codec.js";
import { type RecreateStep, recreateStep } from "./virtual-creations.js";
import type { Fate } from "./virtual-kinesis.js";
import type { Aftermath } from "./virtual-records.js";

/**
 * How a record is handed over. `abortable`: with a signal. `pressing`: enqueued, and again after each `ready()` until
 * it is taken.
 */
export type Way = "put" | "abortable" | "tryPut" | "enqueue" | "pressing";

/** An action from within a callback. */
export type Reaction = "enqueue" | "put" | "tryPut" | "flush" | "ready" | "abort" | "close" | "closeNow";

/** One event of a schedule. Numbers that choose among things are taken modulo their count. */
export type Step =
  | {
      readonly do: "put";
      readonly way: Way;
      readonly key: number;
      readonly bytes: number;
      readonly times: number;
      readonly stream: number;
    }
  | { readonly do: "advance"; readonly ms: number }
  | { readonly do: "answer"; readonly which: number; readonly fate: Fate }
  | { readonly do: "store"; readonly which: number; readonly fate: Fate }
  | { readonly do: "list"; readonly which: number; readonly lag: number }
  | { readonly do: "failListing"; readonly which: number; readonly code: string }
  | { readonly do: "split"; readonly which: number; readonly key: number }
  | { readonly do: "merge"; readonly which: number }
  | RecreateStep
  /** The service begins to ignore keys. */
  | { readonly do: "auto" }
  | { readonly do: "abort"; readonly which: number }
  | { readonly do: "ready" }
  | { readonly do: "flush" }
  | { readonly do: "abortFlush" };

/** The options that schedules vary. */
export interface ScheduleOptions {
  readonly streams: number;
  readonly shards: number;
  readonly lingerMs: number;
  readonly recordTtlMs: number;
  readonly maxBufferedRecords: number;
  readonly maxBufferedBytes: number;
  readonly maxInFlightRequests: number;
  readonly maxRequestRecords: number;
  readonly maxAttempts: number;
  readonly shardMapTimeoutMs: number;
  readonly aggregation: boolean | "reshard-safe" | { readonly maxBytes: number; readonly maxCount: number };
  /** The calls of the codec, in turn; undefined without compression. */
  readonly compression: readonly CodecCall[] | undefined;
  readonly recordsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly failIfThrottled: boolean;
  readonly ordering: "none" | "shard";
  readonly onOrderedFailure: "skip" | "failKey";
  readonly knowsDistribution: boolean;
  /**
   * Records that need the envelope: none; every third record, for its tags; all, for an id, and every third for its
   * tags too.
   */
  readonly tagging: "none" | "tags" | "ids";
  /** Shards are split and merged. */
  readonly reshards: boolean;
  /** The stream is deleted and created again. */
  readonly recreates: boolean;
  /** The distribution of records becomes AUTO. */
  readonly goesAuto: boolean;
  /** The values of `random`, in turn. */
  readonly randoms: readonly number[];
  /** Limit for `close` in milliseconds. Undefined: everything heals first, and close waits without limit. */
  readonly closeTimeoutMs: number | undefined;
  /** Actions of `onDelivery` and `onFailed`, in turn: at some of the outcomes, and in limited number. */
  readonly reactions: readonly (Reaction | undefined)[];
  /** The treatment of every other record's bytes and fields after the call. */
  readonly aftermath: Aftermath;
}

export interface Schedule {
  readonly options: ScheduleOptions;
  readonly steps: readonly Step[];
}

const refusal: fc.Arbitrary<EntryRefused | undefined> = fc.constantFrom(
  undefined,
  undefined,
  { errorCode: "ProvisionedThroughputExceededException", errorMessage: "slow down" },
  { errorCode: "InternalFailure", errorMessage: "sorry" },
  { errorCode: "KMSAccessDeniedException", errorMessage: "no" },
);

const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Fate>({ kind: "answered" }) },
  {
    weight: 3,
    arbitrary: fc
      .array(refusal, { minLength: 1, maxLength: 4 })
      .map((refusals): Fate => ({ kind: "answered", refusals })),
  },
  { weight: 2, arbitrary: fc.constant<Fate>({ kind: "lost" }) },
  { weight: 1, arbitrary: fc.constant<Fate>({ kind: "silent" }) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom("LimitExceededException", "ThrottlingException", "ValidationException", "ExpiredTokenException")
      .map((code): Fate => ({ kind: "refused", code })),
  },
);

const which = fc.nat({ max: 20 });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant("put" as const),
      way: fc.constantFrom<Way>("put", "put", "abortable", "tryPut", "enqueue", "pressing"),
      key: fc.nat({ max: 11 }),
      bytes: fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 40 }), fc.nat({ max: 700 })),
      times: fc.constantFrom(1, 1, 1, 2, 5, 20),
      stream: fc.constantFrom(0, 0, 1),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant("advance" as const),
      ms: fc.oneof(
        { weight: 3, arbitrary: fc.nat({ max: 20 }) },
        { weight: 3, arbitrary: fc.nat({ max: 150 }) },
        { weight: 1, arbitrary: fc.nat({ max: 3_000 }) },
        { weight: 1, arbitrary: fc.nat({ max: 12_000 }) },
      ),
    }),
  },
  { weight: 12, arbitrary: fc.record({ do: fc.constant("answer" as const), which, fate }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("store" as const), which, fate }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("list" as const),
      which,
      lag: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 3 }) }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("failListing" as const),
      which,
      code: fc.constantFrom("LimitExceededException", "ECONNREFUSED", "AccessDeniedException"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("split" as const), which, key: fc.nat({ max: 11 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("merge" as const), which }) },
  { weight: 2, arbitrary: recreateStep },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("auto" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("abort" as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("ready" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("flush" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("abortFlush" as const) }) },
);

const reaction = fc.constantFrom<Reaction | undefined>(
  undefined,
  "enqueue",
  "enqueue",
  "put",
  "tryPut",
  "flush",
  "ready",
  "abort",
);

/** In most schedules callbacks only listen. In some of the others a callback closes the producer. */
const reactions: fc.Arbitrary<readonly (Reaction | undefined)[]> = fc.oneof(
  { weight: 4, arbitrary: fc.constant([]) },
  { weight: 4, arbitrary: fc.array(reaction, { minLength: 1, maxLength: 4 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.array(reaction, { minLength: 3, maxLength: 6 }), fc.constantFrom<Reaction>("close", "closeNow"))
      .map(([first, last]) => [...first, last]),
  },
);

/** 15 s is longer than the producer waits. */
const CODEC_CALLS: readonly CodecCall[] = [0, 0, 0, 1, 5, 50, 50, 500, 15_000, "throws", "rejects"];

const options: fc.Arbitrary<ScheduleOptions> = fc.record({
  streams: fc.constantFrom(1, 1, 2),
  shards: fc.integer({ min: 1, max: 3 }),
  lingerMs: fc.constantFrom(0, 10, 100, 1_000),
  recordTtlMs: fc.constantFrom(30_000, 30_000, 5_000, 400, Number.POSITIVE_INFINITY),
  maxBufferedRecords: fc.constantFrom(100_000, 100_000, 30, 5, 1),
  maxBufferedBytes: fc.constantFrom(1_000_000, 1_000_000, 2_048),
  maxInFlightRequests: fc.constantFrom(24, 3, 1),
  maxRequestRecords: fc.constantFrom(500, 500, 4, 1),
  maxAttempts: fc.constantFrom(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 3, 1),
  shardMapTimeoutMs: fc.constantFrom(5_000, 300),
  aggregation: fc.constantFrom<ScheduleOptions["aggregation"]>(
    true,
    true,
    { maxBytes: 300, maxCount: 5 },
    "reshard-safe",
    false,
  ),
  compression: fc.option(fc.array(fc.constantFrom(...CODEC_CALLS), { minLength: 1, maxLength: 3 }), {
    nil: undefined,
    freq: 2,
  }),
  recordsPerSecond: fc.constantFrom(1_000, 1_000, 40, 4),
  bytesPerSecond: fc.constantFrom(1_048_576, 1_048_576, 2_000),
  failIfThrottled: fc.constantFrom(false, false, false, true),
  ordering: fc.constantFrom("none", "shard"),
  onOrderedFailure: fc.constantFrom("skip", "failKey"),
  knowsDistribution: fc.constantFrom(true, true, false),
  reshards: fc.boolean(),
  recreates: fc.boolean(),
  goesAuto: fc.constantFrom(false, false, false, true),
  randoms: fc.array(fc.constantFrom(0, 0.3, 0.7, 0.999), { minLength: 1, maxLength: 4 }),
  closeTimeoutMs: fc.constantFrom(undefined, undefined, 0, 50, 3_000),
  tagging: fc.constantFrom("none", "none", "tags", "ids"),
  reactions,
  aftermath: fc.constantFrom<Aftermath>("untouched", "untouched", "overwritten", "detached"),
});

/** Random schedules. In most of them the first map comes soon. */
export const schedules: fc.Arbitrary<Schedule> = fc.record({
  options,
  steps: fc
    .tuple(fc.boolean(), fc.array(step, { minLength: 1, maxLength: 60, size: "max" }))
    .map(([mapsSoon, steps]): Step[] =>
      mapsSoon ? [{ do: "ready" }, { do: "list", which: 0, lag: 0 }, ...steps] : steps,
    ),
});
