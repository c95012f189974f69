import { aggregateOf, hex, keys, md5, record } from "../proto-bytes.js";
import { opened, plain, type SpecificationRow } from "./specification-row.js";

const MAGIC = hex("f3899ac2");
const BODY = Buffer.concat([keys("k"), record(0, "x"), record(0, "y")]);

/** The frame of the message: magic and digest. */
export const FRAMING_ROWS: readonly SpecificationRow[] = [
  {
    name: "other first bytes",
    rule: "plain",
    cases: [
      plain("empty data", Buffer.alloc(0)),
      plain("one byte", hex("f3")),
      plain("three bytes of the magic", hex("f3899a")),
      plain("a text", Buffer.from("hello")),
      plain("the last byte of the magic wrong", Buffer.concat([hex("f3899ac3"), aggregateOf(BODY).subarray(4)])),
    ],
  },
  {
    name: "the magic, and too little behind it",
    rule: "plain, even with the right MD5 of nothing",
    cases: [
      ...Array.from({ length: 17 }, (_, length) =>
        plain(`magic and ${length} bytes`, Buffer.concat([MAGIC, Buffer.alloc(length)])),
      ),
      plain("magic and the MD5 of nothing", aggregateOf()),
    ],
  },
  {
    name: "a wrong MD5",
    rule: "plain",
    cases: [
      plain("of zeros", Buffer.concat([MAGIC, BODY, Buffer.alloc(16)])),
      plain("one bit off", withLastBitFlipped(aggregateOf(BODY))),
      plain("over the magic too", Buffer.concat([MAGIC, BODY, md5(Buffer.concat([MAGIC, BODY]))])),
      plain("before the message", Buffer.concat([MAGIC, md5(BODY), BODY])),
      plain("in hexadecimal", Buffer.concat([MAGIC, BODY, Buffer.from(md5(BODY).toString("hex"))])),
      plain("a byte short", Buffer.concat([MAGIC, BODY, md5(BODY).subarray(0, 15)])),
      plain("a message of one byte, and no MD5 of it", Buffer.concat([MAGIC, hex("0a"), Buffer.alloc(16)])),
    ],
  },
  {
    name: "bytes behind the MD5",
    rule: "plain: the last 16 bytes are taken for the MD5",
    cases: [
      plain("one", Buffer.concat([aggregateOf(BODY), hex("00")])),
      plain("a second aggregate", Buffer.concat([aggregateOf(BODY), aggregateOf(BODY)])),
    ],
  },
  {
    name: "two messages under one right MD5",
    rule: "merged: tables and records appended, indexes count in the joined tables",
    cases: [
      opened(
        "each with a key and records",
        aggregateOf(keys("a"), record(0, "x"), keys("b"), record(1, "y"), record(0, "z")),
        ["a", "x"],
        ["b", "y"],
        ["a", "z"],
      ),
    ],
  },
];

function withLastBitFlipped(bytes: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, -1), Buffer.of((bytes.at(-1) as number) ^ 1)]);
}
