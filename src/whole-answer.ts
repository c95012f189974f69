import type { ListShardsCommandOutput, Shard } from "@aws-sdk/client-kinesis";

/**
 * Fields that an answer of the service must have. An answer without one of them is damaged: nothing that it seems to
 * say counts, neither an empty list nor the end of a shard.
 *
 * @module
 */

/** A successful answer that lacks a field. The call is retried. */
export class TornAnswerError extends Error {
  readonly $metadata: { readonly httpStatusCode: number };

  /** @param lacks - the missing field, and its operation */
  constructor(lacks: string) {
    super(`the answer is incomplete: ${lacks}`);
    this.name = "UnreadableAnswer";
    this.$metadata = { httpStatusCode: 200 };
  }
}

/** A shard with all of its required fields. */
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
 * @param operation - the operation that answered
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

/** The fields of an object; throws {@link TornAnswerError} for any other value. */
export function fieldsOf(value: unknown, operation: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  throw new TornAnswerError(`${operation} with ${value === null ? "null" : typeof value} instead of an object`);
}

function isHashKey(value: unknown): boolean {
  return typeof value === "string" && HASH_KEY.test(value);
}
