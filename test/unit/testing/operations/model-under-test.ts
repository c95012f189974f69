import { runOperation } from "../../../../src/testing/http/local-answer.js";
import { KinesisModel } from "../../../../src/testing/kinesis-model/kinesis-model.js";
import type { StoredRecord } from "../../../../src/testing/kinesis-model/shard.js";
import type { JsonObject } from "../../../../src/testing/operations/operation.js";
import type { OperationName } from "../../../../src/testing/operations/operations.js";

export const NOW: number = Date.UTC(2026, 10, 21);

/** A model with a stream `clicks` of two shards, called by operation; time moves by assignment. */
export class ModelUnderTest {
  now: number = NOW;
  readonly model: KinesisModel = new KinesisModel({ region: "us-east-1", accountId: "000000000000" });

  constructor() {
    this.model.createStream("clicks", { shards: 2 }, NOW);
  }

  // biome-ignore lint/suspicious/noExplicitAny: answers are read by many paths, and wrong ones fail their assertion
  call(operation: OperationName, input: JsonObject): any {
    const { statusCode, body } = runOperation(operation, input, { model: this.model, now: this.now });
    return { statusCode, ...JSON.parse(JSON.stringify(body ?? {})) };
  }

  refusal(operation: OperationName, input: JsonObject): string {
    const { statusCode, __type, message } = this.call(operation, input);
    return `${statusCode} ${__type}: ${message}`;
  }

  put(text: string, fields: JsonObject = {}): { ShardId: string; SequenceNumber: string } {
    return this.call("PutRecord", { StreamName: "clicks", PartitionKey: "a", Data: base64(text), ...fields });
  }

  stored(): StoredRecord[] {
    return this.model.stream("clicks").shards.flatMap((shard) => shard.records);
  }
}

export function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

export function entry(fields: JsonObject = {}): JsonObject {
  return { PartitionKey: "a", Data: base64("x"), ...fields };
}
