import { describe, expect, test } from "vitest";

import { encodeIdTag, encodeTags, readTags } from "../../../src/wire/record-tags.js";
import { bytesField } from "../../support/proto-bytes.js";

/** A Tag message in a Record message. */
function tagField(key: string, value: string): Buffer {
  return bytesField(4, bytesField(1, key), bytesField(2, value));
}

describe("the bytes", () => {
  test("are a Tag message after the other, each with its field header, in the order of the keys", () => {
    expect(encodeTags({ b: "1", a: "2" })).toEqual(Buffer.concat([tagField("b", "1"), tagField("a", "2")]));
  });

  test("hold an empty key and an empty value as fields of no length", () => {
    expect(encodeTags({ "": "" })).toEqual(Buffer.from([0x22, 4, 0x0a, 0, 0x12, 0]));
  });

  test("have lengths in UTF-8 bytes", () => {
    expect(encodeTags({ 東京: "zürich 𝒳" })).toEqual(tagField("東京", "zürich 𝒳"));
  });

  test.each([119, 120, 127, 128, 16_383, 16_384])(
    "of a value of %d bytes have varints as long as they must be",
    (n) => {
      const value = "x".repeat(n);

      expect(encodeTags({ key: value })).toEqual(tagField("key", value));
    },
  );

  test("of no tag are none", () => {
    expect(encodeTags({})).toBeUndefined();
  });
});

describe("read back", () => {
  test.each([
    ["one", { a: "1" }],
    ["several, in their order", { b: "1", a: "2", c: "" }],
    ["names that plain objects have", JSON.parse('{ "__proto__": "1", "constructor": "2", "": "3" }')],
    ["other scripts, and more than a varint's first byte", { 東京: "𝒳".repeat(100), key: "x".repeat(300) }],
  ])("they are those that went in: %s", (_, tags) => {
    const read = readTags(encodeTags(tags) as Uint8Array);

    expect(Object.keys(read)).toEqual(["tags"]);
    expect(Object.entries(read.tags ?? {})).toEqual(Object.entries(tags));
  });

  test("they are found in a view of a larger buffer", () => {
    const bytes = encodeTags({ a: "1" }) as Uint8Array;
    const larger = Buffer.concat([Buffer.alloc(5, 0x22), bytes, Buffer.alloc(5, 0x22)]);

    expect(readTags(larger.subarray(5, 5 + bytes.length))).toEqual({ tags: { a: "1" } });
  });

  test.each([
    ["alone", { "~": "id" }, { recordId: "id" }],
    ["among others", { a: "1", "~": "id", b: "2" }, { tags: { a: "1", b: "2" }, recordId: "id" }],
    ["empty, as no producer of ours writes it, as a tag", { "~": "" }, { tags: { "~": "" } }],
  ])("the id is apart: %s", (_, tags, expected) => {
    expect(readTags(encodeTags(tags) as Uint8Array)).toEqual(expected);
  });
});

describe("the tag of an id", () => {
  test.each(["a", "x".repeat(120)])("of %s is that of encodeTags", (id) => {
    expect(Buffer.from(encodeIdTag(id) as Uint8Array)).toEqual(encodeTags({ "~": id }));
  });

  test.each(["", "x".repeat(121), "ид"])("is left to encodeTags for %j", (id) => {
    expect(encodeIdTag(id)).toBeUndefined();
  });
});
