/**
 * Rules for a stream that is deleted and created again between two events of a schedule.
 *
 * @module
 */
import type { Attempt, PutResult } from "../../src/record.js";
import { claim } from "./virtual-checks.js";
import type { ToldList, VirtualKinesis } from "./virtual-kinesis.js";

/** The creation of the stream whose shard gave the sequence number. */
function creationOf(attempt: Pick<Attempt, "shardId" | "sequenceNumber">, kinesis: VirtualKinesis): number | undefined {
  const { shardId, sequenceNumber } = attempt;
  const shard = kinesis.everyShard.find(
    (each) => each.shardId === shardId && each.stored.some((stored) => stored.sequenceNumber === sequenceNumber),
  );
  return shard?.creation;
}

/** Lists of a creation later than that of the answer, in which the id of the shard stands for another shard. */
function listsOfLater(answer: Pick<Attempt, "shardId" | "sequenceNumber">, kinesis: VirtualKinesis): ToldList[] {
  const creation = creationOf(answer, kinesis);
  if (creation === undefined) return [];
  return kinesis.told.filter((list) => list.creation > creation);
}

/** Whether a list before the moment had the answering shard, of the same creation of the stream. */
export function isShardTold(result: PutResult, beforeNow: number, kinesis: VirtualKinesis): boolean {
  const creation = creationOf(result, kinesis);
  return kinesis.told.some(
    (list) => list.creation === creation && list.toldAtNow < beforeNow && list.shards.has(result.shardId),
  );
}

/**
 * Whether a list before the moment showed that the stream of the attempt is gone. Then its records may be resent at
 * once.
 */
export function isKnownGone(attempt: Attempt, epochMs: number, kinesis: VirtualKinesis): boolean {
  return listsOfLater(attempt, kinesis).some(({ toldAt }) => toldAt <= epochMs);
}

/** No record is reported as delivered by a stream that was known to be gone. */
export function checkNotGone(id: string, result: PutResult, settledAt: number, kinesis: VirtualKinesis): void {
  const { shardId } = result;
  const known = listsOfLater(result, kinesis).filter(
    ({ shards, toldAtNow }) => shards.has(shardId) && toldAtNow < settledAt,
  );
  claim(known.length === 0, () => `${id} was delivered by ${shardId} of a stream that was known to be gone`);
}
