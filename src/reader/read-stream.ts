import { type ReadStreamOptions, resolveReadOptions, type StreamRecord } from "./read-options.js";
import { StreamReading } from "./stream-reading.js";

/**
 * Reads every shard of a stream, from a position on, as one iteration of user records. Aggregates are unpacked with the
 * KCL's filter for their shard. Records of a shard are in its order, and a shard follows its parents. There is no order
 * between other shards.
 *
 * Reading keeps to the limits of a shard, and continues after throttling, temporary errors and reshards. It is ahead of
 * the iteration by a bounded number of answers. Leaving the loop or aborting the signal ends the reading with its calls
 * and timers.
 *
 * This is not a KCL: one process reads all shards, and no position is stored. To continue later, store for each
 * `shardId` the `sequenceNumber` of its last record, once its aggregate was handled to its end, and pass them as
 * `from: { after }`.
 *
 * @throws InvalidOptionError for a bad option, at once. The iteration throws a permanent error of the SDK, like
 * `ResourceNotFoundException`, after the records that were read before it
 *
 * @example
 * ```ts
 * const client = new KinesisClient({ region: "eu-west-1" });
 * for await (const { partitionKey, data } of readStream({ client, streamName: "clicks", from: "LATEST" })) {
 *   console.log(partitionKey, Buffer.from(data).toString());
 * }
 * ```
 */
export function readStream(options: ReadStreamOptions): AsyncGenerator<StreamRecord, void, undefined> {
  return new StreamReading(resolveReadOptions(options)).records();
}
