import { describe, expect, test } from "vitest";

import type { PendingKinesisRecord } from "../../../src/core/record/pending-kinesis-record.js";
import { pendingOf, readEntry } from "../core/placed-records.js";

describe("memory", () => {
  /** An aggregate that fills its buffer. */
  const full = (letter: string): PendingKinesisRecord =>
    pendingOf({ data: letter.repeat(20_000) }, { data: letter.repeat(20_000) });

  test("that was given back is used by the aggregates that follow", () => {
    const used = new Set<unknown>();
    for (const letter of "abcdefgh") {
      const pending = full(letter);
      used.add(pending.seal(true).data.buffer);
      pending.recycle();
    }

    // One in which records are collected, one in which they are sent; they take turns.
    expect(used.size).toBeLessThanOrEqual(2);
  });

  test("is never given back twice", () => {
    const first = full("a");
    first.seal(true);
    first.recycle();
    first.recycle();

    // Where a buffer was there twice, two of these would have it at the same time.
    const entries = ["b", "c", "d"].map((letter) => full(letter).seal(true));

    expect(new Set(entries.map(({ data }) => data.buffer)).size).toBe(3);
    expect(entries.map((entry) => readEntry(entry).map((text) => text.slice(0, 7)))).toEqual([
      ["key=bbb", "key=bbb"],
      ["key=ccc", "key=ccc"],
      ["key=ddd", "key=ddd"],
    ]);
  });

  test("that was not given back is left alone, whatever comes and goes", () => {
    const kept = full("k");
    const { data } = kept.seal(true);
    const before = Buffer.from(data);

    for (const letter of "abcdefgh") {
      const other = full(letter);
      other.seal(true);
      other.records();
      other.recycle();
    }

    expect(before.equals(data)).toBe(true);
    expect(kept.records().map((each) => Buffer.from(each.data as Uint8Array).toString("latin1", 0, 3))).toEqual([
      "kkk",
      "kkk",
    ]);
  });

  test("what was read back outlives it", () => {
    const first = full("a");
    first.seal(true);
    const records = first.records();
    first.recycle();
    full("b").seal(true);

    expect(Buffer.from(records[1]?.data as Uint8Array).equals(Buffer.alloc(20_000, "a"))).toBe(true);
  });
});
