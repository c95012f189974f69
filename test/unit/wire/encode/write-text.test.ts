import { describe, expect, it } from "vitest";

import { asciiWriter, writeText } from "../../../../src/wire/encode/write-text.js";

const UNTOUCHED = 0xee;

describe("writeText", () => {
  it.each(["", "a", "plain text", "x".repeat(5_000), "zürich", "東京", "a𝒳b", "\u0000\u007f\u0080"])(
    "writes %j in UTF-8",
    (text) => {
      const bytes = Buffer.from(text);
      const into = Buffer.alloc(bytes.length + 4, UNTOUCHED);

      const end = writeText(into, text, 2, bytes.length);

      expect(end).toBe(2 + bytes.length);
      expect(into.subarray(2, end)).toEqual(bytes);
      expect([into[1], into[end]]).toEqual([UNTOUCHED, UNTOUCHED]);
    },
  );
});

it.each([
  ["as Node.js has it", Buffer.prototype],
  ["by the documented method where it has not", {}],
])("ASCII is written %s", (_, prototype) => {
  const into = Buffer.alloc(6, UNTOUCHED);

  asciiWriter(prototype as Parameters<typeof asciiWriter>[0]).call(into, "abc", 1, 3);

  expect([...into]).toEqual([UNTOUCHED, 0x61, 0x62, 0x63, UNTOUCHED, UNTOUCHED]);
});
