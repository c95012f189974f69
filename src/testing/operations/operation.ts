import type { Clock } from "../../core/ports.js";
import type { StreamConsumer } from "../kinesis-model/consumer-registry.js";
import type { KinesisModel } from "../kinesis-model/kinesis-model.js";
import type { Shard } from "../kinesis-model/shard.js";
import type { IncomingRecord, StreamModel } from "../kinesis-model/stream-model.js";
import type { EventStream } from "./event-stream.js";

/** A parsed JSON object. */
export type JsonObject = { readonly [name: string]: unknown };

/** What counts of a record that is put. */
export interface CountedEntry {
  readonly stream: StreamModel;
  readonly shard: Shard;
  /** Partition key and data. */
  readonly countedBytes: number;
}

/** A record that is put, on its way into its shard. */
export interface IncomingEntry extends CountedEntry {
  readonly record: IncomingRecord;
}

/** Why a record is refused, others of its request not necessarily. */
export interface EntryRefusal {
  readonly code: string;
  readonly message: string;
  /** Whether it is stored all the same. */
  readonly isStored: boolean;
}

/** What guards the shards: limits, faults, and who counts. */
export interface ShardGuard {
  /** Asked for each record that is put, in order; undefined takes it. */
  admit(entry: IncomingEntry, now: number): EntryRefusal | undefined;
  /** @throws ServiceError when the shard may not be read yet */
  beforeRead(kind: "GetRecords" | "GetShardIterator", stream: StreamModel, shard: Shard, now: number): void;
  afterRead(shard: Shard, bytes: number, now: number): void;
  /**
   * @returns bytes a second that the subscriber may be sent
   * @throws ServiceError when it subscribed to the shard a moment ago
   */
  beforeSubscribe(consumer: StreamConsumer, shard: Shard, now: number): number;
}

/** Where the time comes from of what goes on after the answer. */
export type ServiceTime = Pick<Clock, "epochNow" | "setTimer">;

/** What an operation works on. */
export interface OperationScope {
  readonly model: KinesisModel;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** For what goes on after the answer; the system's time when there is none. */
  readonly time?: ServiceTime | undefined;
  /** Lets everything through when there is none. */
  readonly guard?: ShardGuard | undefined;
  /** Has listings tell the shards from before the last reshard. */
  readonly isListStale?: boolean | undefined;
}

/**
 * One operation of the API: checks the input, changes the model, answers the output, which may be a stream of events;
 * undefined where the service answers an empty body. Throws `ServiceError` for every other answer, before anything is changed.
 */
export type Operation = (input: JsonObject, scope: OperationScope) => JsonObject | EventStream | undefined;
