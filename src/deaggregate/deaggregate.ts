import { checkArgument, checkIterable, checkOptionsObject } from "../base-errors.js";
import { newHashWords, parseHashKey, writeHashWords } from "../core/shards/hash-key.js";
import type { HashRange } from "../core/shards/shard-map.js";
import { openAggregate } from "../wire/decode/aggregate-decoder.js";
import { ArrayDeaggregation } from "./array-deaggregation.js";
import type { DeaggregatedRecord, DeaggregateOptions, ShardRange } from "./deaggregated-record.js";
import { warnOfDrop } from "./drop-warning.js";
import { readMaxBytes } from "./max-bytes.js";
import { type KinesisRecordLike, openEnvelope } from "./record-envelope.js";
import { type Policy, userRecordsOf } from "./user-records.js";

/**
 * The user records of one Kinesis record: those of an aggregate, or the record itself when it is plain. The KCL's rules
 * decide which bytes are an aggregate, and which of its user records count. Malformed data does not throw.
 *
 * Lazy: nothing is read before the iteration begins, and each iteration reads again. The data are views of the record's
 * bytes: do not change those bytes while the user records are in use.
 *
 * @throws InvalidOptionError when an option cannot be used, and UnreadableRecordError for a compressed aggregate that
 * cannot be opened
 *
 * @example
 * ```ts
 * for (const { partitionKey, data } of deaggregate(record)) console.log(partitionKey, Buffer.from(data).toString());
 * ```
 */
export function deaggregate(record: KinesisRecordLike, options: DeaggregateOptions = {}): Iterable<DeaggregatedRecord> {
  return new Deaggregation(record, resolvePolicy(options, "deaggregate"));
}

/**
 * The user records of many Kinesis records, in order, as {@link deaggregate} returns them. Lazy: a Kinesis record is
 * taken from `records` when the user records before it were taken. From an array a few are taken together, because
 * several checksums at once take a quarter of the time.
 *
 * With an array, the iterator goes on behind a compressed aggregate that cannot be opened: call `next()` again.
 *
 * @throws InvalidOptionError when an option cannot be used, and UnreadableRecordError for a compressed aggregate that
 * cannot be opened
 *
 * @example
 * ```ts
 * const response = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
 * for (const { partitionKey, data } of deaggregateAll(response.Records ?? [])) await save(partitionKey, data);
 * ```
 */
export function deaggregateAll(
  records: Iterable<KinesisRecordLike>,
  options: DeaggregateOptions = {},
): Iterable<DeaggregatedRecord> {
  const policy = resolvePolicy(options, "deaggregateAll");
  checkIterable(records, "records");
  if (Array.isArray(records)) return { [Symbol.iterator]: () => new ArrayDeaggregation(records, policy) };
  return {
    *[Symbol.iterator]() {
      for (const record of records) yield* new Deaggregation(record, policy);
    },
  };
}

function resolvePolicy(options: DeaggregateOptions, whose: string): Policy {
  checkOptionsObject(options, whose);
  return {
    range: options.shardRange === undefined ? undefined : readShardRange(options.shardRange),
    verifyChecksum: options.verifyChecksum ?? true,
    maxDecompressedBytes: readMaxBytes(options.maxDecompressedBytes),
    codecs: options.codecs ?? [],
    onDropped: options.onDropped ?? warnOfDrop,
  };
}

/** A range that ends before it begins is valid: it covers nothing, as in the KCL. */
function readShardRange(shardRange: ShardRange): HashRange {
  return {
    start: readRangeEnd("shardRange.startingHashKey", shardRange.startingHashKey),
    end: readRangeEnd("shardRange.endingHashKey", shardRange.endingHashKey),
  };
}

function readRangeEnd(option: string, value: string): HashRange["start"] {
  const hashKey = parseHashKey(value);
  checkArgument(hashKey !== undefined, option, "a decimal number within 0 to 2^128 - 1", value);
  const words = newHashWords();
  writeHashWords(hashKey as NonNullable<typeof hashKey>, words);
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
    const { range, onDropped, maxDecompressedBytes, codecs } = this.#policy;
    return userRecordsOf(this.#record, envelope, aggregate, {
      range,
      maxDecompressedBytes,
      codecs,
      onDropped: (dropped) => {
        if (!this.#dropIsTold) onDropped(dropped);
        this.#dropIsTold = true;
      },
    });
  }
}
