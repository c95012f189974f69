/**
 * `kinesis-producer/testing`: a clock, a network and a Kinesis for tests.
 *
 * @module
 */
export { CallScript, type HeldCall, type Step } from "./call-script.js";
export { evenShards, shardIdOf } from "./even-shards.js";
export type { ControlAction, ControlHook, ControlledCall } from "./http/control.js";
export type { LocalAnswer } from "./http/local-answer.js";
export type { ServerCertificate } from "./http/local-server.js";
export { ServiceError } from "./kinesis-model/service-error.js";
export type { StoredRecord } from "./kinesis-model/shard.js";
export type { CapacityMode, StreamOptions } from "./kinesis-model/stream-settings.js";
export { type LocalClientConfig, LocalKinesis, type LocalKinesisOptions } from "./local-kinesis.js";
export { ManualClock, type ManualClockOptions } from "./manual-clock.js";
export type { JsonObject } from "./operations/operation.js";
export type { OperationName } from "./operations/operations.js";
export {
  acceptAll,
  acceptByRange,
  connectionLost,
  INTERNAL_FAILURE,
  type PutRecordsAnswering,
  type RecordedPutRecords,
  refuseAll,
  refuseEntries,
  requestFailure,
  scriptedSequenceNumber,
  THROTTLED,
} from "./scripted-answers.js";
export {
  type RecordedDescribeStream,
  type RecordedListShards,
  ScriptedDirectory,
  type ScriptedDirectoryOptions,
  type SummaryFields,
} from "./scripted-directory.js";
export { type HeldPutRecords, ScriptedTransport, type TransportStep } from "./scripted-transport.js";
