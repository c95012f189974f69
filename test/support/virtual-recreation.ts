/**
 * What must hold of a stream that is deleted and created again between two events of a schedule.
 *
 * @module
 */
import type { Attempt, PutResult } from "../../src/record.js";
import { claim } from "./virtual-checks.js";
import type { ToldList, VirtualKinesis } from "./virtual-kinesis.js";

/** The creation of the stream whose shard gave the number. */
function creationOf(attempt: Pick<Attempt, "shardId" | "sequenceNumber">, kinesis: VirtualKinesis): number | undefined {
  const { shardId, sequenceNumber } = attempt;
  const shard = kinesis.everyShard.find(
    (each) => each.shardId === shardId && each.stored.some((stored) => stored.sequenceNumber === sequenceNumber),
  );
  return shard?.creation;
}

/** Lists of a later creation than that of the answer, in which the shard's id stands for another shard. */
function listsOfLater(answer: Pick<Attempt, "shardId" | "sequenceNumber">, kinesis: VirtualKinesis): ToldList[] {
  const creation = creationOf(answer, kinesis);
  if (creation === undefined) return [];
  return kinesis.told.filter((list) => list.creation > creation);
}

/** Whether a list had told the shard that answered, of the same creation of the stream, before the moment. */
export function isShardTold(result: PutResult, beforeNow: number, kinesis: VirtualKinesis): boolean {
  const creation = creationOf(result, kinesis);
  return kinesis.told.some(
    (list) => list.creation === creation && list.toldAtNow < beforeNow && list.shards.has(result.shardId),
  );
}

/** Whether a list had told, before the moment, that what took the record is gone: it may be sent again at once. */
export function isKnownGone(attempt: Attempt, epochMs: number, kinesis: VirtualKinesis): boolean {
  return listsOfLater(attempt, kinesis).some(({ toldAt }) => toldAt <= epochMs);
}

/** Nothing is called delivered by a stream that was known to be gone. */
export function checkNotGone(id: string, result: PutResult, settledAt: number, kinesis: VirtualKinesis): void {
  const { shardId } = result;
  const known = listsOfLater(result, kinesis).filter(
    ({ shards, toldAtNow }) => shards.has(shardId) && toldAtNow < settledAt,
  );
  claim(known.length === 0, () => `${id} was delivered by ${shardId} of a stream that was known to be gone`);
}
