import { newAggregator } from "../core/lane/aggregator.js";
import { LaneQueue } from "../core/lane/lane-queue.js";
import type { PlacedRecord } from "../core/record/placed-record.js";
import { effectiveHashKey, newHashWords } from "../core/shards/hash-key.js";
import { ShardMap, ShardMapProblem } from "../core/shards/shard-map.js";
import { checkIterable, InvalidOptionError } from "../errors.js";
import type { UserRecord } from "../record.js";
import { type AggregatedKinesisRecord, Outbox } from "./outbox.js";
import { checkKeyed, newChecker, type RecordAggregatorOptions, resolveMaxBytes } from "./record-aggregator.js";

/** The hash keys of an open shard, both ends inclusive; decimal strings, as in ListShards' HashKeyRange. */
export interface ShardHashKeyRange {
  readonly startingHashKey: string;
  readonly endingHashKey: string;
}

export interface AggregateOptions extends RecordAggregatorOptions {
  /** The stream's open shards: together they cover all hash keys. Records are then packed by shard, not by key. */
  readonly shards?: readonly ShardHashKeyRange[];
}

/**
 * Packs records into Kinesis records that no reader drops: by equal effective hash key, or by shard when the shards are
 * given. Order is kept within a key, or within a shard. Lazy; holds one open aggregate for each key or shard, and up to
 * eight complete ones, whose digests are made together.
 *
 * @throws {@link InvalidOptionError} when the shards do not cover all hash keys, each once
 * @throws RecordFailedError while iterating, for a record that breaks a rule of the service
 *
 * @example
 * ```ts
 * for (const { partitionKey, data } of aggregate([{ partitionKey: "user-17", data: "{}" }])) {
 *   await client.send(new PutRecordCommand({ StreamName: "clicks", PartitionKey: partitionKey, Data: data }));
 * }
 * ```
 */
export function aggregate(
  records: Iterable<UserRecord>,
  options: AggregateOptions = {},
): Iterable<AggregatedKinesisRecord> {
  checkIterable(records, "records");
  const limits = { maxBytes: resolveMaxBytes(options, "aggregate"), maxCount: Number.POSITIVE_INFINITY };
  const map = options.shards === undefined ? undefined : readShards(options.shards);
  return {
    *[Symbol.iterator]() {
      const queues: LaneQueue[] = (map?.shards ?? [undefined]).map(
        () => new LaneQueue(newAggregator(map === undefined ? "key" : "shard", limits)),
      );
      const checker = newChecker();
      const outbox = new Outbox();
      try {
        for (const record of records) {
          const checked = checkKeyed(record, checker);
          const queue = queues[map === undefined ? 0 : placeOf(checked, map)] as LaneQueue;
          if (!queue.add(checked)) continue;
          moveComplete(queue, outbox);
          for (let next = outbox.next(); next !== undefined; next = outbox.next()) yield next;
        }
        for (const queue of queues) {
          queue.complete();
          moveComplete(queue, outbox);
          for (let next = outbox.next(); next !== undefined; next = outbox.next()) yield next;
        }
      } catch (error) {
        // Complete aggregates come out before the error of a later record.
        yield* outbox.rest();
        throw error;
      }
      yield* outbox.rest();
    },
  };
}

const hash = newHashWords();

/** Index of the shard of a record. */
function placeOf(record: PlacedRecord, map: ShardMap): number {
  if (record.explicitHashKey === undefined) return map.predictKey(record.key);
  effectiveHashKey(record, hash);
  return map.predict(hash);
}

function moveComplete(queue: LaneQueue, outbox: Outbox): void {
  for (let record = queue.takeComplete(); record !== undefined; record = queue.takeComplete()) outbox.add(record);
}

function readShards(shards: readonly ShardHashKeyRange[]): ShardMap {
  checkIterable(shards, "shards");
  const map = ShardMap.from(shards.map((shard, i) => ({ shardId: String(i), ...shard })));
  if (map instanceof ShardMapProblem)
    throw new InvalidOptionError("shards", `shards must cover all hash keys, each once: ${map.reason}`);
  return map;
}
