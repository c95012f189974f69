import { describe, expect, test } from "vitest";

import { Trouble } from "../../../../src/core/pacing/trouble.js";

describe("trouble", () => {
  test("is young for a minute, however often it is noted", () => {
    const trouble = new Trouble();

    const begins = Array.from({ length: 13 }, (_, i) => trouble.note(false, i * 5_000));

    expect(begins.filter(Boolean)).toHaveLength(1);
    expect(trouble.isYoung(59_999)).toBe(true);
    expect(trouble.isYoung(60_000)).toBe(false);
  });

  test("after ten seconds of calm it is another one", () => {
    const trouble = new Trouble();
    for (let now = 0; now <= 90_000; now += 5_000) trouble.note(false, now);

    expect(trouble.note(false, 100_000)).toBe(false);
    expect(trouble.note(false, 110_001)).toBe(true);
    expect(trouble.isYoung(110_001)).toBe(true);
  });

  test("is not young where it begins with a rate that holds records back", () => {
    const trouble = new Trouble();

    expect(trouble.note(true, 0)).toBe(false);
    expect(trouble.note(false, 1_000)).toBe(false);
    expect(trouble.isYoung(1_000)).toBe(false);
  });

  test("there is none at first", () => {
    expect(new Trouble().isYoung(0)).toBe(false);
  });

  test("is young again when everything begins again", () => {
    const trouble = new Trouble();
    for (let now = 0; now <= 90_000; now += 5_000) trouble.note(false, now);

    trouble.restart(91_000);

    expect(trouble.isYoung(92_000)).toBe(true);
  });
});
