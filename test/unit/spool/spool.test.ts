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

/** Runs until nothing happens any more. */
async function quiet(world: SpoolWorld): Promise<void> {
  while (world.steps.count > 0) await world.steps.run();
}

/** Opens the spool, and has everything delivered. */
async function drain(world: SpoolWorld, isDurable = true): Promise<void> {
  const spool = await world.open(isDurable);
  await world.finish(spool.flush());
  await world.finish(spool.close(0));
}

function storedTexts(world: SpoolWorld): string[] {
  return [...new Set(world.stored.map(({ text }) => text))].sort();
}

describe("an acknowledged record", () => {
  it.each(["power", "kill"] as const)("is there after the %s is gone at the same moment", async (kind) => {
    for (const seed of ORDERS) {
      const world = new SpoolWorld(seededRandom(seed));
      await world.open(kind === "power");
      await appendAll(world, texts(3));

      world.crash(kind);
      await drain(world);

      expect(storedTexts(world)).toEqual(texts(3));
    }
  });

  it("is delivered though the process dies at any moment of its delivery, under its one id", async () => {
    for (const seed of ORDERS) {
      const world = new SpoolWorld(seededRandom(seed));
      await world.open(true);
      await appendAll(world, texts(20));
      for (let steps = seed; steps > 0; steps--) await world.steps.run();

      world.crash("kill");
      await drain(world);

      expect(storedTexts(world)).toEqual(texts(20));
      expect(new Set(world.stored.map(({ recordId }) => recordId)).size).toBe(20);
    }
  });

  it("is not sent again after its delivery was saved", async () => {
    for (const seed of ORDERS) {
      const world = new SpoolWorld(seededRandom(seed));
      await world.open(true);
      await appendAll(world, texts(20));
      await quiet(world);

      world.crash("power");
      await drain(world);

      expect(world.stored).toHaveLength(20);
    }
  });
});

describe("a failed write", () => {
  it.each(["write", "sync"] as const)(
    "(%s) rejects its appends, and later ones are safe in another segment",
    async (kind) => {
      for (const seed of ORDERS) {
        const world = new SpoolWorld(seededRandom(seed));
        const spool = await world.open(true);
        await appendAll(world, texts(2));
        world.disk.faults = { write: 0, sync: 0, [kind]: 1 };

        const failed = world.finish(world.append("k0", "k0 lost"));
        await expect(failed).rejects.toMatchObject({
          code: "KP_SPOOL_FAILED",
          message: expect.stringContaining("EIO"),
        });

        world.disk.faults = { write: 0, sync: 0 };
        await appendAll(world, texts(2, 2));
        expect(spool.stats()).toMatchObject({ failedGroups: 1, appendedRecords: 4 });
        world.crash("power");
        await drain(world);
        expect(storedTexts(world).filter((text) => text !== "k0 lost")).toEqual(texts(4));
      }
    },
  );

  it("of the first group costs the segment its header: the next group does not go there", async () => {
    const world = new SpoolWorld(seededRandom(1));
    await world.open(true);
    world.disk.faults = { write: 0, sync: 1 };
    await expect(world.finish(world.append("k0", "k0 lost"))).rejects.toMatchObject({ code: "KP_SPOOL_FAILED" });
    world.disk.faults = { write: 0, sync: 0 };
    await appendAll(world, texts(2));

    world.crash("power");
    await drain(world);

    expect(storedTexts(world)).toEqual(expect.arrayContaining(texts(2)));
  });

  it("because the disk is full loses nothing that was acknowledged before or is after", async () => {
    const world = new SpoolWorld(seededRandom(1));
    await world.open(true);
    await appendAll(world, texts(5));
    world.disk.capacity = 300;

    await expect(world.finish(world.append("k0", texts(1, 5)[0] as string))).rejects.toMatchObject({
      code: "KP_SPOOL_FAILED",
      message: expect.stringContaining("ENOSPC"),
    });

    world.disk.capacity = Number.POSITIVE_INFINITY;
    await appendAll(world, texts(1, 6));
    world.crash("kill");
    await drain(world);
    expect(storedTexts(world)).toEqual(expect.arrayContaining([...texts(5), ...texts(1, 6)]));
  });

  it("of acknowledgements is repeated, and only costs copies", async () => {
    const world = new SpoolWorld(seededRandom(2));
    const spool = await world.open(true);
    await appendAll(world, texts(4));
    world.disk.faults = { write: 1, sync: 0 };
    await world.finish(spool.flush());
    for (let steps = 0; steps < 50; steps++) await world.steps.run();
    world.disk.faults = { write: 0, sync: 0 };

    await world.finish(spool.close(0));

    await drain(world);
    expect(world.stored).toHaveLength(4);
  });
});

describe("a damaged file", () => {
  /** A spool with 12 records that nobody delivered, over several segments. */
  async function stuck(seed: number): Promise<SpoolWorld> {
    const world = new SpoolWorld(seededRandom(seed));
    world.faults = { kept: 1, final: 0 };
    await world.open(true);
    await appendAll(world, texts(12));
    world.crash("kill");
    world.faults = { kept: 0, final: 0 };
    return world;
  }

  it("costs the damaged record, and the others keep their ids and order", async () => {
    const world = await stuck(1);
    const whole = await stuck(1);
    await drain(whole);
    const [first] = world.disk.names.sort();
    world.disk.bytesOf(first as string).fill(0, 60, 70);

    const spool = await world.open(true);
    expect(spool.stats()).toMatchObject({ records: 11, lostRecords: 1 });
    expect(spool.stats().damagedBytes).toBeGreaterThan(0);
    await world.finish(spool.flush());

    expect(world.stored.map(({ text }) => text)).toEqual(texts(12).slice(1));
  });

  it("that becomes so while the spool is open does not stop the delivery", async () => {
    const world = new SpoolWorld(seededRandom(3));
    world.faults = { kept: 1, final: 0 };
    const spool = await world.open(true);
    await appendAll(world, texts(12));
    const [first] = world.disk.names.sort();
    world.disk.bytesOf(first as string).fill(0, 60, 70);
    world.faults = { kept: 0, final: 0 };

    await world.finish(spool.flush());

    expect(storedTexts(world).length).toBeGreaterThanOrEqual(11);
    expect(spool.stats().records).toBe(0);
  });

  it("of another version is refused, and nothing is changed", async () => {
    const world = await stuck(4);
    const names = world.disk.names.sort();
    const last = names.filter((name) => name.endsWith(".records")).at(-1) as string;
    world.disk.bytesOf(last).writeUInt16LE(2, 8);
    const before = world.disk.bytesOf(last).toString("hex");

    await expect(world.open(true)).rejects.toMatchObject({ code: "KP_SPOOL_FAILED" });

    expect(world.disk.names.sort()).toEqual(names);
    expect(world.disk.bytesOf(last).toString("hex")).toBe(before);
  });
});

describe("a full spool", () => {
  it("lets appends wait, in order, until delivered segments are gone", async () => {
    for (const seed of ORDERS) {
      const world = new SpoolWorld(seededRandom(seed));
      world.maxBytes = 1_500;
      const spool = await world.open(true);

      await appendAll(world, texts(60));
      await world.finish(spool.flush());

      expect(world.stored.map(({ text }) => text)).toEqual(texts(60));
      expect(spool.stats().waitingAppends).toBe(0);
      expect(world.warnings).toEqual([]);
    }
  });

  it("gives up the segment that is being written, when all its records are delivered", async () => {
    const world = new SpoolWorld(seededRandom(9));
    world.maxBytes = 1_500;
    const spool = await world.open(true);
    await appendAll(world, [`k0 first ${"x".repeat(1_000)}`]);
    await quiet(world);

    await appendAll(world, [`k0 second ${"x".repeat(1_000)}`]);

    expect(spool.stats().appendedRecords).toBe(2);
  });

  it("gives up segments whose records cannot be read any more", async () => {
    for (const seed of ORDERS) {
      const world = new SpoolWorld(seededRandom(seed));
      world.maxBytes = 1_500;
      world.faults = { kept: 1, final: 0 };
      const spool = await world.open(true);
      await appendAll(world, [`k0 first ${"x".repeat(1_000)}`]);
      for (const name of world.disk.names) if (name.endsWith(".records")) world.disk.bytesOf(name).fill(0, 32);

      await appendAll(world, [`k0 second ${"x".repeat(1_000)}`]);

      expect(spool.stats()).toMatchObject({ appendedRecords: 2, lostRecords: 1 });
    }
  });

  it("never has more than maxBytes of segments", async () => {
    const world = new SpoolWorld(seededRandom(5));
    world.maxBytes = 1_500;
    world.faults = { kept: 1, final: 0 };
    const spool = await world.open(true);
    const appends = texts(60).map((text) => world.append("k0", text));
    for (let steps = 0; steps < 500; steps++) {
      await world.steps.run();
      expect(spool.stats().bytes).toBeLessThanOrEqual(1_500 + 500);
    }

    expect(spool.stats().waitingAppends).toBeGreaterThan(20);
    const closed = spool.close(0);
    await expect(world.finish(Promise.all(appends))).rejects.toMatchObject({ code: "KP_CLOSED" });
    await world.finish(closed);
  });
});

describe("a record that fails", () => {
  it("for a reason of the stream stays, and is sent when the stream takes records again", async () => {
    const world = new SpoolWorld(seededRandom(6));
    world.faults = { kept: 1, final: 0 };
    const spool = await world.open(true);
    await appendAll(world, texts(5));
    for (let steps = 0; steps < 300; steps++) await world.steps.run();
    expect([world.stored, world.letters, spool.stats().records]).toEqual([[], [], 5]);

    world.faults = { kept: 0, final: 0 };
    await world.finish(spool.flush());

    expect(world.stored.map(({ text }) => text)).toEqual(texts(5));
  });

  it("for a reason of the stream causes no copies of those in flight", async () => {
    for (const seed of ORDERS) {
      const world = new SpoolWorld(seededRandom(seed));
      world.faults = { kept: 0.3, final: 0 };
      const spool = await world.open(true);
      const all = texts(9);
      await world.finish(Promise.all(all.map((text, i) => world.append(`k${i}`, text))));

      await world.finish(spool.flush());

      expect(world.stored.map(({ text }) => text).sort()).toEqual(all);
    }
  });

  it("for good leaves the spool when its dead letter is on disk, and not before", async () => {
    const world = new SpoolWorld(seededRandom(7));
    world.faults = { kept: 0, final: 1 };
    const spool = await world.open(true);
    await appendAll(world, texts(3));
    world.disk.faults = { write: 1, sync: 0 };
    for (let steps = 0; steps < 300; steps++) await world.steps.run();
    expect(spool.stats()).toMatchObject({ records: 3, refusedRecords: 0 });

    world.disk.faults = { write: 0, sync: 0 };
    await world.finish(spool.flush());

    expect(world.letters.map(({ text }) => text).sort()).toEqual(texts(3));
    expect(spool.stats()).toMatchObject({ records: 0, refusedRecords: 3 });
  });

  it("because the producer does not accept it has its own bytes in its dead letter", async () => {
    for (const seed of ORDERS) {
      const world = new SpoolWorld(seededRandom(seed));
      world.refusesAtOnce = true;
      const spool = await world.open(true);

      for (const text of texts(9)) await appendAll(world, [text]);
      await world.finish(spool.flush());

      expect(world.letters.map(({ text }) => text)).toEqual(texts(9));
    }
  });
});

describe("flush", () => {
  it("rejects when the spool is closed with records left, and resolves when there are none", async () => {
    const world = new SpoolWorld(seededRandom(10));
    world.faults = { kept: 1, final: 0 };
    const spool = await world.open(true);
    await appendAll(world, texts(3));
    const flushed = spool.flush();
    flushed.catch(() => {});

    await world.finish(spool.close(0));

    await expect(flushed).rejects.toMatchObject({ code: "KP_CLOSED" });
    await expect(spool.flush()).rejects.toMatchObject({ code: "KP_CLOSED" });
    world.faults = { kept: 0, final: 0 };
    await drain(world);
    await expect(world.spool?.flush()).resolves.toBeUndefined();
  });
});

describe("close", () => {
  it("ends though dead letters cannot be written, and the delivery has to begin again", async () => {
    for (const seed of ORDERS) {
      const world = new SpoolWorld(seededRandom(seed));
      world.faults = { kept: 0.5, final: 0.5 };
      const spool = await world.open(true);
      await world.finish(Promise.all(texts(9).map((text, i) => world.append(`k${i}`, text))));
      world.disk.faults = { write: 1, sync: 0 };
      for (let steps = 0; steps < 100; steps++) await world.steps.run();

      const report = await world.finish(spool.close(0));

      expect(report.records + world.letters.length).toBeGreaterThanOrEqual(9);
    }
  });

  it("settles the append that is being written before those that wait, so that no flush ends too early", async () => {
    for (const seed of ORDERS) {
      const world = new SpoolWorld(seededRandom(seed));
      world.faults = { kept: 1, final: 0 };
      const spool = await world.open(true);
      const written = world.append("k0", `first ${"x".repeat(3_000)}`);
      const flushed = spool.flush();
      const waiting = world.append("k0", `second ${"x".repeat(3_000)}`);
      expect(spool.stats().waitingAppends).toBe(1);

      const all = Promise.allSettled([written, waiting, flushed, spool.close(0)]);

      expect(await world.finish(all)).toMatchObject([
        { status: "fulfilled" },
        { status: "rejected", reason: { code: "KP_CLOSED" } },
        { status: "rejected", reason: { code: "KP_CLOSED" } },
        { status: "fulfilled", value: { records: 1 } },
      ]);
    }
  });
});

describe("stats", () => {
  it("show what is on disk, how old it is, and how far the delivery is behind", async () => {
    const world = new SpoolWorld(seededRandom(8));
    world.maxBytes = 20_000;
    world.faults = { kept: 1, final: 0 };
    const spool = await world.open(true);
    expect(spool.stats()).toMatchObject({ records: 0, oldestAgeMs: 0, lagBytes: 0 });

    await appendAll(world, texts(40));

    const stats = spool.stats();
    expect(stats).toMatchObject({ records: 40, appendedRecords: 40, deliveredRecords: 0 });
    expect(stats.lagBytes).toBeGreaterThan(0);
    expect(stats.bytes).toBeGreaterThan(40 * 50);
    for (let steps = 0; steps < 200; steps++) await world.steps.run();
    expect(spool.stats().oldestAgeMs).toBeGreaterThan(0);
  });
});
