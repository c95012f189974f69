import { newHashWords, parseHashKey, writeHashWords } from "../core/hash-key.js";
import type { HashRange } from "../core/shard-map.js";
import { InvalidOptionError } from "../errors.js";
import { type DecodedAggregate, openAggregate } from "../wire/aggregate-decoder.js";
import type { DeaggregatedRecord, DeaggregateOptions, DroppedUserRecords, ShardRange } from "./deaggregated-record.js";
import { warnOfDrop } from "./drop-warning.js";
import { judge } from "./kcl-verdict.js";
import { type KinesisRecordLike, type OpenedEnvelope, openEnvelope } from "./record-envelope.js";

/**
 * The user records of one Kinesis record: those of an aggregate, or the record itself when it is a plain one. What is
 * an aggregate, and what comes out of it, is decided as the KCL decides it; nothing malformed throws.
 *
 * Lazy: nothing is read before the iteration begins, and each iteration reads anew. The data are views of the record's
 * bytes, so those must not change while the user records are in use.
 *
 * @throws InvalidOptionError when `shardRange` holds no hash keys
 *
 * @example
 * ```ts
 * for (const { partitionKey, data } of deaggregate(record)) console.log(partitionKey, Buffer.from(data).toString());
 * ```
 */
export function deaggregate(record: KinesisRecordLike, options: DeaggregateOptions = {}): Iterable<DeaggregatedRecord> {
  return new Deaggregation(record, resolvePolicy(options));
}

/**
 * The user records of many Kinesis records, in order; each as {@link deaggregate} gives it. Lazy: a Kinesis record is
 * taken from `records` when the user records before it were taken.
 *
 * @throws InvalidOptionError when `shardRange` holds no hash keys
 */
export function deaggregateAll(
  records: Iterable<KinesisRecordLike>,
  options: DeaggregateOptions = {},
): Iterable<DeaggregatedRecord> {
  const policy = resolvePolicy(options);
  return {
    *[Symbol.iterator]() {
      for (const record of records) {
        for (const userRecord of new Deaggregation(record, policy)) yield userRecord;
      }
    },
  };
}

interface Policy {
  readonly range: HashRange | undefined;
  readonly verifyChecksum: boolean;
  readonly onDropped: (dropped: DroppedUserRecords) => void;
}

function resolvePolicy(options: DeaggregateOptions): Policy {
  return {
    range: options.shardRange === undefined ? undefined : readShardRange(options.shardRange),
    verifyChecksum: options.verifyChecksum ?? true,
    onDropped: options.onDropped ?? warnOfDrop,
  };
}

/** A range that ends before it begins is one: it covers nothing, as in the KCL. */
function readShardRange(shardRange: ShardRange): HashRange {
  return {
    start: readRangeEnd("shardRange.startingHashKey", shardRange.startingHashKey),
    end: readRangeEnd("shardRange.endingHashKey", shardRange.endingHashKey),
  };
}

function readRangeEnd(option: string, value: string): HashRange["start"] {
  const hashKey = parseHashKey(value);
  if (hashKey === undefined) {
    throw new InvalidOptionError(
      option,
      `${option} must be a decimal number within 0 to 2^128 - 1, got ${JSON.stringify(value)}`,
    );
  }
  const words = newHashWords();
  writeHashWords(hashKey, words);
  return words;
}

class Deaggregation implements Iterable<DeaggregatedRecord> {
  readonly #record: KinesisRecordLike;
  readonly #policy: Policy;
  #dropIsTold = false;

  constructor(record: KinesisRecordLike, policy: Policy) {
    this.#record = record;
    this.#policy = policy;
  }

  [Symbol.iterator](): Iterator<DeaggregatedRecord> {
    const envelope = openEnvelope(this.#record);
    const aggregate = openAggregate(envelope.data, this.#policy.verifyChecksum);
    if (aggregate === undefined) return [plainRecord(envelope)].values();
    const { kept, reason } = judge(aggregate, this.#policy.range);
    if (reason !== undefined && !this.#dropIsTold) {
      this.#dropIsTold = true;
      this.#policy.onDropped({ record: this.#record, reason, userRecords: aggregate.recordCount - kept });
    }
    return new UserRecords(aggregate, kept, envelope);
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function plainRecord(envelope: OpenedEnvelope): DeaggregatedRecord {
  const record: Mutable<DeaggregatedRecord> = { data: envelope.data, subSequenceNumber: 0, aggregated: false };
  if (envelope.partitionKey !== undefined) record.partitionKey = envelope.partitionKey;
  if (envelope.explicitHashKey !== undefined) record.explicitHashKey = envelope.explicitHashKey;
  addParent(record, envelope);
  return record;
}

function addParent(record: Mutable<DeaggregatedRecord>, envelope: OpenedEnvelope): void {
  if (envelope.sequenceNumber !== undefined) record.sequenceNumber = envelope.sequenceNumber;
  if (envelope.approximateArrivalTimestamp !== undefined) {
    record.approximateArrivalTimestamp = envelope.approximateArrivalTimestamp;
  }
}

/** An iterator by hand: a generator costs about as much per record as parsing it (`npm run bench -- decoder`). */
class UserRecords implements Iterator<DeaggregatedRecord> {
  readonly #aggregate: DecodedAggregate;
  readonly #kept: number;
  readonly #envelope: OpenedEnvelope;
  #next = 0;

  constructor(aggregate: DecodedAggregate, kept: number, envelope: OpenedEnvelope) {
    this.#aggregate = aggregate;
    this.#kept = kept;
    this.#envelope = envelope;
  }

  next(): IteratorResult<DeaggregatedRecord, undefined> {
    if (this.#next === this.#kept) return { done: true, value: undefined };
    return { done: false, value: this.#make(this.#next++) };
  }

  #make(index: number): DeaggregatedRecord {
    const aggregate = this.#aggregate;
    const record: Mutable<DeaggregatedRecord> = {
      partitionKey: aggregate.keyOf(index),
      data: aggregate.dataOf(index),
      subSequenceNumber: index,
      aggregated: true,
    };
    addParent(record, this.#envelope);
    const explicitHashKey = aggregate.explicitHashKeyOf(index);
    if (explicitHashKey !== undefined) record.explicitHashKey = explicitHashKey;
    const told = aggregate.hasTags ? aggregate.tagsOf(index) : undefined;
    if (told?.tags !== undefined) record.tags = told.tags;
    if (told?.recordId !== undefined) record.recordId = told.recordId;
    return record;
  }
}
