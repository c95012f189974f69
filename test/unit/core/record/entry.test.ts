import { expect, test } from "vitest";
import { aggregateEntry, entryBytes, keyNameOf, keyNamesOf, rawEntry } from "../../../../src/core/record/entry.js";
import { hashKey } from "../../../../src/wire/md5/key-hasher.js";

const DATA = Buffer.from("data");

test("an aggregate goes under the hash key of its first record", () => {
  // MD5 of "abcd", as a number.
  const hash = String(BigInt("0xe2fc714c4727ee9395f324cd2e7f331f"));

  expect(aggregateEntry(hashKey("abcd"), undefined, DATA)).toEqual({
    partitionKey: "a",
    explicitHashKey: hash,
    data: DATA,
  });
  expect(aggregateEntry(hashKey("abcd"), "5", DATA).explicitHashKey).toBe("5");
});

test("a raw record goes under its keys; keys that it does not have are absent", () => {
  expect(rawEntry(hashKey("k"), undefined, DATA)).toEqual({ partitionKey: "k", data: DATA });
  expect(rawEntry(hashKey("k"), "5", DATA)).toEqual({ partitionKey: "k", explicitHashKey: "5", data: DATA });
  expect(rawEntry(hashKey(""), undefined, DATA)).toEqual({ data: DATA });
});

test("Kinesis counts the data and the partition key, in bytes", () => {
  expect(entryBytes({ partitionKey: "東京", explicitHashKey: "5", data: DATA })).toBe(10);
  expect(entryBytes({ data: DATA })).toBe(4);
});

test("a name stands for an effective hash key, however it was given", () => {
  const key = hashKey("abcd");
  const explicitHashKey = aggregateEntry(key, undefined, DATA).explicitHashKey;

  expect(keyNameOf({ key: hashKey("other"), explicitHashKey })).toBe(keyNameOf({ key, explicitHashKey: undefined }));
  expect(keyNamesOf({ partitionKeys: [key, hashKey("b")], explicitHashKeys: ["5"] })).toEqual([
    keyNameOf({ key, explicitHashKey: undefined }),
    keyNameOf({ key: hashKey("b"), explicitHashKey: undefined }),
    keyNameOf({ key, explicitHashKey: "5" }),
  ]);
});
