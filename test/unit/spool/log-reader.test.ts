import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/testing/faults/seeded-random.js";
import { SpoolWorld } from "../../support/spool-world.js";

/** Seeds: each gives another order of events. */
const ORDERS = Array.from({ length: 20 }, (_, i) => i + 1);

function texts(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, i) => `k0 ${String(i + from).padStart(5, "0")} ${"x".repeat(40)}`);
}

async function appendAll(world: SpoolWorld, all: readonly string[]): Promise<void> {
  for (const text of all) await world.finish(world.append("k0", text));
}

/** A spool with several finished segments that are not delivered. */
async function withBacklog(seed: number, isOrdered: boolean): Promise<SpoolWorld> {
  const world = new SpoolWorld(seededRandom(seed));
  world.isOrdered = isOrdered;
  world.segmentBytes = 1_000;
  world.maxBytes = 80_000;
  world.stuckKeys.add("k0");
  await world.open(true);
  await appendAll(world, texts(60));
  return world;
}

function segments(world: SpoolWorld): string[] {
  return world.disk.names.filter((name) => name.endsWith(".records")).sort();
}

describe.each([true, false])("a finished segment that somebody removes (ordered: %s)", (isOrdered) => {
  it("costs its own records, which are counted, and those behind it are delivered", async () => {
    for (const seed of ORDERS) {
      const world = await withBacklog(seed, isOrdered);
      const third = segments(world)[2] as string;
      await world.finish(world.disk.remove(third));

      world.unstick();
      await appendAll(world, texts(1, 90));
      await world.finish(world.spool?.flush() as Promise<void>);

      const stored = new Set(world.stored.map(({ text }) => text));
      const { lostRecords, records } = world.spool?.stats() ?? {};
      expect(lostRecords).toBeGreaterThan(0);
      expect(lostRecords).toBeLessThan(20);
      expect(stored.size + Number(lostRecords)).toBe(61);
      expect(stored).toContain(texts(1, 90)[0]);
      expect(records).toBe(0);
      if (isOrdered) expect(world.stored.map(({ text }) => text)).toEqual([...stored].sort());
    }
  });

  it("is waited for while the directory has no file of the spool, as a volume that is away", async () => {
    for (const seed of ORDERS) {
      const world = await withBacklog(seed, isOrdered);
      const spool = world.spool;
      world.disk.removeAll();

      world.unstick();
      for (let steps = 0; steps < 300; steps++) await world.steps.run();

      expect(spool?.stats()).toMatchObject({ lostRecords: 0 });
      expect(world.warnings[0]).toContain("is tried again");
    }
  });
});
