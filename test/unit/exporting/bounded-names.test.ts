import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BoundedNames } from "../../../src/exporting/bounded-names.js";

function rows(counters: Readonly<Record<string, number>>): Map<string, number[]> {
  return new Map(Object.entries(counters).map(([name, value]) => [name, [value]]));
}

describe("a limit of names", () => {
  it("gives places in the order of the rows, and adds the others up", () => {
    expect(new BoundedNames(2).choose(rows({ a: 1, b: 2, c: 3, d: 4 }))).toEqual({ shown: ["a", "b"], other: [7] });
  });

  it("has no other while every name has a place", () => {
    expect(new BoundedNames(2).choose(rows({ a: 1, b: 2 }))).toEqual({ shown: ["a", "b"], other: undefined });
  });

  it("keeps a name in its place when another one comes first", () => {
    const names = new BoundedNames(1);
    names.choose(rows({ a: 1 }));

    expect(names.choose(rows({ b: 9, a: 1 })).shown).toEqual(["a"]);
  });

  it("counts for other what a name has brought up to the moment in which it gets a place", () => {
    const names = new BoundedNames(1);
    names.choose(rows({ a: 1, b: 10 }));

    expect(names.choose(rows({ b: 15 }))).toEqual({ shown: ["b"], other: [15] });
    expect(names.choose(rows({ b: 20 }))).toEqual({ shown: ["b"], other: [15] });
  });

  it("counts a name that began again from 0", () => {
    const names = new BoundedNames(0);
    names.choose(rows({ a: 10 }));

    expect(names.choose(rows({ a: 4 })).other).toEqual([14]);
  });

  it("never lets other fall, whatever comes and leaves", () => {
    const counters = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.nat(100));
    fc.assert(
      fc.property(fc.nat(3), fc.array(counters, { maxLength: 20 }), (limit, snapshots) => {
        const names = new BoundedNames(limit);
        let last = 0;
        for (const snapshot of snapshots) {
          const { shown, other: [other = 0] = [] } = names.choose(rows(snapshot));
          expect(shown.length).toBeLessThanOrEqual(limit);
          expect(other).toBeGreaterThanOrEqual(last);
          last = other;
        }
      }),
    );
  });
});
