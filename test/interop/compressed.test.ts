import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { HAS_ZSTD } from "../../src/compression/zlib-codecs.js";
import { readCompressedForm } from "../../src/wire/compressed-form.js";
import { referenceDecode, referenceEncode, referenceEncodeBody } from "../support/protobufjs-reference.js";
import {
  openByJava,
  openByOurs,
  openByPython,
  type ReadRecord,
  readByGo,
  readByKcl,
  readByNpm,
  readByPython,
} from "./support/aggregate-readers.js";
import { eventRecords, FIXTURE_RECORDS, writtenAround, zstdFixture } from "./support/compressed-records.js";
import { sorted } from "./support/user-records.js";

const EVENTS = eventRecords(20_000);
/** Codecs of this Node.js. The other tests have zstd from a file, so they do not depend on it. */
const CODECS = HAS_ZSTD ? (["gzip", "zstd"] as const) : (["gzip"] as const);

/** The only user record that a reader without a decoder sees, by protobufjs. */
function outside({ data }: ReadRecord) {
  const records = referenceDecode(data);
  const { partitionKey = "", explicitHashKey, data: body = Buffer.of(), tags } = records[0] ?? {};
  const form = readCompressedForm(tags?.["~c"] ?? "");
  expect(records).toHaveLength(1);
  const hashKey = explicitHashKey === undefined ? {} : { explicitHashKey };
  return { record: { partitionKey, ...hashKey, data: Buffer.from(body).toString("base64") }, form };
}

/** Whether the hash of the record is in the range of the shard that the Kinesis record came from. */
function isInShard(record: { partitionKey: string; explicitHashKey?: string }, { shardRange }: ReadRecord): boolean {
  const { partitionKey, explicitHashKey } = record;
  const hash = BigInt(explicitHashKey ?? `0x${createHash("md5").update(partitionKey).digest("hex")}`);
  return hash >= BigInt(shardRange?.startingHashKey ?? 0) && hash <= BigInt(shardRange?.endingHashKey ?? 0);
}

/** 2 GB of zeros in gzip, as many members. */
function gzipBomb(): Buffer {
  return Buffer.concat(Array<Buffer>(20).fill(gzipSync(Buffer.alloc(100_000_000))));
}

/** 2 GB of zeros in zstd: a frame of blocks that repeat one byte 128 Ki times. */
function zstdBomb(): Buffer {
  const blockBytes = 128 * 1024;
  const blocks = 16_000;
  const frame = Buffer.alloc(6 + 4 * blocks);
  Buffer.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x38).copy(frame);
  for (let i = 0; i < blocks; i++) frame.writeUIntLE((blockBytes << 3) | 2 | (i === blocks - 1 ? 1 : 0), 6 + 4 * i, 3);
  return frame;
}

/** Those that are compressed: a lone record may not be. */
function compressedOnly(records: readonly ReadRecord[]): ReadRecord[] {
  return records.filter(({ data }) => {
    const all = Buffer.from(data.subarray(0, 4)).equals(Buffer.of(0xf3, 0x89, 0x9a, 0xc2)) ? referenceDecode(data) : [];
    return all[0]?.tags?.["~c"] !== undefined;
  });
}

it("readers without a decoder deliver one record of binary for each compressed aggregate, with its keys", async () => {
  const written = compressedOnly(await writtenAround("gzip", EVENTS));
  const records = [...written, ...zstdFixture()];
  const seen = records.map((each) => outside(each));
  const withKeys = seen.map(({ record }) => ({ ...record, aggregated: true, subSequenceNumber: 0 }));
  const shown = (answers: Awaited<ReturnType<typeof readByKcl>>) =>
    answers.map(({ records: all, error }) => ({ error, all: all.map(({ sequenceNumber: _, ...rest }) => rest) }));
  const expected = (all: readonly object[]) => all.map((each) => ({ error: undefined, all: [each] }));

  expect(new Set(seen.map(({ form }) => form?.codec))).toEqual(new Set(["gzip", "zstd"]));
  expect(seen.every(({ form }) => (form?.records ?? 0) > 1)).toBe(true);
  expect(seen.filter(({ record }) => record.explicitHashKey !== undefined).length).toBeGreaterThan(2);
  expect(shown(await readByKcl(records.map(({ shardRange: _, ...each }) => each)))).toEqual(expected(withKeys));
  // The KCL's filter judges the first record inside: an aggregate that arrived in another shard comes again.
  const kept = withKeys
    .slice(0, written.length)
    .map((each, i) => (isInShard(each, written[i] as ReadRecord) ? [each] : []));
  expect(shown(await readByKcl(written))).toEqual(kept.map((all) => ({ error: undefined, all })));
  expect(kept.filter(({ length }) => length === 1).length).toBeGreaterThan(20);
  expect(shown(await readByPython(records))).toEqual(expected(withKeys));
  expect(shown(await readByNpm(records))).toEqual(expected(withKeys));
  // It never returns hash keys.
  const withoutHashKeys = withKeys.map(({ explicitHashKey: _, ...rest }) => rest);
  expect(shown(await readByGo(records))).toEqual(expected(withoutHashKeys));
});

it("the decoders in Java and Python open all that the producer wrote with each codec around a split and a merge", async () => {
  for (const codec of CODECS) {
    const written = await writtenAround(codec, EVENTS);
    const inJava = await openByJava(written);
    const inPython = await openByPython(written);
    const unfiltered = written.map(({ shardRange: _, ...each }) => each);

    expect(compressedOnly(written).length, codec).toBeGreaterThan(20);
    expect(new Set(written.map(({ shardRange }) => shardRange?.startingHashKey)).size).toBeGreaterThan(2);
    expect(inJava).toEqual(await openByOurs(written));
    expect(inPython).toEqual(await openByOurs(unfiltered));
    const seen = new Map(inJava.flatMap(({ records }) => records).map((each) => [each.data, each]));
    expect(sorted([...seen.values()])).toEqual(sorted(EVENTS));
  }
});

it("the decoders in Java and Python open aggregates in zstd", async () => {
  const expected = eventRecords(FIXTURE_RECORDS);
  for (const open of [openByJava, openByPython]) {
    const answers = await open(zstdFixture());

    expect(answers.flatMap(({ records }) => records)).toEqual(expected);
    expect(answers.every(({ error }) => error === undefined)).toBe(true);
  }
});

it("the decoders in Java and Python pass on plain records and aggregates that are not compressed", async () => {
  const tagged = { partitionKey: "k", data: Buffer.from("two"), tags: { "~c2": "gzip 1 2" } };
  const two = referenceEncode([{ partitionKey: "j", data: Buffer.from("one"), explicitHashKey: "7" }, tagged]);
  const records = [Buffer.from("plain"), Buffer.of(), two.subarray(0, 10), two, two.subarray(0, -1)].map(
    (data): ReadRecord => ({ partitionKey: "outer", sequenceNumber: "1", data }),
  );

  const expected = await openByOurs(records);

  expect(expected.map(({ records: all }) => all.length)).toEqual([1, 1, 1, 2, 1]);
  expect(await openByJava(records)).toEqual(expected);
  expect(await openByPython(records)).toEqual(expected);
});

it("the decoders in Java and Python name the reason when they cannot open a record, and make no more than its tag says", async () => {
  const message = referenceEncodeBody(
    eventRecords(50).map(({ data, ...rest }) => ({ ...rest, data: Buffer.from(data, "base64") })),
  );
  const body = gzipSync(message);
  const bomb = gzipBomb();
  const zstd = outside(zstdFixture()[0] as ReadRecord);
  const zstdBody = Buffer.from(zstd.record.data, "base64");
  const { records: count = 0, bytes = 0 } = zstd.form ?? {};
  const size = message.length;
  const cases: [form: string, body: Uint8Array, error: RegExp][] = [
    [`snappy 50 ${size}`, body, /^no decoder for the codec "snappy"$/],
    [`gzip 50 ${size}`, body.subarray(0, -9), /^gzip cannot decompress it: /],
    [`gzip 50 ${size}`, Buffer.from("plain"), /^gzip cannot decompress it: /],
    [`gzip 50 ${size + 1}`, body, /^its content is not what its tag says$/],
    [`gzip 50 ${size - 1}`, body, /^its content is not what its tag says$/],
    [`gzip 50 ${size}`, bomb, /^its content is not what its tag says$/],
    [`gzip 49 ${size}`, body, /^its content is not what its tag says$/],
    ["gzip 1 3", gzipSync(Buffer.of(255, 255, 255)), /^(its content is not what its tag says|gzip cannot decompress)/],
    ["gzip 1 70000000", bomb, /^70000000 bytes when it is opened, above \w+ \(67108864\)$/],
    [`zstd ${count} ${bytes - 1}`, zstdBody, /^(its content is not what its tag says|zstd cannot decompress it: )/],
    [`zstd ${count} ${bytes}`, zstdBody.subarray(0, -9), /^(its content is not what|zstd cannot decompress it: )/],
    ["zstd 1 1000", zstdBomb(), /^(its content is not what its tag says|zstd cannot decompress it: )/],
    [`zstd ${count} ${bytes}`, Buffer.from("plain"), /^zstd cannot decompress it: /],
  ];
  const records = cases.map(
    ([form, data]): ReadRecord => ({
      partitionKey: "a",
      sequenceNumber: "1",
      data: referenceEncode([{ partitionKey: "k", data, tags: { "~c": form } }]),
    }),
  );

  for (const open of [openByJava, openByPython]) {
    const answers = await open(records);

    expect(answers.map(({ error }) => error)).toEqual(cases.map(([, , error]) => expect.stringMatching(error)));
    expect(answers.flatMap(({ records: all }) => all)).toEqual([]);
  }
});
