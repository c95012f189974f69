import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { HAS_ZSTD } from "../../../src/compression/zlib-codecs.js";
import { ZlibCompressor } from "../../../src/compression/zlib-compressor.js";
import { Wrapper } from "../../../src/core/record/compressed-record.js";
import { deaggregate, deaggregateAll } from "../../../src/deaggregate/index.js";
import { UnreadableRecordError } from "../../../src/errors.js";
import { DIGEST_BYTES, MAGIC } from "../../../src/wire/aggregated-record.js";
import type { CompressedForm } from "../../../src/wire/compressed-form.js";
import { AggregateEncoder } from "../../../src/wire/encode/aggregate-encoder.js";
import { writeDigests } from "../../../src/wire/md5/body-digest.js";
import { hashKey } from "../../../src/wire/md5/key-hasher.js";
import { bytesField, keys, record, recordOf, varintField } from "../../support/proto-bytes.js";
import { placed } from "../core/placed-records.js";

/** The message of an aggregate of records with these data. */
function messageOf(...data: readonly string[]): Buffer {
  const encoder = new AggregateEncoder(1e9);
  for (const [i, text] of data.entries()) {
    const explicitHashKey = i === 1 ? { explicitHashKey: "77" } : {};
    encoder.addAlone(placed({ key: `key-${i}`, data: text, tags: { n: String(i) }, ...explicitHashKey }));
  }
  const aggregate = encoder.finish();
  return Buffer.from(aggregate.subarray(MAGIC.length, aggregate.length - DIGEST_BYTES));
}

/** A Kinesis record with a compressed aggregate. */
function compressed(body: Uint8Array, form: CompressedForm, sequenceNumber: string | undefined = "495") {
  const data = new Wrapper(hashKey("key-0"), undefined, body, form).encode(1e9);
  writeDigests([data]);
  return { partitionKey: "a", data, ...(sequenceNumber === undefined ? {} : { sequenceNumber }) };
}

const MESSAGE = messageOf("zero", "one", "two");
const FORM: CompressedForm = { codec: "gzip", records: 3, bytes: MESSAGE.length };
const GZIPPED = compressed(gzipSync(MESSAGE), FORM);

const EXPECTED = ["zero", "one", "two"].map((text, i) => ({
  partitionKey: `key-${i}`,
  text,
  tags: { n: String(i) },
  subSequenceNumber: i,
  aggregated: true,
  sequenceNumber: "495",
  explicitHashKey: i === 1 ? "77" : undefined,
}));

function shown(records: ReturnType<typeof deaggregate>) {
  return Array.from(records, ({ data, ...rest }) => ({
    ...rest,
    explicitHashKey: rest.explicitHashKey,
    text: Buffer.from(data).toString(),
  }));
}

test("its user records come out as those of any aggregate, with the index inside", () => {
  expect(shown(deaggregate(GZIPPED))).toEqual(EXPECTED);
  expect(shown(deaggregateAll([GZIPPED]))).toEqual(EXPECTED);
  expect(shown(deaggregateAll([GZIPPED][Symbol.iterator]() as Iterable<typeof GZIPPED>))).toEqual(EXPECTED);
});

test("zstd is opened where Node.js has it; elsewhere the error names the codec, the version and the record", async () => {
  if (!HAS_ZSTD) {
    const record = compressed(Uint8Array.of(1), { ...FORM, codec: "zstd" });
    expect(() => [...deaggregate(record)]).toThrow(
      /^the Kinesis record 495 is compressed by the codec "zstd": Node\.js has zstd since 22\.15, and this is v/,
    );
    return;
  }
  const body = await new Promise<Uint8Array | undefined>((resolve) =>
    ZlibCompressor.zstd(1).compress(MESSAGE, resolve),
  );

  expect(shown(deaggregate(compressed(body as Uint8Array, { ...FORM, codec: "zstd" })))).toEqual(EXPECTED);
});

test("a codec of the caller is used, before one of the same name", () => {
  const reversed = Buffer.from(MESSAGE).reverse();
  const codecs = [{ name: "gzip", decompress: (bytes: Uint8Array) => Buffer.from(bytes).reverse() }];

  expect(shown(deaggregate(compressed(reversed, FORM), { codecs }))).toEqual(EXPECTED);
});

test("the KCL's filter judges all records inside: one of another shard drops the aggregate", () => {
  const dropped: unknown[] = [];
  const shardRange = { startingHashKey: "100", endingHashKey: String(2n ** 128n - 1n) };

  const records = [
    ...deaggregate(GZIPPED, {
      shardRange,
      onDropped: ({ reason, userRecords }) => dropped.push([reason, userRecords]),
    }),
  ];

  expect(records).toEqual([]);
  expect(dropped).toEqual([["outside-shard-range", 3]]);
});

describe("one that cannot be opened is an error that names the record", () => {
  const cut = gzipSync(MESSAGE).subarray(0, 20);
  const bomb = gzipSync(Buffer.alloc(10_000_000));
  const cases: [string, Uint8Array, CompressedForm, string][] = [
    [
      "an unknown codec",
      gzipSync(MESSAGE),
      { ...FORM, codec: "snappy" },
      'is compressed by the codec "snappy": no codec has this name',
    ],
    ["bytes that are cut", cut, FORM, "cannot be decompressed by gzip"],
    ["bytes that are no gzip", Buffer.from("plain"), FORM, "cannot be decompressed by gzip"],
    ["more bytes than the tag says", bomb, FORM, "cannot be decompressed by gzip"],
    ["fewer bytes than the tag says", gzipSync(MESSAGE), { ...FORM, bytes: 500 }, "is damaged"],
    ["another number of records", gzipSync(MESSAGE), { ...FORM, records: 2 }, "is damaged"],
    ["a message that does not parse", gzipSync(Buffer.alloc(9, 255)), { ...FORM, bytes: 9 }, "is damaged"],
    [
      "a size above the bound",
      bomb,
      { ...FORM, bytes: 70_000_000 },
      "has 70000000 bytes when it is opened, above maxDecompressedBytes (67108864)",
    ],
  ];

  test.each(cases)("%s", (_, body, form, message) => {
    const read = () => [...deaggregate(compressed(body, form))];

    expect(read).toThrow(UnreadableRecordError);
    expect(read).toThrow(`the Kinesis record 495 ${message}`);
    expect(() => [...deaggregateAll([compressed(body, form)])]).toThrow(message);
  });

  test.each<[string, (bytes: Uint8Array) => unknown]>([
    ["nothing", () => undefined],
    ["a promise", (bytes) => Promise.resolve(bytes)],
    ["a text of the same length", () => "x".repeat(MESSAGE.length)],
    ["an object with that length", () => ({ length: MESSAGE.length })],
    ["other memory", () => new Uint16Array(MESSAGE.length)],
  ])("a codec of the caller that returns %s", (_, decompress) => {
    const codecs = [{ name: "gzip", decompress: decompress as (bytes: Uint8Array) => Uint8Array }];

    expect(() => [...deaggregate(GZIPPED, { codecs })]).toThrow("the Kinesis record 495 is damaged");
  });

  test("a small record with millions of user records, keys or tags, before they fill the memory", () => {
    const count = 3_000_000;
    for (const part of [
      keys(""),
      record(0, ""),
      recordOf(varintField(1, 0), bytesField(3, ""), bytesField(4, bytesField(1, ""))),
    ]) {
      const message = Buffer.concat([keys("k"), Buffer.alloc(part.length * count, part)]);
      const bomb = compressed(gzipSync(message), { codec: "gzip", records: count, bytes: message.length });

      expect(bomb.data.length).toBeLessThan(100_000);
      expect(() => [...deaggregate(bomb)]).toThrow("the Kinesis record 495 cannot be decompressed by gzip");
    }
  });

  test("also without a sequence number", () => {
    const { sequenceNumber: _, ...record } = compressed(cut, FORM);

    expect(() => [...deaggregate(record)]).toThrow("the Kinesis record without a sequence number cannot be");
  });

  test("the records of the array before it come out first, and those behind it afterwards are not skipped silently", () => {
    const texts: string[] = [];
    const read = () => {
      for (const { data } of deaggregateAll([GZIPPED, compressed(cut, FORM), GZIPPED]))
        texts.push(Buffer.from(data).toString());
    };

    expect(read).toThrow("cannot be decompressed");
    expect(texts).toEqual(["zero", "one", "two"]);
  });
});

test.each([-1, 1.5, Number.NaN, "64"])("a bound of %s bytes is refused", (maxDecompressedBytes) => {
  expect(() => deaggregate(GZIPPED, { maxDecompressedBytes: maxDecompressedBytes as number })).toThrow(
    "maxDecompressedBytes must be a whole number from 0",
  );
});

test.each([2 ** 32 + 1, Number.MAX_SAFE_INTEGER])(
  "a bound of %s bytes is more than an array has, and no limit",
  (most) => {
    expect([...deaggregate(GZIPPED, { maxDecompressedBytes: most })]).toEqual([...deaggregate(GZIPPED)]);
  },
);

test("a tag of another form is an error, not a record of binary", () => {
  const encoder = new AggregateEncoder(1e9);
  encoder.addAlone(placed({ data: gzipSync(MESSAGE), tags: { "~c": "gzip v2 3" } }));

  expect(() => [...deaggregate({ partitionKey: "a", data: encoder.finish() })]).toThrow("of a later version");
});
