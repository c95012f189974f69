import { AGGREGATE_PARTITION_KEY } from "../../wire/aggregated-record.js";
import { AggregateEncoder } from "../../wire/encode/aggregate-encoder.js";
import { type DeliveryHistory, NEVER_SENT } from "../record/delivery-history.js";
import { keyNameOf } from "../record/entry.js";
import { PendingKinesisRecord } from "../record/pending-kinesis-record.js";
import type { PlacedRecord } from "../record/placed-record.js";

/** Bytes of the partition key that every aggregate is sent under; Kinesis counts them as part of the record. */
export const AGGREGATE_KEY_BYTES: number = AGGREGATE_PARTITION_KEY.length;

/** Bounds of one aggregate. */
export interface AggregateLimits {
  readonly maxBytes: number;
  readonly maxCount: number;
}

/**
 * The outcome of an attempt to add a record. `full`: the open aggregate must be taken first. `too-large`: no aggregate
 * can hold the record, so it goes alone.
 */
export type AddOutcome = "added" | "full" | "too-large";

/** The same, and `begun`: the record is the first of a new aggregate. */
export type JoinOutcome = AddOutcome | "begun";

/**
 * Which user records may share a Kinesis record: those of a `shard`, those of one `key`, or `none`: each goes alone.
 */
export type Packing = "shard" | "key" | "none";

/** Collects user records into aggregates. The implementations differ in which records belong together. */
export interface Aggregator {
  readonly packing: Packing;
  /** Aggregates whose first record is of this generation, or of one before, are due: a flush covers them. */
  readonly dueThrough: number;
  /** A flush covers this generation, and all before it; returns whether that makes anything due. */
  cover(generation: number): boolean;
  tryAdd(record: PlacedRecord, history: DeliveryHistory): JoinOutcome;
  /** Takes the open aggregate that the record would have joined. */
  takeFor(record: PlacedRecord): PendingKinesisRecord | undefined;
  /** Takes the open aggregate whose oldest record has waited longest. */
  takeOldest(): PendingKinesisRecord | undefined;
  /** The aggregate that {@link takeOldest} would take. */
  peekOldest(): PendingKinesisRecord | undefined;
  /** Every open aggregate, the oldest first. */
  all(): Iterable<PendingKinesisRecord>;
}

/** Makes the aggregator of a packing. */
export function newAggregator(packing: Packing, limits: AggregateLimits): Aggregator {
  switch (packing) {
    case "shard":
      return new ShardAggregator(limits);
    case "key":
      return new KeyAggregator(limits);
    case "none":
      return new NoAggregator();
  }
}

/** The outcome for a record that no open aggregate has taken. */
function outcomeWithout(
  open: PendingKinesisRecord | undefined,
  record: PlacedRecord,
  limits: AggregateLimits,
): Exclude<JoinOutcome, "added"> {
  if (AggregateEncoder.sizeAlone(record) > limits.maxBytes) return "too-large";
  return open === undefined ? "begun" : "full";
}

/** Begins an aggregate. */
function begin(
  record: PlacedRecord,
  limits: AggregateLimits,
  history: DeliveryHistory,
  dueThrough: number,
): PendingKinesisRecord {
  const begun = PendingKinesisRecord.begin(record, limits.maxBytes, history);
  begun.isDue = record.generation <= dueThrough;
  return begun;
}

/** Makes an aggregate due if a flush covers it; returns whether that changed anything. */
function becomesDue(open: PendingKinesisRecord, dueThrough: number): boolean {
  if (open.isDue || open.generation > dueThrough) return false;
  open.isDue = true;
  return true;
}

/** One open aggregate: all records belong to one shard. */
class ShardAggregator implements Aggregator {
  readonly packing = "shard";
  dueThrough = -1;
  readonly #limits: AggregateLimits;
  #open: PendingKinesisRecord | undefined;

  constructor(limits: AggregateLimits) {
    this.#limits = limits;
  }

  tryAdd(record: PlacedRecord, history: DeliveryHistory): JoinOutcome {
    const open = this.#open;
    if (open !== undefined && open.count < this.#limits.maxCount && open.tryAdd(record, history)) return "added";
    const outcome = outcomeWithout(open, record, this.#limits);
    if (outcome === "begun") this.#open = begin(record, this.#limits, history, this.dueThrough);
    return outcome;
  }

  cover(generation: number): boolean {
    this.dueThrough = generation;
    return this.#open !== undefined && becomesDue(this.#open, generation);
  }

  takeFor(): PendingKinesisRecord | undefined {
    return this.takeOldest();
  }

  takeOldest(): PendingKinesisRecord | undefined {
    const open = this.#open;
    this.#open = undefined;
    return open;
  }

  peekOldest(): PendingKinesisRecord | undefined {
    return this.#open;
  }

  all(): Iterable<PendingKinesisRecord> {
    return this.#open === undefined ? [] : [this.#open];
  }
}

/** One open aggregate for each effective hash key: no split of a shard can tear any of them. */
class KeyAggregator implements Aggregator {
  readonly packing = "key";
  dueThrough = -1;
  readonly #limits: AggregateLimits;
  /** In order of their first record, which is the order of age. */
  readonly #open: Map<string, PendingKinesisRecord> = new Map();

  constructor(limits: AggregateLimits) {
    this.#limits = limits;
  }

  tryAdd(record: PlacedRecord, history: DeliveryHistory): JoinOutcome {
    const key = keyNameOf(record);
    const open = this.#open.get(key);
    if (open !== undefined && open.count < this.#limits.maxCount && open.tryAdd(record, history)) return "added";
    const outcome = outcomeWithout(open, record, this.#limits);
    if (outcome === "begun") this.#open.set(key, begin(record, this.#limits, history, this.dueThrough));
    return outcome;
  }

  cover(generation: number): boolean {
    this.dueThrough = generation;
    let isDue = false;
    for (const open of this.#open.values()) if (becomesDue(open, generation)) isDue = true;
    return isDue;
  }

  takeFor(record: PlacedRecord): PendingKinesisRecord | undefined {
    return this.#take(keyNameOf(record));
  }

  takeOldest(): PendingKinesisRecord | undefined {
    for (const key of this.#open.keys()) return this.#take(key);
    return undefined;
  }

  peekOldest(): PendingKinesisRecord | undefined {
    for (const open of this.#open.values()) return open;
    return undefined;
  }

  all(): Iterable<PendingKinesisRecord> {
    return this.#open.values();
  }

  #take(key: string): PendingKinesisRecord | undefined {
    const open = this.#open.get(key);
    this.#open.delete(key);
    return open;
  }
}

/** Every record goes alone. */
class NoAggregator implements Aggregator {
  readonly packing = "none";
  readonly dueThrough = -1;

  cover(): false {
    return false;
  }

  tryAdd(): "too-large" {
    return "too-large";
  }

  takeFor(): undefined {
    return undefined;
  }

  takeOldest(): undefined {
    return undefined;
  }

  peekOldest(): undefined {
    return undefined;
  }

  all(): Iterable<PendingKinesisRecord> {
    return [];
  }
}

/** A Kinesis record of one user record that no aggregate holds. */
export function aloneAs(record: PlacedRecord, history: DeliveryHistory = NEVER_SENT): PendingKinesisRecord {
  return PendingKinesisRecord.begin(record, 0, history);
}
