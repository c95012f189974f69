import type { ListShardsCommandOutput, Shard } from "@aws-sdk/client-kinesis";

/**
 * What an answer of the service must have. An answer that lacks it was torn on its way: whatever it seems to say, an empty
 * list or the end of a shard, it does not say.
 *
 * @module
 */

/** A successful answer that lacks something. The call goes again. */
export class TornAnswerError extends Error {
  readonly $metadata: { readonly httpStatusCode: number };

  /** @param lacks - what is missing, and of which operation */
  constructor(lacks: string) {
    super(`the answer is not whole: ${lacks}`);
    this.name = "UnreadableAnswer";
    this.$metadata = { httpStatusCode: 200 };
  }
}

/** A shard with everything that a shard has. */
export interface WholeShard extends Omit<Shard, "ShardId" | "HashKeyRange"> {
  readonly ShardId: string;
  readonly HashKeyRange: WholeRange;
}

/** Inclusive; decimal. */
export interface WholeRange {
  readonly StartingHashKey: string;
  readonly EndingHashKey: string;
}

/** A page of ListShards. */
export interface ShardsPage {
  readonly shards: readonly WholeShard[];
  /** Undefined on the last page. */
  readonly nextToken: string | undefined;
}

const HASH_KEY = /^\d{1,39}$/;

/** @throws {@link TornAnswerError} */
export function readShardsPage(answer: ListShardsCommandOutput): ShardsPage {
  const { Shards, NextToken } = fieldsOf(answer, "ListShards");
  if (!Array.isArray(Shards)) throw new TornAnswerError("ListShards without Shards");
  const shards = Shards as readonly unknown[];
  for (const shard of shards) checkShard(shard, "ListShards");
  return {
    shards: shards as readonly WholeShard[],
    nextToken: typeof NextToken === "string" && NextToken !== "" ? NextToken : undefined,
  };
}

/**
 * Checks a shard of a list.
 *
 * @param operation - whose answer has it
 * @throws {@link TornAnswerError}
 */
export function checkShard(shard: unknown, operation: string): asserts shard is WholeShard {
  const { ShardId, HashKeyRange } = fieldsOf(shard, operation);
  if (typeof ShardId !== "string" || ShardId === "")
    throw new TornAnswerError(`${operation} with a shard without ShardId`);
  const { StartingHashKey, EndingHashKey } = fieldsOf(HashKeyRange, operation);
  if (!isHashKey(StartingHashKey) || !isHashKey(EndingHashKey)) {
    throw new TornAnswerError(`${operation} with ${ShardId} without HashKeyRange`);
  }
}

/** The fields of an object; none where there is no object. */
export function fieldsOf(value: unknown, operation: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  throw new TornAnswerError(`${operation} with ${value === null ? "null" : typeof value} for an object`);
}

function isHashKey(value: unknown): boolean {
  return typeof value === "string" && HASH_KEY.test(value);
}
