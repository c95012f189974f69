import type { JsonObject } from "../../../../src/testing/operations/operation.js";
import type { OperationName } from "../../../../src/testing/operations/operations.js";
import { KinesisService, type KinesisServiceOptions } from "../../../../src/testing/service/kinesis-service.js";
import type { ServiceReply } from "../../../../src/testing/service/service-call.js";

export const NOW: number = Date.UTC(2026, 10, 21);

/** A service with a stream `clicks` of two shards, unless told otherwise; time moves by assignment. */
export class ServiceUnderTest {
  now: number = NOW;
  accessKeyId: string | undefined;
  signedAt: number | undefined;
  readonly service: KinesisService;

  constructor(options: KinesisServiceOptions = {}) {
    this.service = new KinesisService({ streams: { clicks: { shards: 2 } }, ...options }, NOW);
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
    const { statusCode, __type, message } = this.call(operation, input);
    return `${statusCode} ${__type}: ${message}`;
  }

  /** Puts one record a key; per record its shard's last digit, or its error's code. */
  put(...keys: string[]): string[] {
    return this.putSized(1, ...keys);
  }

  putSized(bytes: number, ...keys: string[]): string[] {
    const { Records = [] } = this.call("PutRecords", putInput(bytes, keys));
    return Records.map(({ ShardId, ErrorCode }: { ShardId?: string; ErrorCode?: string }) =>
      ShardId === undefined ? ErrorCode : ShardId.slice(-1),
    );
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
