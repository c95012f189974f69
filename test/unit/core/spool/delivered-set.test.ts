import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DeliveredSet, type IndexRange } from "../../../../src/core/spool/delivered-set.js";

function indexesOf(ranges: readonly IndexRange[]): number[] {
  return ranges.flatMap(({ from, length }) => Array.from({ length }, (_, i) => from + i));
}

describe("DeliveredSet", () => {
  it("knows what was added, how many, and the smallest index that is missing", () => {
    const set = new DeliveredSet();

    expect([set.add(1), set.add(3), set.add(1)]).toEqual([true, true, false]);

    expect([0, 1, 2, 3, 5_000].map((index) => set.has(index))).toEqual([false, true, false, true, false]);
    expect([set.count, set.lowestMissing]).toEqual([2, 0]);
    set.add(0);
    expect(set.lowestMissing).toBe(2);
  });

  it("gives each index once as unsaved, in whole ranges", () => {
    const set = new DeliveredSet();
    for (let index = 20; index < 100; index++) set.add(index);
    set.add(200);

    const ranges = set.unsaved();
    expect(ranges).toEqual([
      { from: 20, length: 80 },
      { from: 200, length: 1 },
    ]);
    set.add(150);
    set.markSaved(ranges);

    expect(set.unsaved()).toEqual([{ from: 150, length: 1 }]);
    set.markSaved(set.unsaved());
    expect(set.unsaved()).toEqual([]);
  });

  it("agrees with a set of numbers, whatever is added and saved in whatever order", () => {
    const step = fc.record({ index: fc.integer({ min: 0, max: 3_000 }), isSaved: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.array(fc.integer({ min: 0, max: 99 })), (steps, saved) => {
        const set = new DeliveredSet();
        const model = new Set<number>();
        const savedModel = new Set<number>();
        for (const index of saved) {
          set.addSaved({ from: index, length: 3 });
          for (const one of [index, index + 1, index + 2]) savedModel.add(one);
        }
        for (const index of savedModel) model.add(index);
        for (const { index, isSaved } of steps) {
          set.add(index);
          model.add(index);
          if (!isSaved) continue;
          set.markSaved(set.unsaved());
          for (const one of model) savedModel.add(one);
        }
        let lowest = 0;
        while (model.has(lowest)) lowest++;
        expect(set.count).toBe(model.size);
        expect(set.lowestMissing).toBe(lowest);
        expect(indexesOf(set.unsaved())).toEqual(
          [...model].filter((one) => !savedModel.has(one)).sort((a, b) => a - b),
        );
      }),
    );
  });
});
