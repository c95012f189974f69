import { describe, expect, it } from "vitest";
import { IndexBits } from "../../../../src/core/spool/index-bits.js";
import { seededRandom } from "../../../../src/testing/faults/seeded-random.js";

describe("IndexBits", () => {
  it("is a set of numbers", () => {
    const random = seededRandom(1);
    const bits = new IndexBits();
    const model = new Set<number>();
    for (let i = 0; i < 5_000; i++) {
      const index = Math.floor(random() * 3_000);
      if (random() < 0.6) {
        bits.add(index);
        model.add(index);
      } else {
        bits.delete(index);
        model.delete(index);
      }
    }

    const found = Array.from({ length: 3_100 }, (_, i) => i).filter((i) => bits.has(i));
    expect(found).toEqual([...model].sort((a, b) => a - b));
    expect(bits.count).toBe(model.size);
    bits.clear();
    expect([bits.count, bits.has(found[0] as number)]).toEqual([0, false]);
  });
});
