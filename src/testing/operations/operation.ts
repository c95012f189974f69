import type { Clock } from "../../core/ports.js";
import type { StreamConsumer } from "../kinesis-model/consumer-registry.js";
import type { KinesisModel } from "../kinesis-model/kinesis-model.js";
import type { Shard } from "../kinesis-model/shard.js";
import type { IncomingRecord, StreamModel } from "../kinesis-model/stream-model.js";
import type { EventStream } from "./event-stream.js";

/** A parsed JSON object. */
export type JsonObject = { readonly [name: string]: unknown };

/** The parts of a record that limits count. */
export interface CountedEntry {
  readonly stream: StreamModel;
  readonly shard: Shard;
  /** Partition key and data. */
  readonly countedBytes: number;
}

/** A record that is about to be stored in its shard. */
export interface IncomingEntry extends CountedEntry {
  readonly record: IncomingRecord;
}

/** Why a record is refused; other records of its request may be stored. */
export interface EntryRefusal {
  readonly code: string;
  readonly message: string;
  /** Whether it is stored nevertheless. */
  readonly isStored: boolean;
}

/** Guards the shards: limits, faults and counters. */
export interface ShardGuard {
  /** Called for each record, in order; undefined admits it. */
  admit(entry: IncomingEntry, now: number): EntryRefusal | undefined;
  /** @throws ServiceError when the shard may not be read yet */
  beforeRead(kind: "GetRecords" | "GetShardIterator", stream: StreamModel, shard: Shard, now: number): void;
  afterRead(shard: Shard, bytes: number, now: number): void;
  /**
   * @returns bytes a second for the subscriber
   * @throws ServiceError when its last subscription to the shard is too recent
   */
  beforeSubscribe(consumer: StreamConsumer, shard: Shard, now: number): number;
}

/** The time source for events after an answer. */
export type ServiceTime = Pick<Clock, "epochNow" | "setTimer">;

/** The surroundings of an operation. */
export interface OperationScope {
  readonly model: KinesisModel;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** For events after the answer; the system's time when absent. */
  readonly time?: ServiceTime | undefined;
  /** Absent: everything is admitted. */
  readonly guard?: ShardGuard | undefined;
  /** Makes listings show the shards from before the last reshard. */
  readonly isListStale?: boolean | undefined;
}

/**
 * One operation of the API: takes an input that keeps the service's model (`readInput`), changes the model, returns the
 * output. The output may be a stream of events; it is undefined where the service answers with an empty body. Throws
 * `ServiceError` for every other answer, before any change.
 */
export type Operation<Input extends object = never> = (
  input: Input,
  scope: OperationScope,
) => JsonObject | EventStream | undefined;
