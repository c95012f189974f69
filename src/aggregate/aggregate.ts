import { newAggregator } from "../core/lane/aggregator.js";
import { LaneQueue } from "../core/lane/lane-queue.js";
import { RecordChecker } from "../core/record/record-check.js";
import { effectiveHashKey, newHashWords } from "../core/shards/hash-key.js";
import { ShardMap, ShardMapProblem } from "../core/shards/shard-map.js";
import { checkIterable, InvalidOptionError } from "../errors.js";
import type { UserRecord } from "../record.js";
import {
  type AggregatedKinesisRecord,
  asEntry,
  checkKeyed,
  type RecordAggregatorOptions,
  resolveMaxBytes,
} from "./record-aggregator.js";

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
 * given. Order is kept within a key, or within a shard. Lazy; holds one open aggregate for each key or shard.
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
      const checker = new RecordChecker();
      const hash = newHashWords();
      for (const record of records) {
        const checked = checkKeyed(record, checker);
        if (map !== undefined) effectiveHashKey(checked, hash);
        const queue = queues[map === undefined ? 0 : map.predict(hash)] as LaneQueue;
        queue.add(checked);
        yield* completed(queue);
      }
      for (const queue of queues) {
        queue.complete();
        yield* completed(queue);
      }
    },
  };
}

/** The Kinesis records of a queue that gets no more records. */
function* completed(queue: LaneQueue): Generator<AggregatedKinesisRecord> {
  for (let record = queue.takeComplete(); record !== undefined; record = queue.takeComplete()) yield asEntry(record);
}

function readShards(shards: readonly ShardHashKeyRange[]): ShardMap {
  checkIterable(shards, "shards");
  const map = ShardMap.from(shards.map((shard, i) => ({ shardId: String(i), ...shard })));
  if (map instanceof ShardMapProblem)
    throw new InvalidOptionError("shards", `shards must cover all hash keys, each once: ${map.reason}`);
  return map;
}
