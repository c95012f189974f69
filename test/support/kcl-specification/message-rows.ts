import {
  aggregateOf,
  bytesField,
  group,
  hashKeys,
  hex,
  keys,
  nestedGroups,
  record,
  recordOf,
  tag,
  varint,
  varintField,
} from "../proto-bytes.js";
import { dropping, opened, plain, type ShortUserRecord, type SpecificationRow } from "./specification-row.js";

/** A message of one key and two records, and its user records. */
const BODY = Buffer.concat([keys("k"), record(0, "x"), record(0, "y")]);
const X_AND_Y: readonly ShortUserRecord[] = [
  ["k", "x"],
  ["k", "y"],
];

/** Each wire type, including nested groups, and the largest field number. */
const UNKNOWN = Buffer.concat([
  varintField(2 ** 29 - 1, 2n ** 64n - 1n),
  tag(15, 1),
  Buffer.alloc(8),
  bytesField(16, "bytes"),
  group(17, varintField(1, 1), group(1)),
  tag(18, 5),
  Buffer.alloc(4),
]);

/** The starts of `depth` nested groups, without their ends. */
function unended(depth: number): Buffer {
  return nestedGroups(depth).subarray(0, depth);
}

/** The message itself, as protobuf. */
export const MESSAGE_ROWS: readonly SpecificationRow[] = [
  {
    name: "a right MD5 over something else",
    rule: "plain where it is not this protobuf, or is cut inside a field; cut at a field's end it gives what is left",
    cases: [
      plain("a text", aggregateOf(Buffer.from("no protobuf at all"))),
      plain("cut inside a field", aggregateOf(BODY.subarray(0, -1))),
      plain("cut behind a tag", aggregateOf(BODY, hex("1a"))),
      opened("cut at a field's end", aggregateOf(BODY.subarray(0, -record(0, "y").length)), ["k", "x"]),
    ],
  },
  {
    name: "a message without records",
    rule: "no record at all, not plain",
    cases: [
      dropping("a key", aggregateOf(keys("k")), ["no-user-records", 0]),
      dropping("an unknown field", aggregateOf(varintField(9, 1)), ["no-user-records", 0]),
    ],
  },
  {
    name: "a required field is missing",
    rule: "plain, the whole of it",
    cases: [
      plain("partition_key_index", aggregateOf(BODY, recordOf(bytesField(3, "z")))),
      plain("data", aggregateOf(BODY, recordOf(varintField(1, 0)))),
      plain("both, an empty record", aggregateOf(BODY, recordOf())),
      plain("Tag.key", aggregateOf(BODY, recordOf(varintField(1, 0), bytesField(3, "z"), bytesField(4, "")))),
      plain(
        "Tag.key beside a value",
        aggregateOf(BODY, recordOf(varintField(1, 0), bytesField(3, "z"), bytesField(4, bytesField(2, "value")))),
      ),
    ],
  },
  {
    name: "a known field with another wire type",
    rule: "skipped as unknown; plain if it was required and is not there otherwise",
    cases: [
      opened(
        "beside the right one",
        aggregateOf(varintField(1, 5), BODY, recordOf(hex("0d00000000"), varintField(1, 0), bytesField(3, "z"))),
        ...X_AND_Y,
        ["k", "z"],
      ),
      opened("records as a number", aggregateOf(BODY, varintField(3, 1)), ...X_AND_Y),
      plain("instead of partition_key_index", aggregateOf(keys("k"), recordOf(bytesField(1, "x"), bytesField(3, "x")))),
      plain("instead of data", aggregateOf(keys("k"), recordOf(varintField(1, 0), varintField(3, 0)))),
    ],
  },
  {
    name: "unknown fields",
    rule: "skipped: any wire type, groups included, any number, at any level",
    cases: [
      opened("in the message", aggregateOf(UNKNOWN, BODY, UNKNOWN), ...X_AND_Y),
      opened(
        "in a record",
        aggregateOf(BODY, recordOf(UNKNOWN, varintField(1, 0), UNKNOWN, bytesField(3, "z"), UNKNOWN)),
        ...X_AND_Y,
        ["k", "z"],
      ),
      opened(
        "in a tag",
        aggregateOf(
          BODY,
          recordOf(varintField(1, 0), bytesField(3, "z"), bytesField(4, UNKNOWN, bytesField(1, "t"), UNKNOWN)),
        ),
        ...X_AND_Y,
        ["k", "z"],
      ),
    ],
  },
  {
    name: "no field at all",
    rule: "plain",
    cases: [
      plain("field number 0", aggregateOf(BODY, hex("0000"))),
      plain("wire type 6", aggregateOf(BODY, hex("2e"))),
      plain("wire type 7", aggregateOf(BODY, hex("2f"))),
      plain("a group without an end", aggregateOf(BODY, tag(9, 3))),
      plain("a group with the end of another", aggregateOf(BODY, tag(9, 3), tag(8, 4))),
      plain("the end of a group without a start", aggregateOf(BODY, tag(9, 4))),
      plain("the same in a record", aggregateOf(keys("k"), recordOf(varintField(1, 0), bytesField(3, "x"), tag(9, 4)))),
    ],
  },
  {
    name: "unknown groups in one another",
    rule: "100 deep is read, 101 is plain; a record counts as one",
    cases: [
      opened("100 deep", aggregateOf(BODY, nestedGroups(100)), ...X_AND_Y),
      plain("101 deep", aggregateOf(BODY, nestedGroups(101))),
      plain("10,000 deep", aggregateOf(BODY, nestedGroups(10_000))),
      plain("100,000 starts", aggregateOf(BODY, unended(100_000))),
      opened(
        "99 deep in a record",
        aggregateOf(keys("k"), recordOf(varintField(1, 0), bytesField(3, "x"), nestedGroups(99))),
        ["k", "x"],
      ),
      plain(
        "100 deep in a record",
        aggregateOf(keys("k"), recordOf(varintField(1, 0), bytesField(3, "x"), nestedGroups(100))),
      ),
    ],
  },
  {
    name: "tags",
    rule: "parsed, so a broken one makes all plain, and otherwise ignored; their text need not be UTF-8",
    cases: [
      opened(
        "a key and a value that is not UTF-8",
        aggregateOf(
          keys("k"),
          recordOf(varintField(1, 0), bytesField(3, "x"), bytesField(4, bytesField(1, "t"), bytesField(2, hex("ff")))),
          record(0, "y"),
        ),
        ...X_AND_Y,
      ),
      plain(
        "a length past its end",
        aggregateOf(keys("k"), recordOf(varintField(1, 0), bytesField(3, "x"), bytesField(4, hex("0a7f")))),
      ),
    ],
  },
  {
    name: "fields in another order",
    rule: "free; the last of a scalar that comes twice",
    cases: [
      opened("records before the table", aggregateOf(record(1, "x"), keys("a", "b")), ["b", "x"]),
      opened(
        "data before the index",
        aggregateOf(keys("k"), hashKeys("7"), recordOf(bytesField(3, "x"), varintField(2, 0), varintField(1, 0))),
        ["k", "x", "7"],
      ),
      opened(
        "index and data twice",
        aggregateOf(
          keys("a", "b"),
          recordOf(varintField(1, 0), bytesField(3, "no"), varintField(1, 1), bytesField(3, "x")),
        ),
        ["b", "x"],
      ),
      opened(
        "the hash key index twice",
        aggregateOf(
          keys("k"),
          hashKeys("7", "8"),
          recordOf(varintField(2, 0), varintField(1, 0), bytesField(3, "x"), varintField(2, 1)),
        ),
        ["k", "x", "8"],
      ),
    ],
  },
  {
    name: "varints",
    rule: "up to 10 bytes, bits above 64 dropped, over-long ones read; 11 bytes are plain",
    cases: [
      opened("of 10 bytes", aggregateOf(keys("a", "b"), recordOf(varintField(1, 1, 10), bytesField(3, "x"))), [
        "b",
        "x",
      ]),
      opened(
        "with a bit above 64",
        aggregateOf(keys("a", "b"), recordOf(varintField(1, 2n ** 64n + 1n), bytesField(3, "x"))),
        ["b", "x"],
      ),
      plain("of 11 bytes", aggregateOf(BODY, varintField(9, 0, 11))),
      plain("of 11 bytes as an index", aggregateOf(keys("k"), recordOf(varintField(1, 0, 11), bytesField(3, "x")))),
      plain("that does not end", aggregateOf(BODY, tag(9, 0), hex("80"))),
    ],
  },
  {
    name: "lengths and tags",
    rule: "32 bits: up to 10 bytes, of which the low 32 bits count; negative as int32, or past the end: plain",
    cases: [
      opened(
        "longer than they need be",
        aggregateOf(varint(2n ** 32n + 0x0an), varint(2n ** 40n + 1n, 10), Buffer.from("k"), record(0, "x")),
        ["k", "x"],
      ),
      plain("a length one past the end", aggregateOf(BODY, tag(9, 2), varint(1))),
      plain("a length of 2^31 - 1", aggregateOf(BODY, tag(9, 2), varint(2 ** 31 - 1))),
      plain("a length of 2^31", aggregateOf(BODY, tag(9, 2), varint(2 ** 31))),
      plain("a length of 2^63", aggregateOf(BODY, tag(9, 2), varint(2n ** 63n + 5n), hex("00"))),
      plain("a record longer than the message", aggregateOf(keys("k"), tag(3, 2), varint(1_000_000))),
      plain(
        "data longer than its record",
        aggregateOf(keys("k"), recordOf(varintField(1, 0), tag(3, 2), varint(9), hex("00")), record(0, "behind it")),
      ),
    ],
  },
];
