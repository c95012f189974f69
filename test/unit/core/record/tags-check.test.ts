import { runInNewContext } from "node:vm";

import { describe, expect, test } from "vitest";

import { RecordIds } from "../../../../src/core/record/record-ids.js";
import { checkTags } from "../../../../src/core/record/tags-check.js";
import type { UserRecord } from "../../../../src/record.js";
import { encodeTags, readTags } from "../../../../src/wire/record-tags.js";

describe("tags", () => {
  test.each([
    ["an empty key, which protobuf takes", { "": "x" }],
    ["names that plain objects have", JSON.parse('{ "__proto__": "1", "constructor": "2" }')],
    ["no prototype", Object.assign(Object.create(null), { a: "1" })],
    ["the prototype of another realm", runInNewContext('({ a: "1" })')],
  ])("may have %s", (_, tags) => {
    expect(checkTags({ data: "x", tags }, undefined)).toEqual(encodeTags(tags));
  });

  test.each([
    ["null", null, "tags must be a plain object, got null"],
    ["text", "a=1", 'tags must be a plain object, got "a=1"'],
    ["an array", ["a"], "tags must be a plain object, got an array"],
    ["a Map, whose entries would be lost", new Map([["a", "1"]]), "tags must be a plain object, got an object"],
    ["a value that is no text", { a: "1", b: 2 }, 'tags["b"] must be a string, got 2'],
    ["a value that is missing", { a: undefined }, 'tags["a"] must be a string, got undefined'],
    ["a value with half a character", { a: "\uD800" }, 'tags["a"] must be well-formed text, got "\\ud800"'],
    ["the key of the id", { "~": "1" }, 'tags["~"] is reserved: it holds the recordId'],
    ["a key with half a character", { "\uDC00": "1" }, 'a key of tags must be well-formed text, got "\\udc00"'],
  ])("that are %s are refused with name and value", (_, tags, message) => {
    expect(checkTags({ data: "x", tags: tags as UserRecord["tags"] } as UserRecord, undefined)).toBe(message);
  });

  test("that are none are no bytes", () => {
    expect(checkTags({ data: "x", tags: {} }, undefined)).toBeUndefined();
  });
});

describe("the record's own id", () => {
  test.each(["x", "x".repeat(255), "x".repeat(256), "東".repeat(256), "~"])("may be %s", (recordId) => {
    const bytes = checkTags({ data: "x", recordId }, undefined);

    expect(readTags(bytes as Uint8Array)).toEqual({ recordId });
  });

  test.each([
    ["", "recordId must have 1 to 256 UTF-16 code units, got 0"],
    ["x".repeat(257), "recordId must have 1 to 256 UTF-16 code units, got 257"],
    [7, "recordId must be a string, got 7"],
    [null, "recordId must be a string, got null"],
    ["a\uD800", 'recordId must be well-formed text, got "a\\ud800"'],
  ])("may not be %j", (recordId, message) => {
    expect(checkTags({ data: "x", recordId } as UserRecord, undefined)).toBe(message);
  });

  test("goes with the user's tags, and before one that would be made", () => {
    const bytes = checkTags(
      { data: "x", recordId: "mine", tags: { a: "1", __proto__: null } as never },
      new RecordIds(() => 0),
    );

    expect(readTags(bytes as Uint8Array)).toEqual({ tags: { a: "1" }, recordId: "mine" });
  });
});

test("a made id goes behind the user's tags", () => {
  const ids = new RecordIds(() => 0);

  const bytes = checkTags({ data: "x", tags: { a: "1" } }, ids) as Uint8Array;

  expect(bytes).toEqual(Buffer.concat([encodeTags({ a: "1" }) as Uint8Array, new RecordIds(() => 0).next()]));
});
