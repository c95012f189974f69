import {
  type _Record,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  type ShardFilter,
} from "@aws-sdk/client-kinesis";
import { checkShard, fieldsOf, readShardsPage, TornAnswerError, type WholeShard } from "../whole-answer.js";
import { callWithin } from "./call-within.js";
import type { ReadableShard, ShardPosition } from "./starting-position.js";

/** The stream, by one of its names. */
export type StreamName = { readonly StreamName: string } | { readonly StreamARN: string };

/** An answer of GetRecords. */
export interface ShardAnswer {
  readonly records: readonly _Record[];
  /** Distance to the newest record in time; undefined when the answer does not say. */
  readonly millisBehind: number | undefined;
  /** Undefined at the end of a closed shard. */
  readonly nextIterator: string | undefined;
  /** The child shards, at the end of a closed shard. Some emulators do not return them. */
  readonly children: readonly ReadableShard[];
}

/** The calls of a reader. Each is sent once, and aborted by the signal or at the time limit. */
export class StreamCalls {
  readonly #client: KinesisClient;
  readonly #stream: StreamName;
  readonly #signal: AbortSignal;
  readonly #limitMs: number;

  /** @param limitMs - time limit of a call */
  constructor(client: KinesisClient, stream: StreamName, signal: AbortSignal, limitMs: number) {
    this.#client = client;
    this.#stream = stream;
    this.#signal = signal;
    this.#limitMs = limitMs;
  }

  /**
   * The shards of all pages.
   *
   * @throws TornAnswerError for a list without shards: every stream has one
   */
  async listShards(filter: ShardFilter | undefined): Promise<ReadableShard[]> {
    const listed: ReadableShard[] = [];
    let token: string | undefined;
    do {
      // Later pages have only the token: the service refuses a request with both a token and a stream name.
      const input =
        token === undefined
          ? { ...this.#stream, ...(filter === undefined ? {} : { ShardFilter: filter }) }
          : { NextToken: token };
      const { shards, nextToken } = readShardsPage(
        await this.#call((options) => this.#client.send(new ListShardsCommand(input), options)),
      );
      for (const shard of shards) {
        listed.push(readShard(shard, [shard.ParentShardId, shard.AdjacentParentShardId]));
      }
      token = nextToken;
    } while (token !== undefined);
    if (listed.length === 0) throw new TornAnswerError("ListShards with no shard");
    return listed;
  }

  async shardIterator(shardId: string, position: ShardPosition): Promise<string> {
    const command = new GetShardIteratorCommand({ ...this.#stream, ShardId: shardId, ...position });
    const answer = await this.#call((options) => this.#client.send(command, options));
    const { ShardIterator } = fieldsOf(answer, "GetShardIterator");
    if (typeof ShardIterator === "string" && ShardIterator !== "") return ShardIterator;
    throw new TornAnswerError("GetShardIterator without ShardIterator");
  }

  async getRecords(iterator: string, limit: number): Promise<ShardAnswer> {
    // A stream of another account is found only by its ARN.
    const arn = "StreamARN" in this.#stream ? this.#stream : {};
    const command = new GetRecordsCommand({ ...arn, ShardIterator: iterator, Limit: limit });
    return readShardAnswer(await this.#call((options) => this.#client.send(command, options)));
  }

  #call<Answer>(send: (options: { readonly abortSignal: AbortSignal }) => Promise<Answer>): Promise<Answer> {
    return callWithin(this.#limitMs, this.#signal, send);
  }
}

/**
 * A torn answer without records and iterator looks like the end of a closed shard. The real answer at the end has a
 * list of records, which may be empty.
 */
function readShardAnswer(answer: GetRecordsCommandOutput): ShardAnswer {
  const { Records, NextShardIterator, MillisBehindLatest, ChildShards } = fieldsOf(answer, "GetRecords");
  if (!Array.isArray(Records)) throw new TornAnswerError("GetRecords without Records");
  for (const record of Records as readonly unknown[]) checkRecord(record);
  const children = (Array.isArray(ChildShards) ? ChildShards : []) as readonly unknown[];
  return {
    records: Records as readonly _Record[],
    millisBehind: typeof MillisBehindLatest === "number" ? MillisBehindLatest : undefined,
    nextIterator: typeof NextShardIterator === "string" && NextShardIterator !== "" ? NextShardIterator : undefined,
    children: children.map(readChild),
  };
}

/**
 * A record without Data would be read as an empty record. Without SequenceNumber the position in the shard would be
 * lost.
 */
function checkRecord(record: unknown): void {
  const { Data, SequenceNumber } = fieldsOf(record, "GetRecords");
  if (!(Data instanceof Uint8Array)) throw new TornAnswerError("GetRecords with a record without Data");
  if (typeof SequenceNumber !== "string") throw new TornAnswerError("GetRecords with a record without SequenceNumber");
}

function readChild(child: unknown): ReadableShard {
  checkShard(child, "GetRecords");
  const { ParentShards } = child as { readonly ParentShards?: unknown };
  return readShard(child, Array.isArray(ParentShards) ? ParentShards : []);
}

function readShard({ ShardId, HashKeyRange }: WholeShard, parents: readonly unknown[]): ReadableShard {
  return {
    shardId: ShardId,
    parentShardIds: parents.filter((id) => typeof id === "string"),
    range: { startingHashKey: HashKeyRange.StartingHashKey, endingHashKey: HashKeyRange.EndingHashKey },
  };
}
