import { describe, expect, it } from "vitest";
import { TextCache } from "../../../../src/core/spool/text-cache.js";

/** Reads a text with other bytes around it. */
function read(cache: TextCache, text: string): string {
  const bytes = Buffer.from(`<<${text}>>`);
  return cache.textOf(bytes, 2, bytes.length - 2);
}

describe("TextCache", () => {
  it("gives every text back, however often, among texts that share its slots", () => {
    const cache = new TextCache();
    const texts = Array.from({ length: 60_000 }, (_, i) => `user-${i % 40_000}`);

    expect(texts.filter((text) => read(cache, text) !== text)).toEqual([]);
  });

  it.each(["", "a", "abc", "abcd", "ключ", "clé-1", "😀😀", "x".repeat(64), "x".repeat(65), "x".repeat(300)])(
    "reads %j twice",
    (text) => {
      const cache = new TextCache();
      expect([read(cache, text), read(cache, text)]).toEqual([text, text]);
    },
  );

  it("tells texts apart that have the same length, beginning and end", () => {
    const cache = new TextCache();
    const texts = Array.from({ length: 5_000 }, (_, i) => `key-${String(i).padStart(6, "0")}-end.`);
    for (const text of texts) read(cache, text);

    expect(texts.map((text) => read(cache, text))).toEqual(texts);
  });

  it("does not take bytes for a text whose characters are those bytes", () => {
    const cache = new TextCache();
    const latin = Buffer.from("clé-é", "latin1");

    expect([read(cache, "cl?-?"), cache.textOf(latin, 0, 5)]).toEqual(["cl?-?", latin.toString()]);
    expect(cache.textOf(latin, 0, 5)).toBe(latin.toString());
  });
});
