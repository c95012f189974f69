import {
  type _Record,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type HashKeyRange,
  type KinesisClient,
  ListShardsCommand,
  type ListShardsCommandOutput,
  type ShardFilter,
} from "@aws-sdk/client-kinesis";
import type { ShardRange } from "../deaggregate/index.js";
import type { ReadableShard, ShardPosition } from "./starting-position.js";

/** The stream, by one of its names. */
export type StreamName = { readonly StreamName: string } | { readonly StreamARN: string };

/** An answer of GetRecords. */
export interface ShardAnswer {
  readonly records: readonly _Record[];
  /** How far behind the newest record; undefined when it is not told. */
  readonly millisBehind: number | undefined;
  /** Undefined at the end of a closed shard. */
  readonly nextIterator: string | undefined;
  /** At the end of a closed shard, when they are told. */
  readonly children: readonly ReadableShard[];
}

/** The calls of a reader, each sent once, and ended by the signal. */
export class StreamCalls {
  readonly #client: KinesisClient;
  readonly #stream: StreamName;
  readonly #signal: AbortSignal;

  constructor(client: KinesisClient, stream: StreamName, signal: AbortSignal) {
    this.#client = client;
    this.#stream = stream;
    this.#signal = signal;
  }

  /** All pages. */
  async listShards(filter: ShardFilter | undefined): Promise<ReadableShard[]> {
    const shards: ReadableShard[] = [];
    let token: string | undefined;
    do {
      // Later pages take the token alone: with the stream's name beside it the service refuses the request.
      const input =
        token === undefined
          ? { ...this.#stream, ...(filter === undefined ? {} : { ShardFilter: filter }) }
          : { NextToken: token };
      const page: ListShardsCommandOutput = await this.#client.send(new ListShardsCommand(input), {
        abortSignal: this.#signal,
      });
      for (const { ShardId, ParentShardId, AdjacentParentShardId, HashKeyRange } of page.Shards ?? []) {
        shards.push(readShard(ShardId, [ParentShardId, AdjacentParentShardId], HashKeyRange));
      }
      token = page.NextToken;
    } while (token !== undefined);
    return shards;
  }

  async shardIterator(shardId: string, position: ShardPosition): Promise<string | undefined> {
    const command = new GetShardIteratorCommand({ ...this.#stream, ShardId: shardId, ...position });
    const { ShardIterator } = await this.#client.send(command, { abortSignal: this.#signal });
    return ShardIterator;
  }

  async getRecords(iterator: string, limit: number): Promise<ShardAnswer> {
    // A stream of another account is found by its ARN alone; its name is not taken here.
    const arn = "StreamARN" in this.#stream ? this.#stream : {};
    const command = new GetRecordsCommand({ ...arn, ShardIterator: iterator, Limit: limit });
    const answer = await this.#client.send(command, { abortSignal: this.#signal });
    return {
      records: answer.Records ?? [],
      millisBehind: answer.MillisBehindLatest,
      nextIterator: answer.NextShardIterator,
      children: (answer.ChildShards ?? []).map(({ ShardId, ParentShards, HashKeyRange }) =>
        readShard(ShardId, ParentShards ?? [], HashKeyRange),
      ),
    };
  }
}

function readShard(
  shardId: string | undefined,
  parents: readonly (string | undefined)[],
  range: HashKeyRange | undefined,
): ReadableShard {
  return {
    shardId: shardId ?? "",
    parentShardIds: parents.filter((id) => id !== undefined),
    range: readRange(range),
  };
}

function readRange(range: HashKeyRange | undefined): ShardRange {
  return { startingHashKey: range?.StartingHashKey ?? "", endingHashKey: range?.EndingHashKey ?? "" };
}
