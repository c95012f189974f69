import { describe, expect, test } from "vitest";

import { RecordIds } from "../../../../src/core/record/record-ids.js";
import { encodeTags, readTags } from "../../../../src/wire/record-tags.js";

function idsOf(source: RecordIds, count: number): string[] {
  return Array.from({ length: count }, () => readTags(source.next()).recordId as string);
}

describe("ids", () => {
  test("of one producer all differ, also where a digit is added", () => {
    const ids = idsOf(new RecordIds(() => 0.5), 64 ** 2 + 100);

    expect(new Set(ids).size).toBe(ids.length);
  });

  test("are a prefix of 12 random characters and a number that counts up", () => {
    const numbers = [0, 1 - 2 ** -53];

    const ids = idsOf(new RecordIds(() => numbers.shift() as number), 66);

    expect(ids[0]).toBe(`AAAAAA______A`);
    expect(ids[63]).toBe(`AAAAAA_______`);
    expect(ids[64]).toBe(`AAAAAA______BA`);
    expect(ids[65]).toBe(`AAAAAA______BB`);
    expect(numbers).toEqual([]);
  });

  test("are the bytes of a tag, and a retry of the same call gives the next one", () => {
    const source = new RecordIds(() => 0);

    const first = Buffer.from(source.next());

    expect(first).toEqual(encodeTags({ "~": "AAAAAAAAAAAAA" }));
    expect(source.next()).toEqual(encodeTags({ "~": "AAAAAAAAAAAAB" }));
  });

  test.each([
    [1, 20],
    [64, 20],
    [65, 21],
    [64 ** 2, 21],
    [64 ** 2 + 1, 22],
    [64 ** 3, 22],
    [64 ** 3 + 1, 23],
  ])("of %d records take %d bytes at most", (count, bytes) => {
    const source = new RecordIds(() => 0);
    for (let i = 1; i < count; i++) source.next();

    expect(source.next().length).toBe(bytes);
  });
});
