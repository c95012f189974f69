import type { ShardRange } from "../../../src/deaggregate/index.js";
import { MAX_HASH_KEY } from "../../../src/quotas.js";
import { aggregateOf, hashKeys, hex, keys, md5, record } from "../proto-bytes.js";
import { dropping, opened, plain, type SpecificationRow, type SpecifiedCase } from "./specification-row.js";

function hashOf(key: string): bigint {
  return BigInt(`0x${md5(Buffer.from(key)).toString("hex")}`);
}

function rangeOf(first: bigint, last: bigint): ShardRange {
  return { startingHashKey: String(first), endingHashKey: String(last) };
}

const IN = hashOf("in");
/** The shard that holds only the hash of `in`. */
const SHARD = rangeOf(IN, IN);

/** The case, read from a shard. */
function readFrom(shardRange: ShardRange, specified: SpecifiedCase): SpecifiedCase {
  return { ...specified, shardRange };
}

/** Three records of these keys. One of them belongs to another shard. */
function foreign(name: string, ...indexes: number[]): SpecifiedCase {
  const data = aggregateOf(keys("in", "out"), ...indexes.map((index) => record(index, "x")));
  return readFrom(SHARD, dropping(name, data, ["outside-shard-range", indexes.length]));
}

const TWO = aggregateOf(keys("in"), record(0, "x"), record(0, "y"));
const BY_HASH_KEY = aggregateOf(keys("out"), hashKeys("5", "9"), record(0, "x", 0), record(0, "y", 1));

/** Records that a reader of one shard drops. */
export const SHARD_RANGE_ROWS: readonly SpecificationRow[] = [
  {
    name: "a shard range, and all records within",
    rule: "all come out; both ends are within; the explicit hash key decides where there is one",
    cases: [
      readFrom(rangeOf(0n, MAX_HASH_KEY), opened("the whole range", TWO, ["in", "x"], ["in", "y"])),
      readFrom(SHARD, opened("the hash of the key alone", TWO, ["in", "x"], ["in", "y"])),
      readFrom(
        rangeOf(5n, 9n),
        opened("explicit hash keys at both ends", BY_HASH_KEY, ["out", "x", "5"], ["out", "y", "9"]),
      ),
      readFrom(
        rangeOf(hashOf("a\uFFFD"), hashOf("a\uFFFD")),
        opened("the hash of a replaced key", aggregateOf(keys(hex("61ff")), record(0, "x")), ["a\uFFFD", "x"]),
      ),
    ],
  },
  {
    name: "a shard range, and a record outside",
    rule: "nothing comes out of the aggregate",
    cases: [
      foreign("the first", 1, 0, 0),
      foreign("in the middle", 0, 1, 0),
      foreign("the last", 0, 0, 1),
      readFrom(rangeOf(6n, 9n), dropping("below by its hash key", BY_HASH_KEY, ["outside-shard-range", 2])),
      readFrom(rangeOf(5n, 8n), dropping("above by its hash key", BY_HASH_KEY, ["outside-shard-range", 2])),
      readFrom(rangeOf(IN + 1n, MAX_HASH_KEY), dropping("below by its key", TWO, ["outside-shard-range", 2])),
      readFrom(rangeOf(0n, IN - 1n), dropping("above by its key", TWO, ["outside-shard-range", 2])),
    ],
  },
  {
    name: "a shard range, and a bad index too",
    rule: "before the record outside: those before it are kept; behind it: nothing",
    cases: [
      readFrom(
        SHARD,
        dropping(
          "before",
          aggregateOf(keys("in", "out"), record(0, "x"), record(9, "?"), record(1, "y")),
          ["index-out-of-range", 2],
          ["in", "x"],
        ),
      ),
      readFrom(
        SHARD,
        dropping("behind", aggregateOf(keys("in", "out"), record(0, "x"), record(1, "y"), record(9, "?")), [
          "outside-shard-range",
          3,
        ]),
      ),
      readFrom(
        SHARD,
        dropping(
          "an unreadable hash key before",
          aggregateOf(keys("in", "out"), hashKeys("?"), record(0, "x"), record(0, "?", 0), record(1, "y")),
          ["hash-key-unreadable", 2],
          ["in", "x"],
        ),
      ),
    ],
  },
  {
    name: "a shard range that ends before it begins",
    rule: "nothing; plain records pass",
    cases: [
      readFrom(rangeOf(5n, 4n), dropping("an aggregate", TWO, ["outside-shard-range", 2])),
      readFrom(rangeOf(5n, 4n), plain("a text", Buffer.from("hello"))),
    ],
  },
];
