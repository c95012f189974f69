/**
 * `kinesis-producer/testing`: a clock, a network and a Kinesis for tests.
 *
 * @module
 */
export type {
  Clock,
  EntryAccepted,
  EntryAnswer,
  EntryRefused,
  KinesisRecord,
  PutRecordsAnswer,
  PutRecordsRequest,
  Random,
  RecordDistribution,
  RequestAnswered,
  RequestFailure,
  ShardDescription,
  ShardSelection,
  ShardsAnswer,
  StreamDirectory,
  StreamRef,
  StreamSummary,
  TimerHandle,
  Transport,
} from "../core/ports.js";
export { CallScript, type HeldCall, type Step } from "./call-script.js";
export type {
  BufferingHints,
  CompressionFormat,
  DeliveryFailure,
  DeliveryStreamOptions,
  DeliveryTransform,
  DynamicPartitioning,
} from "./delivery/delivery-options.js";
export type { DeliveryStats } from "./delivery/delivery-stats.js";
export {
  type DeliveryCloseOptions,
  type DeliveryCloseReport,
  DeliveryStream,
  type DeliveryWaitOptions,
} from "./delivery/delivery-stream.js";
export {
  type DeliveredFile,
  type DeliveryDestination,
  folderDestination,
  type PutObjectFields,
  type S3DestinationOptions,
  s3Destination,
} from "./delivery/destinations.js";
export type { UnwrittenFile } from "./delivery/file-writer.js";
export type { StreamSource } from "./delivery/kinesis-source.js";
export type { KeyedRecord, PartitionQuery } from "./delivery/partition-keys.js";
export type { DeliveryTransformEvent, TransformEventRecord } from "./delivery/transform-event.js";
export { evenShards, shardIdOf } from "./even-shards.js";
export type {
  AccompanyingEffect,
  CallNumbers,
  EntryEffect,
  FaultEffect,
  FaultMatch,
  FaultRule,
  Milliseconds,
  RequestEffect,
} from "./faults/fault-rule.js";
export type { FaultScript, FaultState } from "./faults/fault-script.js";
export type { Http2ErrorCode } from "./faults/http2-error-code.js";
export { parseFault } from "./faults/parse-fault.js";
export { seededRandom } from "./faults/seeded-random.js";
export type { ControlAction, ControlHook, ControlledCall } from "./http/control.js";
export { FAULTS_PATH, type FaultsAnswer } from "./http/fault-endpoint.js";
export type { LocalAnswer } from "./http/local-answer.js";
export type { ServerCertificate } from "./http/self-signed-certificate.js";
export { ServiceError } from "./kinesis-model/service-error.js";
export type { ServiceTiming } from "./kinesis-model/service-timing.js";
export type { StoredRecord } from "./kinesis-model/shard.js";
export type { CapacityMode, StreamOptions } from "./kinesis-model/stream-settings.js";
export type { DiscardCondition } from "./lambda-trigger/batch-work.js";
export type { LambdaFailureRecord } from "./lambda-trigger/failure-record.js";
export type { FilterCriteria, FilterPattern } from "./lambda-trigger/filter/filter-criteria.js";
export { lambdaEndpoint } from "./lambda-trigger/lambda-endpoint.js";
export {
  type LambdaEventInput,
  type LambdaEventOptions,
  type LambdaKinesisEvent,
  type LambdaKinesisRecord,
  lambdaEvent,
} from "./lambda-trigger/lambda-event.js";
export type {
  InvocationReport,
  LambdaCallback,
  LambdaContext,
  LambdaHandler,
} from "./lambda-trigger/lambda-function.js";
export { LambdaTrigger } from "./lambda-trigger/lambda-trigger.js";
export type { FailureDestination, LambdaTriggerOptions } from "./lambda-trigger/trigger-options.js";
export type { LambdaTriggerStats } from "./lambda-trigger/trigger-stats.js";
export type {
  CallLimitOptions,
  LimitOptions,
  ReadLimitOptions,
  WriteLimitOptions,
  WriteModel,
} from "./limits/limit-options.js";
export {
  type LocalClientConfig,
  type LocalHandlerOptions,
  LocalKinesis,
  type LocalKinesisOptions,
} from "./local-kinesis.js";
export { ManualClock, type ManualClockOptions } from "./manual-clock.js";
export type { EventMessage, EventStream } from "./operations/event-stream.js";
export type { JsonObject, ServiceTime } from "./operations/operation.js";
export type { OperationName } from "./operations/operations.js";
export type { Oracle, ShardCount } from "./oracle/oracle.js";
export type { ShardMeter, ShardSecond } from "./oracle/shard-meter.js";
export type { IdentifyUserRecord, StreamReport } from "./oracle/stream-report.js";
export type { DroppedAggregate, StoredCopy, UserRecordFate } from "./oracle/user-record-fate.js";
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
export type { KinesisControls } from "./service/kinesis-controls.js";
export type { KinesisService, KinesisServiceOptions } from "./service/kinesis-service.js";
export type { ServiceCall, ServiceReply } from "./service/service-call.js";
export { SimulatedKinesis, type SimulatedKinesisOptions } from "./simulated-kinesis.js";
export type {
  SimulatedCallOptions,
  SimulatedRequest,
  SimulatedRequestHandler,
  SimulatedResponse,
} from "./simulated-request-handler.js";
export { DataDirectoryError } from "./storage/data-directory-error.js";
