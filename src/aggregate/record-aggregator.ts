import { type AddOutcome, AGGREGATE_KEY_BYTES, type Aggregator, newAggregator } from "../core/aggregator.js";
import { NEVER_SENT, type PendingKinesisRecord } from "../core/pending-kinesis-record.js";
import type { PlacedRecord } from "../core/placed-record.js";
import { KEY_MISSING, RecordChecker, sizeProblem } from "../core/record-check.js";
import { InvalidOptionError, RecordFailedError } from "../errors.js";
import { MAX_RECORD_BYTES } from "../quotas.js";
import type { UserRecord } from "../record.js";
import { wholeNumberProblem } from "../wording/whole-number.js";

/** A Kinesis record, ready for PutRecords. */
export interface AggregatedKinesisRecord {
  readonly partitionKey: string;
  /** Decimal; the hash key of an aggregate's first record, or the one that a lone record was given. */
  readonly explicitHashKey?: string;
  readonly data: Uint8Array;
}

export interface RecordAggregatorOptions {
  /**
   * Most bytes of one aggregate, 64 to 10 MiB less the one byte of its partition key.
   * @defaultValue 51200
   */
  readonly maxBytes?: number;
}

const DEFAULT_MAX_BYTES = 51_200;
const MIN_MAX_BYTES = 64;
/** The key counts in the service's limit of a record. */
const MAX_MAX_BYTES: number = MAX_RECORD_BYTES - AGGREGATE_KEY_BYTES;

/** Checks `maxBytes` and fills in its default. */
export function resolveMaxBytes({ maxBytes = DEFAULT_MAX_BYTES }: RecordAggregatorOptions): number {
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
 * Packs user records into one Kinesis record after the other: the low-level packer. Give it records of one shard only;
 * a reader with the KCL's filter drops an aggregate that holds a record of another shard, whole.
 *
 * The bytes of an aggregate are those the KPL would write for the same records in the same order.
 */
export class RecordAggregator {
  readonly #aggregator: Aggregator;
  readonly #checker: RecordChecker = new RecordChecker();

  /** @throws {@link InvalidOptionError} when `maxBytes` is out of range */
  constructor(options: RecordAggregatorOptions = {}) {
    this.#aggregator = newAggregator("shard", {
      maxBytes: resolveMaxBytes(options),
      maxCount: Number.POSITIVE_INFINITY,
    });
  }

  /**
   * Adds a record; its bytes are copied.
   *
   * @returns `"full"`: take first, then try again. `"too-large"`: no aggregate of `maxBytes` can hold it; send it by itself,
   * which would lose its tags, or use a larger `maxBytes`
   * @throws RecordFailedError for a record that breaks a rule of the service
   */
  tryAdd(record: UserRecord): AddOutcome {
    const outcome = this.#aggregator.tryAdd(checkKeyed(record, this.#checker), NEVER_SENT);
    return outcome === "begun" ? "added" : outcome;
  }

  /** Ends the aggregate and returns it; a lone record comes out raw, under its own keys. Undefined when empty. */
  take(): AggregatedKinesisRecord | undefined {
    const open = this.#aggregator.takeOldest();
    return open === undefined ? undefined : asEntry(open);
  }
}

/** A pending Kinesis record as it is sent. */
export function asEntry(record: PendingKinesisRecord): AggregatedKinesisRecord {
  const { partitionKey = "", explicitHashKey, data } = record.seal(true);
  return { partitionKey, ...(explicitHashKey === undefined ? {} : { explicitHashKey }), data };
}
