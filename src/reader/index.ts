/**
 * `kinesis-producer/reader`: reads every shard of a stream as one iteration of user records. Not a KCL: no leases, no
 * checkpoints, one process.
 *
 * @module
 */
export type { DeaggregatedRecord, DroppedUserRecords } from "../deaggregate/index.js";
export type { ReadStreamOptions, StreamRecord } from "./read-options.js";
export { readStream } from "./read-stream.js";
export type { StartingPosition } from "./starting-position.js";
