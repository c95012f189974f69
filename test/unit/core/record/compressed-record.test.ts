import { gunzipSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { openCompressed, Wrapper } from "../../../../src/core/record/compressed-record.js";
import { DIGEST_BYTES, MAGIC } from "../../../../src/wire/aggregated-record.js";
import { openAggregate } from "../../../../src/wire/decode/aggregate-decoder.js";
import { AggregateEncoder } from "../../../../src/wire/encode/aggregate-encoder.js";
import { writeDigests } from "../../../../src/wire/md5/body-digest.js";
import { hashKey } from "../../../../src/wire/md5/key-hasher.js";
import { placed } from "../placed-records.js";

const decompress = (bytes: Uint8Array): Uint8Array => gunzipSync(bytes);

function inner(): Buffer {
  const encoder = new AggregateEncoder(1e6);
  for (const data of ["one", "two"]) encoder.addAlone(placed({ data }));
  return encoder.finish();
}

function messageOf(aggregate: Buffer): Buffer {
  return aggregate.subarray(MAGIC.length, aggregate.length - DIGEST_BYTES);
}

test("the wrapper is a valid aggregate of one record, of exactly its size, under the keys that it is given", () => {
  const message = messageOf(inner());
  const wrapper = new Wrapper(hashKey("first"), "77", gzipSync(message), {
    codec: "gzip",
    records: 2,
    bytes: message.length,
  });

  const bytes = wrapper.encode(1e6);
  writeDigests([bytes]);
  const aggregate = openAggregate(bytes, true);

  expect(bytes).toHaveLength(wrapper.size);
  expect([aggregate?.recordCount, aggregate?.keyOf(0), aggregate?.explicitHashKeyOf(0)]).toEqual([1, "first", "77"]);
  expect(aggregate?.tagsOf(0)).toEqual({ tags: { "~c": `gzip 2 ${message.length}` } });
});

test("it opens to the inner aggregate", () => {
  const aggregate = inner();
  const message = messageOf(aggregate);
  const form = { codec: "gzip", records: 2, bytes: message.length };
  const bytes = new Wrapper(hashKey("k"), undefined, gzipSync(message), form).encode(1e6);

  const opened = openCompressed(bytes, decompress);

  expect(Buffer.from(opened.subarray(0, -DIGEST_BYTES))).toEqual(aggregate.subarray(0, -DIGEST_BYTES));
});

test("a codec that opens to other bytes than it was given is an error", () => {
  const message = messageOf(inner());
  const form = { codec: "gzip", records: 2, bytes: message.length + 1 };
  const bytes = new Wrapper(hashKey("k"), undefined, gzipSync(message), form).encode(1e6);

  expect(() => openCompressed(bytes, decompress)).toThrow("does not open");
});
