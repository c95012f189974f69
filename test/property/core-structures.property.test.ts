import fc from "fast-check";
import { expect, test } from "vitest";

import { type Deadlined, DeadlineHeap } from "../../src/core/lane/deadline-heap.js";
import { Ring } from "../../src/core/record/ring.js";

type RingStep = "push" | "unshift" | "shift" | "takeAll" | { readonly keep: number };

test("a ring is an array that can be cut at both ends", () => {
  const steps = fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constant<RingStep>("push") },
      { weight: 3, arbitrary: fc.constant<RingStep>("unshift") },
      { weight: 5, arbitrary: fc.constant<RingStep>("shift") },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 5 }).map((keep): RingStep => ({ keep })) },
      { weight: 1, arbitrary: fc.constant<RingStep>("takeAll") },
    ),
    { maxLength: 300, size: "max" },
  );

  fc.assert(
    fc.property(steps, (sequence) => {
      const ring = new Ring<number>();
      let model: number[] = [];
      for (const [value, step] of sequence.entries()) {
        if (step === "push") {
          ring.push(value);
          model.push(value);
        } else if (step === "unshift") {
          ring.unshift(value);
          model.unshift(value);
        } else if (step === "shift") {
          expect(ring.shift()).toBe(model.shift());
        } else if (step === "takeAll") {
          expect(ring.takeAll()).toEqual(model);
          model = [];
        } else {
          const kept = model.filter((each) => each % step.keep === 0);
          expect(ring.keepIf((each) => each % step.keep === 0)).toBe(model.length - kept.length);
          model = kept;
        }

        expect(ring.length).toBe(model.length);
        expect(ring.peek()).toBe(model[0]);
        expect(ring.at(model.length - 1)).toBe(model.at(-1));
        expect(ring.at(model.length)).toBeUndefined();
      }
      expect(ring.takeAll()).toEqual(model);
    }),
    { numRuns: 200 },
  );
});

test("a heap shows the earliest of what was set and not removed, and each item knows whether it is inside", () => {
  const item = fc.nat({ max: 40 });
  // Few different deadlines, so that many are equal.
  const deadline = fc.oneof(
    fc.integer({ min: -5, max: 20 }),
    fc.double({ noNaN: true }).map((at) => at + 0),
  );
  const steps = fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ kind: fc.constant("set" as const), item, deadline }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove" as const), item, deadline }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("take" as const), item, deadline }) },
    ),
    { maxLength: 300, size: "max" },
  );

  fc.assert(
    fc.property(steps, (sequence) => {
      const heap = new DeadlineHeap<Deadlined>();
      const items: Deadlined[] = Array.from({ length: 41 }, () => ({ heapIndex: -1, deadline: 0 }));
      const model = new Map<Deadlined, number>();
      for (const step of sequence) {
        const target = step.kind === "take" ? heap.peek() : items[step.item];
        if (target === undefined) continue;
        if (step.kind === "set") {
          heap.set(target, step.deadline);
          model.set(target, step.deadline);
        } else {
          heap.remove(target);
          model.delete(target);
        }

        expect(heap.length).toBe(model.size);
        if (model.size > 0) {
          const first = heap.peek() as Deadlined;
          expect(first.deadline).toBe(model.get(first));
          expect(first.deadline).toBe(Math.min(...model.values()));
        }
        expect(items.filter((each) => each.heapIndex >= 0).length).toBe(model.size);
      }

      const order: number[] = [];
      for (let first = heap.peek(); first !== undefined; first = heap.peek()) {
        order.push(first.deadline);
        heap.remove(first);
      }
      expect(order).toEqual([...model.values()].sort((a, b) => a - b));
    }),
    { numRuns: 200 },
  );
});
