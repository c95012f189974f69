import type { RequestFailure, ShardsAnswer, StreamSummary } from "../../core/ports.js";
import { withTexts } from "../checked-answer.js";

const HASH_KEY = /^\d{1,39}$/;

/**
 * Checks the list of shards from a directory. A user's directory may have bugs that no compiler saw.
 *
 * @throws TypeError
 */
export function checkedShards(answer: unknown): ShardsAnswer {
  const { kind, shards } = (answer ?? {}) as Readonly<Record<string, unknown>>;
  if (kind === "failed") return withTexts(answer as RequestFailure);
  if (Array.isArray(shards) && shards.every(isShard)) return answer as ShardsAnswer;
  throw new TypeError("the directory did not return a ShardsAnswer");
}

/**
 * Checks a summary from a directory.
 *
 * @throws TypeError
 */
export function checkedSummary(answer: unknown): StreamSummary | RequestFailure {
  const { kind } = (answer ?? {}) as Readonly<Record<string, unknown>>;
  if (kind === "failed") return withTexts(answer as RequestFailure);
  if (kind === "summary") return answer as StreamSummary;
  throw new TypeError("the directory did not return a StreamSummary");
}

function isShard(shard: unknown): boolean {
  const { shardId, startingHashKey, endingHashKey } = (shard ?? {}) as Readonly<Record<string, unknown>>;
  return typeof shardId === "string" && isHashKey(startingHashKey) && isHashKey(endingHashKey);
}

function isHashKey(value: unknown): boolean {
  return typeof value === "string" && HASH_KEY.test(value);
}
