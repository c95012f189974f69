import { MAX_HASH_KEY } from "../../../src/quotas.js";
import { aggregateOf, hashKeys, hex, keys, record } from "../proto-bytes.js";
import { dropping, opened, type SpecificationRow, type SpecifiedCase } from "./specification-row.js";

const INNER = aggregateOf(keys("k"), record(0, "x"), record(0, "y"));

/** A record that uses the hash key, between two that do not. */
function around(hashKey: string): Buffer {
  return aggregateOf(keys("k"), hashKeys(hashKey), record(0, "x"), record(0, "?", 0), record(0, "y"));
}

function readable(name: string, hashKey: string): SpecifiedCase {
  return opened(name, around(hashKey), ["k", "x"], ["k", "?", hashKey], ["k", "y"]);
}

function unreadable(name: string, hashKey: string): SpecifiedCase {
  return dropping(name, around(hashKey), ["hash-key-unreadable", 2], ["k", "x"]);
}

function outOfRange(name: string, hashKey: string): SpecifiedCase {
  return dropping(name, around(hashKey), ["hash-key-out-of-range", 3]);
}

/** A record with a bad index, between two good ones. */
function badIndex(name: string, ...index: [number | bigint, (number | bigint)?]): SpecifiedCase {
  const [key, hashKey] = index;
  const data = aggregateOf(keys("k"), hashKeys("7"), record(0, "x"), record(key, "?", hashKey), record(0, "y"));
  return dropping(name, data, ["index-out-of-range", 2], ["k", "x"]);
}

/** The two tables, and the indexes in records. */
export const TABLE_ROWS: readonly SpecificationRow[] = [
  {
    name: "tables",
    rule: "only entries that are used are looked at",
    cases: [
      opened("unused entries", aggregateOf(keys("a", "k", "b"), record(1, "x")), ["k", "x"]),
      opened("the same key twice", aggregateOf(keys("k", "k"), record(0, "x"), record(1, "y")), ["k", "x"], ["k", "y"]),
      opened("an empty key", aggregateOf(keys(""), record(0, "x")), ["", "x"]),
      opened("a key of 300 characters", aggregateOf(keys("k".repeat(300)), record(0, "x")), ["k".repeat(300), "x"]),
      opened(
        "unused hash keys that are no number, or out of range",
        aggregateOf(keys("k"), hashKeys("no number", "-1", ""), record(0, "x")),
        ["k", "x"],
      ),
    ],
  },
  {
    name: "an aggregate inside a user record's data",
    rule: "not opened: one level",
    cases: [
      opened("as the only record", aggregateOf(keys("k"), record(0, INNER)), ["k", INNER.toString("latin1")]),
      opened(
        "between others",
        aggregateOf(keys("k"), record(0, "x"), record(0, INNER)),
        ["k", "x"],
        ["k", INNER.toString("latin1")],
      ),
    ],
  },
  {
    name: "little in it",
    rule: "fine",
    cases: [
      opened("one record", aggregateOf(keys("k"), record(0, "x")), ["k", "x"]),
      opened("empty data", aggregateOf(keys("k"), record(0, ""), record(0, "")), ["k", ""], ["k", ""]),
    ],
  },
  {
    name: "an index outside its table",
    rule: "the records before it are kept, it and the rest are dropped; never plain",
    cases: [
      badIndex("of the key", 1),
      badIndex("of the hash key", 0, 1),
      badIndex("a key index of 2^31 - 1", 2 ** 31 - 1),
      dropping(
        "of the hash key, without a table",
        aggregateOf(keys("k"), record(0, "x"), record(0, "?", 0)),
        ["index-out-of-range", 1],
        ["k", "x"],
      ),
      dropping("of the key, without a table", aggregateOf(record(0, "x")), ["index-out-of-range", 1]),
      dropping("in the first record", aggregateOf(keys("k"), record(1, "?"), record(0, "x")), [
        "index-out-of-range",
        2,
      ]),
    ],
  },
  {
    name: "an index of 2^31 and more",
    rule: "cut to 32 bits, signed: 2^32 reads as 0 and is good, 2^31 is negative and bad",
    cases: [
      opened("2^32", aggregateOf(keys("k"), hashKeys("7"), record(2n ** 32n, "x", 2n ** 32n)), ["k", "x", "7"]),
      opened("2^32 + 1", aggregateOf(keys("a", "k"), record(2n ** 32n + 1n, "x")), ["k", "x"]),
      badIndex("2^31", 2 ** 31),
      badIndex("2^31 as hash key index", 0, 2 ** 31),
      badIndex("2^64 - 1", 2n ** 64n - 1n),
      badIndex("2^64 - 1 as hash key index", 0, 2n ** 64n - 1n),
    ],
  },
  {
    name: "an explicit hash key that is used, and is a number",
    rule: "read like Java's BigInteger, and comes out as it was written",
    cases: [
      readable("in range", "7"),
      readable("0", "0"),
      readable("2^128 - 1", String(MAX_HASH_KEY)),
      readable("with zeros in front", "007"),
      readable("with a plus", "+5"),
      readable("minus zero", "-0"),
      readable("in Arabic digits", "٣"),
      readable("2^128 - 1 behind a hundred zeros", `${"0".repeat(100)}${MAX_HASH_KEY}`),
    ],
  },
  {
    name: "an explicit hash key that is used, and is not a number",
    rule: "as a bad index: what came before is kept, also without a shard range",
    cases: [
      unreadable("empty", ""),
      unreadable("letters", "abc"),
      unreadable("a space behind it", "1 "),
      unreadable("two signs", "+-1"),
      unreadable("a sign alone", "-"),
      unreadable("a fraction", "1.5"),
      unreadable("digits beyond the BMP", "𝟓"),
    ],
  },
  {
    name: "an explicit hash key that is used, and is not within 0 to 2^128 - 1",
    rule: "the whole aggregate is dropped, also without a shard range",
    cases: [
      outOfRange("-1", "-1"),
      outOfRange("2^128", String(MAX_HASH_KEY + 1n)),
      outOfRange("a number of 1,000 digits", "9".repeat(1_000)),
    ],
  },
  {
    name: "a record without a hash key index, beside a table of hash keys",
    rule: "has none: never entry 0 of the table",
    cases: [
      opened(
        "and a record with one",
        aggregateOf(keys("k"), hashKeys("7"), record(0, "x"), record(0, "y", 0)),
        ["k", "x"],
        ["k", "y", "7"],
      ),
      opened("alone", aggregateOf(keys("k"), hashKeys("7"), record(0, "x")), ["k", "x"]),
    ],
  },
  {
    name: "keys that are not UTF-8",
    rule: "bad parts become U+FFFD; a byte-order mark in front and NUL are kept",
    cases: [
      opened("a stray byte", aggregateOf(keys(hex("61ff62")), record(0, "x")), ["a\uFFFDb", "x"]),
      opened("a character cut short", aggregateOf(keys(hex("61e282")), record(0, "x")), ["a\uFFFD", "x"]),
      opened("an encoded surrogate", aggregateOf(keys(hex("eda080")), record(0, "x")), ["\uFFFD", "x"]),
      opened("an over-long NUL", aggregateOf(keys(hex("c080")), record(0, "x")), ["\uFFFD\uFFFD", "x"]),
      opened("beyond U+10FFFF", aggregateOf(keys(hex("f4908080")), record(0, "x")), ["\uFFFD\uFFFD\uFFFD\uFFFD", "x"]),
      opened("a byte-order mark", aggregateOf(keys("\uFEFFk"), record(0, "x")), ["\uFEFFk", "x"]),
      opened("NUL", aggregateOf(keys("\0", "k\0"), record(0, "x"), record(1, "y")), ["\0", "x"], ["k\0", "y"]),
    ],
  },
];
