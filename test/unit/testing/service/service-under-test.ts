import type { KinesisModel } from "../../../../src/testing/kinesis-model/kinesis-model.js";
import type { StoredRecord } from "../../../../src/testing/kinesis-model/shard.js";
import type { ManualClock } from "../../../../src/testing/manual-clock.js";
import type { JsonObject } from "../../../../src/testing/operations/operation.js";
import type { OperationName } from "../../../../src/testing/operations/operations.js";
import {
  KinesisService,
  type KinesisServiceOptions,
  type ModelStorage,
} from "../../../../src/testing/service/kinesis-service.js";
import type { ServiceReply } from "../../../../src/testing/service/service-call.js";

export const NOW: number = Date.UTC(2026, 10, 21);

/**
 * The service behind every stand-in for Kinesis, called by operation. By default with a stream `clicks` of two shards.
 * Time moves by assignment, or with a clock.
 */
export class ServiceUnderTest {
  accessKeyId: string | undefined;
  signedAt: number | undefined;
  service: KinesisService;
  readonly #clock: ManualClock | undefined;
  #now: number = NOW;

  /**
   * @param clock - for events after an answer
   *
   * @param storage - where the streams outlive the service
   */
  constructor(options: KinesisServiceOptions = {}, clock?: ManualClock, storage?: ModelStorage) {
    this.#clock = clock;
    this.service = new KinesisService({ streams: { clicks: { shards: 2 } }, ...options }, this.now, clock, storage);
  }

  get now(): number {
    return this.#clock?.epochNow() ?? this.#now;
  }

  set now(now: number) {
    this.#now = now;
  }

  get model(): KinesisModel {
    return this.service.model;
  }

  reply(operation: OperationName, input: JsonObject): ServiceReply {
    const { now, accessKeyId, signedAt } = this;
    return this.service.answer({ operation, input, now, accessKeyId, signedAt });
  }

  // biome-ignore lint/suspicious/noExplicitAny: answers are read by many paths, and wrong ones fail their assertion
  call(operation: OperationName, input: JsonObject = { StreamName: "clicks" }): any {
    const { statusCode, body } = this.reply(operation, input);
    return { statusCode, ...JSON.parse(JSON.stringify(body ?? {})) };
  }

  refusal(operation: OperationName, input: JsonObject = { StreamName: "clicks" }): string {
    const { statusCode, __type, message, Message } = this.call(operation, input);
    return `${statusCode} ${__type}: ${message ?? Message}`;
  }

  /** Puts one record per key. Returns for each record its shard's last digit, or the code of its error. */
  put(...keys: string[]): string[] {
    return this.putSized(1, ...keys);
  }

  putSized(bytes: number, ...keys: string[]): string[] {
    const { Records = [] } = this.call("PutRecords", putInput(bytes, keys));
    return Records.map(({ ShardId, ErrorCode }: { ShardId?: string; ErrorCode?: string }) =>
      ShardId === undefined ? ErrorCode : ShardId.slice(-1),
    );
  }

  /** Puts a record of a text under the key `a`, with these fields. */
  putText(text: string, fields: JsonObject = {}): { readonly ShardId: string; readonly SequenceNumber: string } {
    return this.call("PutRecord", { StreamName: "clicks", ...entry({ Data: base64(text) }), ...fields });
  }

  /** The kept records, shard by shard. */
  records(stream = "clicks"): StoredRecord[] {
    return this.model.stream(stream).shards.flatMap((shard) => shard.records);
  }

  stored(stream = "clicks"): number {
    return this.service.oracle.shardCounts(stream).reduce((sum, { records }) => sum + records, 0);
  }
}

export function putInput(bytes: number, keys: readonly string[]): JsonObject {
  return {
    StreamName: "clicks",
    Records: keys.map((key, index) => ({ PartitionKey: key, Data: new Uint8Array(bytes).fill(index) })),
  };
}

export function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** An entry of PutRecords. */
export function entry(fields: JsonObject = {}): JsonObject {
  return { PartitionKey: "a", Data: base64("x"), ...fields };
}
