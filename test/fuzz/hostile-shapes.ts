import {
  aggregateOf,
  bytesField,
  hashKeys,
  keys,
  nestedGroups,
  record,
  recordOf,
  tag,
  varintField,
} from "../support/proto-bytes.js";

/** A message that is as bad as its size allows. The cost of one more byte must not grow with the bytes before it. */
export interface HostileShape {
  readonly name: string;
  /** The data of a Kinesis record of about this many bytes. */
  make(bytes: number): Buffer;
}

/** The same bytes repeated up to a size. */
function filled(bytes: number, unit: Uint8Array): Buffer {
  return Buffer.alloc(Math.max(1, Math.floor(bytes / unit.length)) * unit.length, unit);
}

/** A shape of one repeated unit, after a head. */
function repeated(name: string, head: Uint8Array, unit: Uint8Array): HostileShape {
  return { name, make: (bytes) => aggregateOf(head, filled(bytes, unit)) };
}

const HEAD = Buffer.concat([keys("k"), hashKeys("7")]);
const TAG = bytesField(4, bytesField(1, "t"), bytesField(2, "v"));

/** Different keys, one after the other, and a record for each. */
function everyKeyUsed(bytes: number): Buffer {
  const count = Math.floor(bytes / 24);
  const names = Array.from({ length: count }, (_, i) => i.toString(36).padStart(8, "k"));
  return aggregateOf(Buffer.concat([...names.map((name) => keys(name)), ...names.map((_, i) => record(i, "x"))]));
}

/** Each record uses the key at the other end of the table. Stray bytes between them rule out shortcuts for ASCII. */
function strayKeys(bytes: number): Buffer {
  const count = Math.floor(bytes / 20);
  const names = Array.from({ length: count }, (_, i) =>
    Buffer.from([0xff, 0x80, i & 0xff, (i >> 8) & 0xff, 0xed, 0xa0]),
  );
  const records = names.map((_, i) => record(count - 1 - i, "x"));
  return aggregateOf(Buffer.concat([...names.map((name) => keys(name)), ...records]));
}

/** Shapes for each loop of the reader. */
export const HOSTILE_SHAPES: readonly HostileShape[] = [
  { name: "random bytes that are no aggregate", make: (bytes) => filled(bytes, Buffer.from("no aggregate")) },
  {
    name: "the magic and a wrong digest",
    make: (bytes) => Buffer.concat([aggregateOf(HEAD).subarray(0, 4), filled(bytes, HEAD)]),
  },
  repeated("empty keys", record(0, "x"), keys("")),
  repeated("short keys that nobody uses", record(0, "x"), keys("key")),
  repeated("hash keys that nobody uses", HEAD, hashKeys("no number")),
  { name: "keys that are all used", make: everyKeyUsed },
  { name: "keys that are not UTF-8, all used", make: strayKeys },
  {
    name: "one key as long as all",
    make: (bytes) => aggregateOf(keys(filled(bytes, Buffer.from("k"))), record(0, "x")),
  },
  {
    name: "one key of encoded surrogates as long as all",
    make: (bytes) => aggregateOf(keys(filled(bytes, Buffer.from([0xed, 0xa0, 0x80]))), record(0, "x"), record(0, "y")),
  },
  {
    name: "one hash key as long as all",
    make: (bytes) => aggregateOf(keys("k"), hashKeys(filled(bytes, Buffer.from("9"))), record(0, "x", 0)),
  },
  repeated("records without data", HEAD, record(0, "")),
  repeated("records with a hash key", HEAD, record(0, "x", 0)),
  repeated("records with fields in another order", HEAD, recordOf(bytesField(3, "x"), varintField(1, 0))),
  repeated("records with over-long varints", HEAD, recordOf(varintField(1, 0, 10), bytesField(3, "x"))),
  repeated("records in turn with keys", HEAD, Buffer.concat([record(0, "x"), keys("k")])),
  repeated("records with a tag", HEAD, recordOf(varintField(1, 0), bytesField(3, "x"), TAG)),
  {
    name: "one record with all the tags",
    make: (bytes) => aggregateOf(keys("k"), recordOf(varintField(1, 0), bytesField(3, "x"), filled(bytes, TAG))),
  },
  {
    name: "all the tags on the last record",
    make: (bytes) =>
      aggregateOf(
        keys("k"),
        filled(bytes / 2, record(0, "x")),
        recordOf(varintField(1, 0), bytesField(3, "x"), filled(bytes / 2, TAG)),
      ),
  },
  {
    name: "one record with its index again and again",
    make: (bytes) => aggregateOf(keys("k"), recordOf(bytesField(3, "x"), filled(bytes, varintField(1, 0)))),
  },
  repeated("unknown numbers", HEAD, varintField(9, 1)),
  repeated("groups side by side", HEAD, Buffer.concat([tag(9, 3), tag(9, 4)])),
  repeated("groups 100 deep, side by side", HEAD, nestedGroups(100)),
  repeated("starts of groups", HEAD, tag(9, 3)),
  repeated("records with bad indexes", HEAD, record(9, "x")),
  { name: "a bad record at the end", make: (bytes) => aggregateOf(HEAD, filled(bytes, record(0, "x")), recordOf()) },
];
