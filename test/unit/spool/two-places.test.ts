import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/testing/faults/seeded-random.js";
import { SpoolInTime } from "../../support/spool-in-time.js";
import { SpoolWorld } from "../../support/spool-world.js";

/** Seeds: each gives another order of events. */
const ORDERS = Array.from({ length: 20 }, (_, i) => i + 1);
const HOT = "hot";

function texts(key: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${key} ${String(i).padStart(5, "0")} ${"x".repeat(40)}`);
}

async function appendAll(world: SpoolWorld, key: string, all: readonly string[]): Promise<void> {
  await world.finish(Promise.all(all.map((text) => world.append(key, text))));
}

async function run(world: SpoolWorld, steps: number): Promise<void> {
  for (let i = 0; i < steps; i++) await world.steps.run();
}

function storedOf(world: SpoolWorld, key: string): string[] {
  return world.stored.filter((copy) => copy.key === key).map(({ text }) => text);
}

/** A world with a key whose shard takes nothing, and 150 of its records in a spool. */
async function hotWorld(seed: number): Promise<SpoolWorld> {
  const world = new SpoolWorld(seededRandom(seed));
  world.isOrdered = false;
  world.maxBytes = 100_000;
  world.stuckKeys.add(HOT);
  await world.open(true);
  await appendAll(world, HOT, texts(HOT, 150));
  return world;
}

describe("a key whose shard has no room", () => {
  it("does not hold up the new records of other keys", async () => {
    for (const seed of ORDERS) {
      const world = await hotWorld(seed);

      await appendAll(world, "cold", texts("cold", 30));
      await run(world, 600);

      expect([storedOf(world, HOT), storedOf(world, "cold").sort()]).toEqual([[], texts("cold", 30)]);
    }
  });

  it("does not hold up the older records of other keys behind its own, also after a restart", async () => {
    for (const seed of ORDERS) {
      const world = new SpoolWorld(seededRandom(seed));
      world.isOrdered = false;
      world.maxBytes = 100_000;
      world.faults = { kept: 1, final: 0 };
      await world.open(true);
      for (const [i, text] of texts(HOT, 60).entries()) {
        await appendAll(world, HOT, [text]);
        await appendAll(world, "cold", texts("cold", 60).slice(i, i + 1));
      }
      world.crash("kill");
      world.faults = { kept: 0, final: 0 };
      world.stored.splice(0);
      world.stuckKeys.add(HOT);

      await world.open(true);
      await run(world, 3_000);

      expect([storedOf(world, HOT), new Set(storedOf(world, "cold")).size]).toEqual([[], 60]);
    }
  });

  it("gets each of its records once, when the shard takes them again", async () => {
    for (const seed of ORDERS) {
      const world = await hotWorld(seed);
      await appendAll(world, "cold", texts("cold", 30));
      await run(world, 400);

      world.unstick();
      await world.finish((world.spool as NonNullable<typeof world.spool>).flush());

      expect(storedOf(world, HOT).sort()).toEqual(texts(HOT, 150));
      expect(world.stored).toHaveLength(180);
      expect(world.spool?.stats()).toMatchObject({ records: 0, lagBytes: 0 });
    }
  });

  it("loses nothing when the process dies between the two places, and the next one keeps order", async () => {
    for (const seed of ORDERS) {
      const world = await hotWorld(seed);
      await appendAll(world, "cold", texts("cold", 30));
      await run(world, 20 * seed);

      world.crash("kill");
      world.unstick();
      world.isOrdered = true;
      const spool = await world.open(true);
      await world.finish(spool.flush());

      expect([...new Set(storedOf(world, HOT))].sort()).toEqual(texts(HOT, 150));
      expect(new Set(storedOf(world, "cold")).size).toBe(30);
    }
  });

  it("does not delay close", async () => {
    const world = await hotWorld(1);
    await run(world, 300);

    const report = await world.finish((world.spool as NonNullable<typeof world.spool>).close(0));

    expect(report.records).toBe(150);
  });
});

describe("with a producer at 1 MB/s for each shard", () => {
  it("a key with a backlog of 12 MB does not hold up new records of other keys, and drains at its pace", async () => {
    const world = new SpoolInTime();
    await world.open(false);
    const hot = Array.from({ length: 3_000 }, (_, i) => ({ partitionKey: HOT, data: `hot ${i} ${"x".repeat(4_000)}` }));
    for (let i = 0; i < hot.length; i += 100) world.append(hot.slice(i, i + 100));
    const began = world.clock.now();
    const appendedAt = new Map<string, number>();

    for (let i = 0; i < 80; i++) {
      const data = `cold ${i}`;
      appendedAt.set(data, world.clock.now());
      world.append([{ partitionKey: `cold ${i}`, data }]);
      await world.pass(100);
    }
    await world.pass(6_000);

    const waits = [...appendedAt].map(([data, at]) => (world.deliveredAt.get(data) ?? Number.POSITIVE_INFINITY) - at);
    // A quarter of the keys is in the hot key's own shard, and waits for its turn there.
    expect(waits.filter((ms) => ms < 100).length).toBeGreaterThan(55);
    expect(Math.max(...waits)).toBeLessThan(2_500);
    const hotEnd = Math.max(...hot.map(({ data }) => world.deliveredAt.get(data) ?? Number.POSITIVE_INFINITY));
    expect(hotEnd - began).toBeLessThan(11_500);
  });
});

describe("a stretch of the log that is damaged after it was checked", () => {
  it.each([true, false])("costs the damaged record alone (ordered: %s)", async (isOrdered) => {
    const world = new SpoolWorld(seededRandom(1));
    world.maxBytes = 4_000_000;
    world.segmentBytes = 1_000_000;
    world.faults = { kept: 1, final: 0 };
    await world.open(true);
    const all = Array.from({ length: 40 }, (_, i) => `k0 ${String(i).padStart(5, "0")} ${"x".repeat(10_000)}`);
    await appendAll(world, "k0", all);
    world.crash("kill");
    world.stored.splice(0);

    world.isOrdered = isOrdered;
    const spool = await world.open(true);
    const [first] = world.disk.names.sort();
    world.disk.bytesOf(first as string).fill(0, 50_000, 50_010);
    world.faults = { kept: 0, final: 0 };
    await world.finish(spool.flush());

    expect(new Set(storedOf(world, "k0")).size).toBe(39);
    expect(spool.stats().lostRecords).toBe(1);
  });
});
