import {
  type AddOutcome,
  AGGREGATE_KEY_BYTES,
  type Aggregator,
  aloneAs,
  newAggregator,
} from "../core/lane/aggregator.js";
import { NEVER_SENT } from "../core/record/delivery-history.js";
import type { PlacedRecord } from "../core/record/placed-record.js";
import { KEY_MISSING, RecordChecker, sizeProblem } from "../core/record/record-check.js";
import { checkOptionsObject, InvalidOptionError, RecordFailedError } from "../errors.js";
import { MAX_RECORD_BYTES } from "../quotas.js";
import type { UserRecord } from "../record.js";
import { KeyHasher } from "../wire/md5/key-hasher.js";
import { wholeNumberProblem } from "../wording/whole-number.js";
import { type AggregatedKinesisRecord, Outbox } from "./outbox.js";

export interface RecordAggregatorOptions {
  /**
   * Largest size of one aggregate in bytes: 64 to 10 MiB minus the one byte of its partition key.
   * @defaultValue 51200
   */
  readonly maxBytes?: number;
}

const DEFAULT_MAX_BYTES = 51_200;
const MIN_MAX_BYTES = 64;
/** The service's limit of a record includes the partition key. */
const MAX_MAX_BYTES: number = MAX_RECORD_BYTES - AGGREGATE_KEY_BYTES;

/** Checks `maxBytes` and fills in its default. */
export function resolveMaxBytes(options: RecordAggregatorOptions, whose: string): number {
  checkOptionsObject(options, whose);
  const { maxBytes = DEFAULT_MAX_BYTES } = options;
  const problem = wholeNumberProblem("maxBytes", maxBytes, MIN_MAX_BYTES, MAX_MAX_BYTES);
  if (problem !== undefined) throw new InvalidOptionError("maxBytes", problem);
  return maxBytes;
}

/** Remembers the keys of all aggregators in this thread: most of them see the same keys, and few records. */
const keys = new KeyHasher();

/** Makes the checker of an aggregator. */
export function newChecker(): RecordChecker {
  return new RecordChecker(undefined, undefined, undefined, keys);
}

/** Checks a record that must have a key. */
export function checkKeyed(record: UserRecord, checker: RecordChecker): PlacedRecord {
  const { checked } = checker;
  const problem =
    checker.check(record) ??
    sizeProblem(checked, MAX_RECORD_BYTES) ??
    (checked.key.bytes === 0 ? KEY_MISSING : undefined);
  if (problem !== undefined) throw new RecordFailedError({ ...problem, record });
  return checked;
}

/**
 * The low-level packer: packs user records into one Kinesis record after the other. Give it records of one shard only:
 * a reader with the KCL's filter drops the whole aggregate if one of its records belongs to another shard.
 *
 * An aggregate has the same bytes as an aggregate of the KPL with the same records in the same order.
 *
 * @example
 * ```ts
 * const aggregator = new RecordAggregator({ maxBytes: 25_600 });
 * for (const record of manyRecords) {
 *   if (aggregator.tryAdd(record) === "full") {
 *     await save(aggregator.take());
 *     aggregator.tryAdd(record);
 *   }
 * }
 * await save(aggregator.take());
 * ```
 */
export class RecordAggregator {
  readonly #aggregator: Aggregator;
  readonly #checker: RecordChecker = newChecker();
  /** Complete Kinesis records that `pack()` has not given to its caller. */
  readonly #outbox: Outbox = new Outbox();

  /** @throws {@link InvalidOptionError} when `maxBytes` is out of range */
  constructor(options: RecordAggregatorOptions = {}) {
    this.#aggregator = newAggregator("shard", {
      maxBytes: resolveMaxBytes(options, "RecordAggregator"),
      maxCount: Number.POSITIVE_INFINITY,
    });
  }

  /**
   * Adds a record; its bytes are copied.
   *
   * @returns `"full"`: call take(), then try again. `"too-large"`: no aggregate of `maxBytes` can hold the record; send
   * it alone, which loses its tags, or use a larger `maxBytes`
   * @throws RecordFailedError for a record that breaks a rule of the service
   */
  tryAdd(record: UserRecord): AddOutcome {
    const outcome = this.#aggregator.tryAdd(checkKeyed(record, this.#checker), NEVER_SENT);
    if (outcome === "full" && !this.#outbox.isEmpty) return this.#addBehind();
    return outcome === "begun" ? "added" : outcome;
  }

  /** Adds the checked record to a new aggregate. The open one goes behind those that pack() has left. */
  #addBehind(): AddOutcome {
    this.#complete();
    const outcome = this.#aggregator.tryAdd(this.#checker.checked, NEVER_SENT);
    return outcome === "begun" ? "added" : outcome;
  }

  #complete(): void {
    const open = this.#aggregator.takeOldest();
    if (open !== undefined) this.#outbox.add(open);
  }

  /**
   * Packs many records, and gives each Kinesis record that they complete, in order. The last aggregate stays open:
   * `take()` ends it. A record that no aggregate can hold goes alone, in its place, and loses its tags.
   *
   * Faster than `tryAdd` with `take()`: the digests of up to eight aggregates are made together, so up to eight
   * are held. Lazy: it packs as far as the caller iterates. When the iteration ends early, or throws, `take()` still
   * returns every complete Kinesis record, one at a time, and then the open aggregate.
   *
   * @throws RecordFailedError while iterating, for a record that breaks a rule of the service; all records before it are
   * packed
   */
  *pack(records: Iterable<UserRecord>): Generator<AggregatedKinesisRecord, void, undefined> {
    const outbox = this.#outbox;
    for (const record of records) {
      if (!this.#pack(checkKeyed(record, this.#checker))) continue;
      for (let next = outbox.next(); next !== undefined; next = outbox.next()) yield next;
    }
    yield* outbox.rest();
  }

  /** Packs a checked record; returns whether that has completed a Kinesis record. */
  #pack(record: PlacedRecord): boolean {
    const outcome = this.#aggregator.tryAdd(record, NEVER_SENT);
    if (outcome === "added" || outcome === "begun") return false;
    this.#complete();
    if (outcome === "full") this.#aggregator.tryAdd(record, NEVER_SENT);
    else this.#outbox.add(aloneAs(record));
    return true;
  }

  /**
   * Ends the aggregate and returns it. A lone record is returned unaggregated, under its own keys. Undefined when
   * empty.
   */
  take(): AggregatedKinesisRecord | undefined {
    if (this.#outbox.isEmpty) this.#complete();
    return this.#outbox.last();
  }
}
