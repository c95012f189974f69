import type { DeaggregatedRecord } from "../../deaggregate/deaggregated-record.js";
import { ordinalOf } from "../kinesis-model/sequence-number.js";
import type { Shard, StoredRecord } from "../kinesis-model/shard.js";
import type { StreamModel } from "../kinesis-model/stream-model.js";
import { type DroppedAggregate, readStored, type StoredCopy, type UserRecordFate } from "./user-record-fate.js";

/** Makes the id of a user record; records with equal ids are copies of each other. */
export type IdentifyUserRecord = (record: DeaggregatedRecord) => string;

/** The same partition key and the same data are the same record. */
export const identifyByContent: IdentifyUserRecord = ({ partitionKey = "", data }) =>
  `${partitionKey}\u0000${Buffer.from(data.buffer, data.byteOffset, data.length).toString("latin1")}`;

/**
 * The fate of every user record of one stream at the time of the report. Of expired records only the number is known.
 */
export class StreamReport {
  /** By id, in order of the first copy. */
  readonly fates: ReadonlyMap<string, UserRecordFate>;
  /** Aggregates that a reader like the KCL drops, in order of storing. */
  readonly dropped: readonly DroppedAggregate[];
  /** Kinesis records that have expired; their user records are in no other number here. */
  readonly expired: number;

  private constructor(
    fates: ReadonlyMap<string, UserRecordFate>,
    dropped: readonly DroppedAggregate[],
    expired: number,
  ) {
    this.fates = fates;
    this.dropped = dropped;
    this.expired = expired;
  }

  /** Reads every record of the stream, and of its earlier creations. */
  static of(streams: readonly StreamModel[], identify: IdentifyUserRecord): StreamReport {
    const fates = new Map<string, UserRecordFate & { readonly copies: StoredCopy[] }>();
    const dropped: DroppedAggregate[] = [];
    for (const { stored, shard } of inOrderOfStoring(streams)) {
      const content = readStored(stored, shard);
      if (content.dropped !== undefined) dropped.push(content.dropped);
      for (const { record, copy } of content.userRecords) {
        const id = identify(record);
        const fate = fates.get(id);
        if (fate === undefined) {
          fates.set(id, { id, partitionKey: record.partitionKey, data: record.data, copies: [copy] });
        } else fate.copies.push(copy);
      }
    }
    const shards = streams.flatMap((stream) => stream.shards);
    return new StreamReport(
      fates,
      dropped,
      shards.reduce((sum, { expiredRecords }) => sum + expiredRecords, 0),
    );
  }

  /** User records that a reader receives more than once. */
  get duplicates(): UserRecordFate[] {
    return this.#where((fate) => readableCopies(fate).length > 1);
  }

  /** Stored user records that a reader like the KCL never receives. */
  get unreadable(): UserRecordFate[] {
    return this.#where((fate) => readableCopies(fate).length === 0);
  }

  /** How often a reader like the KCL receives the record; 0 for an unknown id. */
  timesRead(id: string): number {
    const fate = this.fates.get(id);
    return fate === undefined ? 0 : readableCopies(fate).length;
  }

  /** The user records of one partition key, in order of their first delivery to a reader. */
  orderOf(partitionKey: string): UserRecordFate[] {
    return this.#where((fate) => fate.partitionKey === partitionKey && readableCopies(fate).length > 0).sort((a, b) =>
      compareCopies(readableCopies(a)[0] as StoredCopy, readableCopies(b)[0] as StoredCopy),
    );
  }

  #where(holds: (fate: UserRecordFate) => boolean): UserRecordFate[] {
    return [...this.fates.values()].filter(holds);
  }
}

function readableCopies({ copies }: UserRecordFate): readonly StoredCopy[] {
  return copies.filter((copy) => copy.isReadable);
}

/** Sequence numbers of a model increase over all its shards, and have the same length. */
function compareCopies(a: StoredCopy, b: StoredCopy): number {
  if (a.sequenceNumber !== b.sequenceNumber) return a.sequenceNumber < b.sequenceNumber ? -1 : 1;
  return a.subSequenceNumber - b.subSequenceNumber;
}

function inOrderOfStoring(
  streams: readonly StreamModel[],
): readonly { readonly stored: StoredRecord; readonly shard: Shard }[] {
  return streams
    .flatMap((stream) => stream.shards)
    .flatMap((shard) => shard.records.map((stored) => ({ stored, shard, ordinal: ordinalOf(stored.sequenceNumber) })))
    .sort((a, b) => a.ordinal - b.ordinal);
}
