import { hashPartitionKey, newHashWords, writeHashWords } from "../core/shards/hash-key.js";
import { type HashRange, rangeCovers } from "../core/shards/shard-map.js";
import { NO_INDEX } from "../wire/aggregated-record.js";
import type { DecodedAggregate } from "../wire/decode/aggregate-decoder.js";
import type { DropReason } from "./deaggregated-record.js";
import { readExplicitHashKey } from "./explicit-hash-key.js";

/** Which user records of an aggregate count. */
export interface Verdict {
  /** The user records before this index are returned. */
  readonly kept: number;
  /** Why the others are dropped; undefined when none is. */
  readonly reason: DropReason | undefined;
}

/** The verdict on one table entry, made once for all records that use it. */
type EntryVerdict = "good" | "outside-shard-range" | "hash-key-out-of-range" | "hash-key-unreadable";

/** Scratch, reused: judging is synchronous. */
const hash = newHashWords();

/**
 * Decides like the KCL's `AggregatorUtil` which user records of an aggregate count, before the first one is returned.
 * The KCL discards earlier records when a later one belongs to another shard; an iterable could not.
 *
 * Records are judged in order, and the first bad one decides. So a bad index in front of a record of another shard
 * keeps the records before it, and a bad index behind such a record never counts.
 */
export function judge(aggregate: DecodedAggregate, range: HashRange | undefined): Verdict {
  const total = aggregate.recordCount;
  if (total === 0) return { kept: 0, reason: "no-user-records" };
  const readable = aggregate.readableCount;
  const keys: (EntryVerdict | undefined)[] = [];
  const hashKeys: (EntryVerdict | undefined)[] = [];
  for (let i = 0; i < readable; i++) {
    const hashKeyIndex = aggregate.explicitHashKeyIndexOf(i);
    let entry: EntryVerdict;
    if (hashKeyIndex !== NO_INDEX) {
      entry = hashKeys[hashKeyIndex] ??= judgeHashKey(aggregate.explicitHashKeyOf(i) as string, range);
    } else if (range !== undefined) {
      entry = keys[aggregate.keyIndexOf(i)] ??= judgeKey(aggregate.keyOf(i), range);
    } else {
      continue;
    }
    if (entry === "hash-key-unreadable") return { kept: i, reason: entry };
    if (entry !== "good") return { kept: 0, reason: entry };
  }
  return { kept: readable, reason: readable === total ? undefined : "index-out-of-range" };
}

function judgeKey(key: string, range: HashRange): EntryVerdict {
  hashPartitionKey(key, hash);
  return rangeCovers(range, hash) ? "good" : "outside-shard-range";
}

function judgeHashKey(text: string, range: HashRange | undefined): EntryVerdict {
  const hashKey = readExplicitHashKey(text);
  if (hashKey === "unreadable") return "hash-key-unreadable";
  if (hashKey === "out-of-range") return "hash-key-out-of-range";
  if (range === undefined) return "good";
  writeHashWords(hashKey, hash);
  return rangeCovers(range, hash) ? "good" : "outside-shard-range";
}
