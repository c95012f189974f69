import { type ReadStreamOptions, resolveReadOptions, type StreamRecord } from "./read-options.js";
import { StreamReading } from "./stream-reading.js";

/**
 * Reads every shard of a stream, from a position on, as one iteration of user records: aggregates are unpacked, with the
 * KCL's filter by the shard they were read from. Within a shard the order is the shard's, and a shard comes after its
 * parents; between other shards there is none.
 *
 * Reading keeps to the limits of a shard, goes on after throttling, passing errors and reshards, and stops a bounded
 * number of answers ahead of the iteration. Leaving the loop, or aborting the signal, ends it, its calls and its timers.
 *
 * This is not a KCL: one process reads all shards, and nothing is remembered. To go on later, keep the `sequenceNumber` of
 * the last record of each `shardId`, whose aggregate was handled to its end, for `from: { after }`.
 *
 * @throws InvalidOptionError for a bad option, at once; in the iteration, after what was read before it, the error of the
 *   SDK that will not pass by itself, like `ResourceNotFoundException`
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
