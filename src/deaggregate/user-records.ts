import type { Codec } from "../compression/codec.js";
import type { HashRange } from "../core/shards/shard-map.js";
import type { DecodedAggregate } from "../wire/decode/aggregate-decoder.js";
import { openInner } from "./compressed-aggregate.js";
import type { DeaggregatedRecord, DroppedUserRecords } from "./deaggregated-record.js";
import { judge } from "./kcl-verdict.js";
import type { KinesisRecordLike, OpenedEnvelope } from "./record-envelope.js";

/** The resolved options. */
export interface Policy {
  readonly range: HashRange | undefined;
  readonly verifyChecksum: boolean;
  /** The largest message of a compressed aggregate. */
  readonly maxDecompressedBytes: number;
  readonly codecs: readonly Pick<Codec, "name" | "decompress">[];
  readonly onDropped: (dropped: DroppedUserRecords) => void;
}

/**
 * The user records of one Kinesis record.
 *
 * @param outer - the decoded data; undefined for a plain record
 * @param policy - its `onDropped` runs before this returns
 */
export function userRecordsOf(
  record: KinesisRecordLike,
  envelope: OpenedEnvelope,
  outer: DecodedAggregate | undefined,
  policy: Pick<Policy, "range" | "onDropped" | "maxDecompressedBytes" | "codecs">,
): Iterator<DeaggregatedRecord> {
  if (outer === undefined) return [plainRecord(envelope)].values();
  const aggregate = openInner(outer, envelope.sequenceNumber, policy.maxDecompressedBytes, policy.codecs);
  const { kept, reason } = judge(aggregate, policy.range);
  if (reason !== undefined) policy.onDropped({ record, reason, userRecords: aggregate.recordCount - kept });
  return new UserRecords(aggregate, kept, envelope);
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

/** A hand-written iterator: a generator costs about as much per record as the parsing (`npm run bench micro -- decoder`). */
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
