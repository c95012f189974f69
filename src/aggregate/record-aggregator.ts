import { type AddOutcome, AGGREGATE_KEY_BYTES, type Aggregator, newAggregator } from "../core/lane/aggregator.js";
import { NEVER_SENT } from "../core/record/delivery-history.js";
import type { PendingKinesisRecord } from "../core/record/pending-kinesis-record.js";
import type { PlacedRecord } from "../core/record/placed-record.js";
import { KEY_MISSING, RecordChecker, sizeProblem } from "../core/record/record-check.js";
import { checkOptionsObject, InvalidOptionError, RecordFailedError } from "../errors.js";
import { MAX_RECORD_BYTES } from "../quotas.js";
import type { UserRecord } from "../record.js";
import { wholeNumberProblem } from "../wording/whole-number.js";

/** A Kinesis record, ready for PutRecords. */
export interface AggregatedKinesisRecord {
  readonly partitionKey: string;
  /** Decimal. The hash key of the first record of an aggregate, or the explicit hash key of a lone record. */
  readonly explicitHashKey?: string;
  readonly data: Uint8Array;
}

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
  readonly #checker: RecordChecker = new RecordChecker();

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
    return outcome === "begun" ? "added" : outcome;
  }

  /**
   * Ends the aggregate and returns it. A lone record is returned unaggregated, under its own keys. Undefined when
   * empty.
   */
  take(): AggregatedKinesisRecord | undefined {
    const open = this.#aggregator.takeOldest();
    return open === undefined ? undefined : asEntry(open);
  }
}

/** The entry of a pending Kinesis record in a request. */
export function asEntry(record: PendingKinesisRecord): AggregatedKinesisRecord {
  const { partitionKey = "", explicitHashKey, data } = record.seal(true);
  return { partitionKey, ...(explicitHashKey === undefined ? {} : { explicitHashKey }), data };
}
