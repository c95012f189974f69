import type { KinesisModel } from "../kinesis-model/kinesis-model.js";
import { readToken } from "../kinesis-model/opaque-token.js";
import { ITERATOR_FIELDS } from "../kinesis-model/shard-iterator.js";
import type { StreamModel } from "../kinesis-model/stream-model.js";
import type { JsonObject } from "../operations/operation.js";
import type { ServiceCall } from "../service/service-call.js";
import { holdsPartitionKey } from "./record-keys.js";

/** A record of the input, not checked yet. */
interface RawRecord {
  readonly partitionKey: string | undefined;
  readonly explicitHashKey: string | undefined;
  readonly data: Uint8Array;
}

/** Facts about a call that rules can use before it runs. The input is not checked: a malformed part gives no facts. */
export class CallFacts {
  readonly call: ServiceCall;
  readonly #model: KinesisModel;

  constructor(call: ServiceCall, model: KinesisModel) {
    this.call = call;
    this.#model = model;
  }

  /** The stream that the call names, by its name, its ARN, an iterator or the token of a next page. */
  get streamName(): string | undefined {
    const { StreamName: name, StreamARN: arn, ConsumerARN: consumer } = this.call.input;
    if (typeof name === "string") return name;
    const anyArn = typeof arn === "string" ? arn : consumer;
    if (typeof anyArn === "string") return anyArn.split("/")[1];
    return this.#token()?.[0];
  }

  /** That stream, when it exists. */
  get stream(): StreamModel | undefined {
    const name = this.streamName;
    return name === undefined ? undefined : this.#model.find(name);
  }

  /** Whether the call names the shard, or puts a record into it. */
  touchesShard(shardId: string): boolean {
    const { ShardId, ShardToSplit, ShardToMerge, AdjacentShardToMerge } = this.call.input;
    if ([ShardId, ShardToSplit, ShardToMerge, AdjacentShardToMerge, this.#token()?.[1]].includes(shardId)) return true;
    return this.#records().some((record) => this.#shardOf(record) === shardId);
  }

  touchesPartitionKey(partitionKey: string): boolean {
    return this.#records().some((record) => holdsPartitionKey(partitionKey, record.partitionKey, record.data));
  }

  /** The open shard of the first record, or of the first record with the given shard and key. */
  shardToSplit(by: {
    readonly shardId?: string | undefined;
    readonly partitionKey?: string | undefined;
  }): string | undefined {
    for (const record of this.#records()) {
      const { partitionKey } = by;
      if (partitionKey !== undefined && !holdsPartitionKey(partitionKey, record.partitionKey, record.data)) continue;
      const shardId = this.#shardOf(record);
      if (shardId !== undefined && (by.shardId === undefined || shardId === by.shardId)) return shardId;
    }
    return undefined;
  }

  #shardOf({ partitionKey, explicitHashKey }: RawRecord): string | undefined {
    if (explicitHashKey !== undefined && !/^\d{1,39}$/.test(explicitHashKey)) return undefined;
    return this.stream?.predict({
      ...(partitionKey === undefined ? {} : { partitionKey }),
      ...(explicitHashKey === undefined ? {} : { explicitHashKey }),
    })?.shardId;
  }

  #records(): RawRecord[] {
    const { operation, input } = this.call;
    if (operation === "PutRecord") return [rawRecord(input)];
    if (operation !== "PutRecords" || !Array.isArray(input.Records)) return [];
    return input.Records.filter((entry) => typeof entry === "object" && entry !== null).map(rawRecord);
  }

  /** Stream and shard of an iterator, or the stream of a token. */
  #token(): readonly [string, string | undefined] | undefined {
    const { ShardIterator: iterator, NextToken: token } = this.call.input;
    if (typeof iterator === "string") {
      const fields = readToken(iterator, ITERATOR_FIELDS);
      return fields === undefined ? undefined : [fields[0] as string, fields[2] as string];
    }
    if (typeof token !== "string" || this.call.operation !== "ListShards") return undefined;
    const fields = readToken(token, ["string", "number", "string", "string", "number", "string", "number"]);
    return fields === undefined ? undefined : [fields[0] as string, undefined];
  }
}

function rawRecord({ PartitionKey, ExplicitHashKey, Data }: JsonObject): RawRecord {
  return {
    partitionKey: typeof PartitionKey === "string" ? PartitionKey : undefined,
    explicitHashKey: typeof ExplicitHashKey === "string" ? ExplicitHashKey : undefined,
    data: Data instanceof Uint8Array ? Data : Buffer.from(typeof Data === "string" ? Data : "", "base64"),
  };
}
