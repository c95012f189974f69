import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { aggregate } from "../../../../src/aggregate/index.js";
import { Wrapper } from "../../../../src/core/record/compressed-record.js";
import { deaggregateAll } from "../../../../src/deaggregate/index.js";
import { kplRecords } from "../../../../src/testing/delivery/kpl-records.js";
import { DIGEST_BYTES, MAGIC } from "../../../../src/wire/aggregated-record.js";
import { writeDigests } from "../../../../src/wire/md5/body-digest.js";
import { hashKey } from "../../../../src/wire/md5/key-hasher.js";
import { kinesisRecord } from "./pipeline-under-test.js";

const shards = [{ startingHashKey: "0", endingHashKey: String(2n ** 128n - 1n) }];

function aggregateOf(...keys: readonly string[]): Uint8Array {
  const users = keys.map((partitionKey) => ({ partitionKey, data: `data of ${partitionKey}` }));
  const [entry] = [...aggregate(users, { shards })];
  return entry?.data ?? new Uint8Array();
}

/** The aggregate as a producer with `compression: "gzip"` sends it. */
function compressedAggregateOf(...keys: readonly string[]): Uint8Array {
  const message = aggregateOf(...keys).subarray(MAGIC.length, -DIGEST_BYTES);
  const form = { codec: "gzip", records: keys.length, bytes: message.length };
  const data = new Wrapper(hashKey(keys[0] ?? ""), undefined, gzipSync(message), form).encode(1e9);
  writeDigests([data]);
  return data;
}

describe("the user records of a Kinesis record", () => {
  test("are those of an aggregate, with their keys", () => {
    const records = kplRecords(kinesisRecord(aggregateOf("a", "b", "c")));

    expect(
      records.map(({ partitionKey, subSequenceNumber, data }) => [
        partitionKey,
        subSequenceNumber,
        String(Buffer.from(data)),
      ]),
    ).toEqual([
      ["a", 0, "data of a"],
      ["b", 1, "data of b"],
      ["c", 2, "data of c"],
    ]);
    expect(records[2]).toMatchObject({ sequenceNumber: "1000", shardId: "shardId-000000000000" });
  });

  test("are the record itself when it is plain", () => {
    expect(kplRecords(kinesisRecord("plain"))).toEqual([{ ...kinesisRecord("plain"), subSequenceNumber: 0 }]);
  });

  test("are one of binary data when the aggregate is compressed, although this library would open it", () => {
    const data = compressedAggregateOf("a", "b");

    const [record, ...others] = kplRecords(kinesisRecord(data));

    expect([...deaggregateAll([{ data }])].length).toBe(2);
    expect(others).toEqual([]);
    expect(
      Buffer.from(record?.data ?? [])
        .subarray(0, 2)
        .toString("hex"),
    ).toBe("1f8b");
  });
});
