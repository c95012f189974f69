import { hashPartitionKey, newHashWords, writeHashWords } from "../core/hash-key.js";
import { type HashRange, rangeCovers } from "../core/shard-map.js";
import type { DecodedAggregate } from "../wire/aggregate-decoder.js";
import { NO_INDEX } from "../wire/aggregated-record.js";
import type { DropReason } from "./deaggregated-record.js";
import { readExplicitHashKey } from "./explicit-hash-key.js";

/** What comes out of an aggregate. */
export interface Verdict {
  /** The user records before this index come out. */
  readonly kept: number;
  /** Why the others do not; undefined when all come out. */
  readonly reason: DropReason | undefined;
}

/** What one table entry is: judged once, however many records use it. */
type EntryVerdict = "good" | "outside-shard-range" | "hash-key-out-of-range" | "hash-key-unreadable";

/** Scratch, reused: judging is synchronous. */
const hash = newHashWords();

/**
 * Decides like the KCL's `AggregatorUtil` which user records of an aggregate come out, before any is given out: the KCL
 * takes back what it gave when a later record belongs to another shard, and an iterable cannot.
 *
 * Records are judged in order and the first bad one decides: so a bad index before a record of another shard keeps
 * those before it, and one behind it never counts.
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
