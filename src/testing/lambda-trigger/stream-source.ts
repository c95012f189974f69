import type { RelatedShard } from "../../core/shards/shard-family.js";
import type { JsonObject } from "../operations/operation.js";
import type { KinesisCaller } from "./kinesis-caller.js";
import type { EventRecord } from "./lambda-event.js";

/** A place in a shard, in the form of GetShardIterator. */
export type ShardPlace = Readonly<Record<string, string | number>>;

/** The beginning of a shard. */
export const SHARD_BEGINNING: ShardPlace = { ShardIteratorType: "TRIM_HORIZON" };

/** An answer of GetRecords. */
export interface ReadAnswer {
  readonly records: readonly EventRecord[];
  /** Undefined at the end of a closed shard. */
  readonly nextIterator: string | undefined;
  readonly isCaughtUp: boolean;
}

/** Records of one read at most. */
const READ_LIMIT = 10_000;

/** The calls that read a stream. */
export class StreamSource {
  readonly #caller: KinesisCaller;
  readonly #stream: JsonObject;

  constructor(caller: KinesisCaller, streamName: string) {
    this.#caller = caller;
    this.#stream = { StreamName: streamName };
  }

  async describe(): Promise<{ readonly streamArn: string; readonly retentionMs: number }> {
    const { StreamDescriptionSummary } = await this.#caller.call("DescribeStreamSummary", this.#stream);
    const { StreamARN, RetentionPeriodHours } = StreamDescriptionSummary as JsonObject;
    return { streamArn: StreamARN as string, retentionMs: (RetentionPeriodHours as number) * 3_600_000 };
  }

  /** @param filter - a ShardFilter; undefined for all shards */
  async listShards(filter?: JsonObject): Promise<readonly RelatedShard[]> {
    const shards: RelatedShard[] = [];
    let input: JsonObject = { ...this.#stream, ...(filter === undefined ? {} : { ShardFilter: filter }) };
    for (;;) {
      const { Shards, NextToken } = await this.#caller.call("ListShards", input);
      for (const { ShardId, ParentShardId, AdjacentParentShardId } of Shards as readonly JsonObject[]) {
        const parents = [ParentShardId, AdjacentParentShardId].filter((id) => typeof id === "string");
        shards.push({ shardId: ShardId as string, parentShardIds: parents });
      }
      if (typeof NextToken !== "string") return shards;
      input = { NextToken };
    }
  }

  async iterator(shardId: string, place: ShardPlace): Promise<string> {
    const input = { ...this.#stream, ShardId: shardId, ...place };
    return (await this.#caller.call("GetShardIterator", input)).ShardIterator as string;
  }

  async read(shardId: string, iterator: string): Promise<ReadAnswer> {
    const input = { ShardIterator: iterator, Limit: READ_LIMIT };
    const { Records, NextShardIterator, MillisBehindLatest } = await this.#caller.call("GetRecords", input);
    return {
      records: (Records as readonly JsonObject[]).map((record) => eventRecord(shardId, record)),
      nextIterator: NextShardIterator as string | undefined,
      isCaughtUp: MillisBehindLatest === 0,
    };
  }
}

function eventRecord(shardId: string, record: JsonObject): EventRecord {
  const { SequenceNumber, PartitionKey, Data, ApproximateArrivalTimestamp } = record;
  return {
    shardId,
    sequenceNumber: SequenceNumber as string,
    partitionKey: PartitionKey as string | undefined,
    data: Data as string,
    arrivedAt: Math.round((ApproximateArrivalTimestamp as number) * 1_000),
  };
}
