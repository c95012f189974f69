import { describe, expect, test } from "vitest";

import { StringTable } from "../../../../src/wire/decode/string-table.js";
import { varint } from "../../../support/proto-bytes.js";

/** A table whose entries are separated as in the wire format, with `between` after each. */
function tableOf(entries: readonly Uint8Array[], between = Buffer.alloc(0)): StringTable {
  const parts: Buffer[] = [];
  const spans: number[] = [];
  let at = 0;
  for (const entry of entries) {
    const header = Buffer.concat([Buffer.of(0x0a), varint(entry.length)]);
    parts.push(header, Buffer.from(entry), between);
    spans.push(at + header.length, at + header.length + entry.length);
    at += header.length + entry.length + between.length;
  }
  return new StringTable(Buffer.concat(parts), Int32Array.from(spans));
}

function entriesOf(table: StringTable): string[] {
  return Array.from({ length: table.size }, (_, i) => table.get(i));
}

describe("StringTable", () => {
  test.each([
    ["short ASCII", ["a", "", "user-17", "twelve chars"]],
    ["around the length at which substring stops copying", ["x".repeat(11), "x".repeat(12), "x".repeat(13)]],
    ["long entries, whose length is two bytes", ["x".repeat(127), "y".repeat(128), "a", "z".repeat(300)]],
    ["beyond ASCII", ["é", "東京", "𝒳", "a", "\uFEFFbom", "nul\0"]],
  ])("gives the entries: %s", (_, entries) => {
    const table = tableOf(entries.map((entry) => Buffer.from(entry)));

    expect(entriesOf(table)).toEqual(entries);
    expect(entriesOf(table)).toEqual(entries);
  });

  test("gives them in any order of asking, those before never asked for", () => {
    const table = tableOf(["a", "b", "c"].map((entry) => Buffer.from(entry)));

    expect(table.get(2)).toBe("c");
    expect(table.get(0)).toBe("a");
  });

  test("makes the string of an entry once", () => {
    const text = Buffer.from("0123456789abcdef");
    const table = new StringTable(text, Int32Array.of(0, 16));
    const first = table.get(0);

    text.fill(0x78);

    expect(table.get(0)).toBe(first);
  });

  test("entries far apart, with other things between them, are right too", () => {
    const table = tableOf(
      ["a", "b", "é"].map((entry) => Buffer.from(entry)),
      Buffer.alloc(100, 0xc3),
    );

    expect(entriesOf(table)).toEqual(["a", "b", "é"]);
  });

  test.each([
    ["stray bytes", ["ff", "80", "61"]],
    ["characters cut short at an entry's end", ["c3", "e282", "f09d92", "61"]],
    ["an entry that begins within a character", ["e2", "82ac", "61"]],
    ["over-long forms", ["c080", "e08080", "61"]],
  ])("bad UTF-8 becomes U+FFFD within its entry: %s", (_, entries) => {
    const bytes = entries.map((entry) => Buffer.from(entry, "hex"));

    for (const between of ["", "82", "82ac", "0a"]) {
      const table = tableOf(bytes, Buffer.from(between, "hex"));

      expect(entriesOf(table)).toEqual(bytes.map((entry) => entry.toString("utf8")));
    }
  });

  test("entries are decoded as Java does", () => {
    expect(entriesOf(tableOf([Buffer.from("eda080", "hex"), Buffer.from("b")]))).toEqual(["\uFFFD", "b"]);
  });

  test("an empty table has no entries", () => {
    expect(tableOf([]).size).toBe(0);
  });
});
