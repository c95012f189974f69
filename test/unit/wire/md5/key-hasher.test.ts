import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";

import { type HashedKey, hashKey, KeyHasher } from "../../../../src/wire/md5/key-hasher.js";

function digestOf({ a, b, c, d }: HashedKey): string {
  const bytes = Buffer.alloc(16);
  for (const [i, word] of [a, b, c, d].entries()) bytes.writeInt32BE(word, i * 4);
  return bytes.toString("hex");
}

describe("hashKey", () => {
  it.each(["a", "user-17", "__proto__", "10", "é".repeat(100), "x".repeat(256), "\u{1f600}"])("hashes %s", (text) => {
    const key = hashKey(text);

    expect(key.text).toBe(text);
    expect(key.bytes).toBe(Buffer.byteLength(text));
    expect(digestOf(key)).toBe(createHash("md5").update(text).digest("hex"));
  });

  it("hashes a lone surrogate as U+FFFD, as it is written", () => {
    const key = hashKey("a\ud83d");

    expect(key.text).toBe("a\ufffd");
    expect(digestOf(key)).toBe(createHash("md5").update("a\ufffd").digest("hex"));
  });
});

describe("KeyHasher", () => {
  it("gives the same object for a key that comes again, in a row or not", () => {
    const hasher = new KeyHasher();
    const key = hasher.of("a");

    expect(hasher.of("a")).toBe(key);
    hasher.of("b");
    expect(hasher.of("a")).toBe(key);
  });

  it("tells keys apart however many there are", () => {
    const hasher = new KeyHasher();
    const wrong = [];

    for (let i = 0; i < 30_000; i++) {
      const text = `k${(i * 7_919) % 12_000}`;
      const key = hasher.of(text);
      if (key.text !== text || key.d !== hashKey(text).d) wrong.push(text);
    }

    expect(wrong).toEqual([]);
  });

  it("knows 4,096 keys for sure while all of them are in use", () => {
    const hasher = new KeyHasher();
    const keys = Array.from({ length: 4_096 }, (_, i) => hasher.of(`k${i}`));

    expect(keys.filter((key, i) => hasher.of(`k${i}`) !== key)).toEqual([]);
  });

  it("remembers keys that come again after a long time in which all were new", () => {
    const hasher = new KeyHasher();
    for (let i = 0; i < 100_000; i++) hasher.of(`unique ${i}`);
    for (let i = 0; i < 100_000; i++) hasher.of(i % 2 === 0 ? "a" : "b");

    const key = hasher.of("a");
    hasher.of("b");

    expect(hasher.of("a")).toBe(key);
  });

  it("takes the empty text, which stands for no key", () => {
    expect(new KeyHasher().of("").bytes).toBe(0);
  });
});
