import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/testing/faults/seeded-random.js";
import { SpoolWorld } from "../../support/spool-world.js";

/** Seeds: each gives another order of events. */
const ORDERS = Array.from({ length: 40 }, (_, i) => i + 1);

function texts(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, i) => `k0 ${String(i + from).padStart(5, "0")} ${"x".repeat(40)}`);
}

async function appendAll(world: SpoolWorld, all: readonly string[]): Promise<void> {
  await world.finish(Promise.all(all.map((text) => world.append("k0", text))));
}

function storedTexts(world: SpoolWorld): string[] {
  return [...new Set(world.stored.map(({ text }) => text))].sort();
}

describe("files that somebody removes under an open spool", () => {
  it.each([true, false])(
    "fail the next append, and what was acknowledged is delivered (ordered: %s)",
    async (isOrdered) => {
      for (const seed of ORDERS) {
        const world = new SpoolWorld(seededRandom(seed));
        world.isOrdered = isOrdered;
        world.segmentBytes = 10_000;
        world.maxBytes = 80_000;
        world.stuckKeys.add("k0");
        const spool = await world.open(true);
        await appendAll(world, texts(40));
        world.disk.removeAll();

        await expect(world.finish(world.append("k0", "k0 late"))).rejects.toMatchObject({
          code: "KP_SPOOL_FAILED",
          message: expect.stringContaining("removed while the spool had it open"),
        });

        world.unstick();
        await appendAll(world, texts(1, 50));
        await world.finish(spool.flush());
        expect(storedTexts(world)).toEqual(expect.arrayContaining([...texts(40), ...texts(1, 50)]));
      }
    },
  );
});
