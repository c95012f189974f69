/**
 * Answers for a `ScriptedTransport`: each function makes a step.
 *
 * @module
 */

import type {
  EntryAnswer,
  EntryRefused,
  KinesisRecord,
  PutRecordsAnswer,
  RequestFailure,
  ShardDescription,
  StreamRef,
} from "../core/ports.js";
import { hashPartitionKey, newHashWords, writeHashWords } from "../core/shards/hash-key.js";
import { ShardMap } from "../core/shards/shard-map.js";

/** A recorded PutRecords call. Entries and bytes are copies, because the sender may reuse its buffers. */
export interface RecordedPutRecords {
  /** Number of the call, from 0. */
  readonly index: number;
  readonly stream: StreamRef;
  readonly entries: readonly KinesisRecord[];
}

/** Computes the answer to one PutRecords call. */
export type PutRecordsAnswering = (call: RecordedPutRecords) => PutRecordsAnswer;

/** Sequence number of an accepted entry: as long as the service's, and increasing with the call and the entry. */
export function scriptedSequenceNumber(callIndex: number, entryIndex: number): string {
  return `4957${"0".repeat(32)}${String(callIndex).padStart(14, "0")}${String(entryIndex).padStart(6, "0")}`;
}

function acceptInto(
  call: RecordedPutRecords,
  shardIdFor: (entry: KinesisRecord, entryIndex: number) => string,
): PutRecordsAnswer {
  return {
    kind: "answered",
    entries: call.entries.map((entry, index) => ({
      shardId: shardIdFor(entry, index),
      sequenceNumber: scriptedSequenceNumber(call.index, index),
    })),
  };
}

/** Accepts every entry. Entry i goes to shard i of `shardIds`, in rotation. */
export function acceptAll(...shardIds: readonly string[]): PutRecordsAnswering {
  if (shardIds.length === 0) throw new RangeError("acceptAll needs a shard id");
  return (call) => acceptInto(call, (_, index) => shardIds[index % shardIds.length] as string);
}

/**
 * Accepts every entry into the open shard whose range holds its hash key, as the service routes. An entry without a
 * partition key goes to the shards in turn.
 */
export function acceptByRange(shards: readonly ShardDescription[]): PutRecordsAnswering {
  const map = ShardMap.from(shards.filter((shard) => shard.endingSequenceNumber === undefined));
  if (!(map instanceof ShardMap)) throw new RangeError(map.reason);
  const hash = newHashWords();
  return (call) =>
    acceptInto(call, (entry, index) => {
      if (entry.explicitHashKey !== undefined) writeHashWords(BigInt(entry.explicitHashKey), hash);
      else if (entry.partitionKey !== undefined) hashPartitionKey(entry.partitionKey, hash);
      else return map.shards[index % map.shards.length]?.shardId as string;
      return map.shards[map.predict(hash)]?.shardId as string;
    });
}

/** The service's answer for an entry whose shard is over its limit. */
export const THROTTLED: EntryRefused = {
  errorCode: "ProvisionedThroughputExceededException",
  errorMessage: "Rate exceeded for shard shardId-000000000000 in stream scripted under account 000000000000.",
};

/** The service's answer for an entry that met an internal error. */
export const INTERNAL_FAILURE: EntryRefused = {
  errorCode: "InternalFailure",
  errorMessage: "Internal Service Failure",
};

/**
 * Refuses some entries; `others` answers the rest.
 *
 * @param which - indices of the refused entries, or a predicate
 */
export function refuseEntries(
  which: readonly number[] | ((entry: KinesisRecord, index: number) => boolean),
  refusal: EntryRefused,
  others: PutRecordsAnswering,
): PutRecordsAnswering {
  const isRefused = typeof which === "function" ? which : (_: KinesisRecord, index: number) => which.includes(index);
  return (call) => {
    const answer = others(call);
    if (answer.kind === "failed") return answer;
    const entries: EntryAnswer[] = answer.entries.map((entry, index) =>
      isRefused(call.entries[index] as KinesisRecord, index) ? refusal : entry,
    );
    return { kind: "answered", entries };
  };
}

/** Refuses every entry of the call. */
export function refuseAll(refusal: EntryRefused): PutRecordsAnswering {
  return (call) => ({ kind: "answered", entries: call.entries.map(() => refusal) });
}

/**
 * A failed request, or a failed call of the directory. By default HTTP 400, and nothing was stored.
 *
 * @example
 * ```ts
 * const transport = new ScriptedTransport();
 * transport.next(requestFailure("ServiceUnavailable", { statusCode: 503, mayBeStored: true }));
 * ```
 */
export function requestFailure(
  code: string,
  details: Partial<Omit<RequestFailure, "kind" | "code">> = {},
): RequestFailure {
  return { kind: "failed", code, message: `scripted ${code}`, statusCode: 400, mayBeStored: false, ...details };
}

/** A connection that was lost after the bytes were sent: no status, unknown outcome. */
export function connectionLost(code = "ECONNRESET"): RequestFailure {
  return { kind: "failed", code, message: `scripted ${code}`, mayBeStored: true };
}
