import { seededRandom } from "../../src/testing/faults/seeded-random.js";
import { type Copy, SpoolWorld } from "./spool-world.js";

const KEYS = 3;
/** Processes that end in a crash, before the last one. */
const LIVES = 4;

/** The result of one schedule, for a message. */
export interface ScheduleReport {
  readonly problems: readonly string[];
  readonly acknowledged: number;
  readonly copies: number;
}

/**
 * One schedule: some processes append and deliver, each is killed in the middle, and the last one delivers everything.
 * Then every acknowledged record must be in the stream or among the dead letters.
 */
export async function runSchedule(seed: number): Promise<ScheduleReport> {
  const random = seededRandom(seed);
  const world = new SpoolWorld(random);
  const isDurable = random() < 0.6;
  const appended: string[] = [];
  const acknowledged = new Set<string>();
  // The next process may have another option.
  const isAlwaysOrdered = random() < 0.6;
  world.maxBytes = random() < 0.3 ? 1_500 : 20_000;
  for (let life = 0; life < LIVES; life++) {
    world.disk.faults = random() < 0.4 ? { write: 0.05, sync: 0.05 } : { write: 0, sync: 0 };
    world.faults = random() < 0.4 ? { kept: 0.05, final: 0.05 } : { kept: 0, final: 0 };
    world.disk.capacity = random() < 0.2 ? 1_200 : Number.POSITIVE_INFINITY;
    world.isOrdered = isAlwaysOrdered || random() < 0.5;
    await live(world, isDurable, random, appended, acknowledged);
    world.crash(isDurable && random() < 0.7 ? "power" : "kill");
  }
  world.disk.faults = { write: 0, sync: 0 };
  world.disk.capacity = Number.POSITIVE_INFINITY;
  world.faults = { kept: 0, final: 0 };
  const spool = await world.open(isDurable);
  await world.finish(spool.flush());
  await world.finish(spool.close(0));
  const problems = [...problemsOf(world, appended, acknowledged), ...leftOver(world)];
  if (isAlwaysOrdered) problems.push(...orderProblems(world.stored, acknowledged));
  return { problems, acknowledged: acknowledged.size, copies: world.stored.length };
}

async function live(
  world: SpoolWorld,
  isDurable: boolean,
  random: () => number,
  appended: string[],
  acknowledged: Set<string>,
): Promise<void> {
  try {
    await world.open(isDurable);
  } catch {
    // A disk with faults: the process ends, and the next one tries again.
    return;
  }
  for (let steps = Math.floor(random() * 250); steps > 0; steps--) {
    if (random() < 0.3) {
      const key = `k${Math.floor(random() * KEYS)}`;
      const text = `${key} ${String(appended.length).padStart(5, "0")} ${"x".repeat(Math.floor(random() * 120))}`;
      appended.push(text);
      world.append(key, text).then(
        () => acknowledged.add(text),
        () => {},
      );
    }
    await world.steps.run();
  }
}

function problemsOf(world: SpoolWorld, appended: readonly string[], acknowledged: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  const copies: readonly Copy[] = [...world.stored, ...world.letters];
  const idOf = new Map<string, string>();
  const textOf = new Map<string, string>();
  for (const { text, recordId } of copies) {
    if (!appended.includes(text)) problems.push(`never appended: ${text}`);
    if ((idOf.get(text) ?? recordId) !== recordId) problems.push(`two ids: ${text}`);
    if ((textOf.get(recordId) ?? text) !== text) problems.push(`one id for two records: ${recordId}`);
    idOf.set(text, recordId);
    textOf.set(recordId, text);
  }
  for (const text of acknowledged) if (!idOf.has(text)) problems.push(`lost: ${text}`);
  return problems;
}

/** A reader that drops duplicates gets the acknowledged records of a key in the order of their appends. */
function orderProblems(stored: readonly Copy[], acknowledged: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  const last = new Map<string, string>();
  const seen = new Set<string>();
  for (const { key, text } of stored) {
    if (seen.has(text) || !acknowledged.has(text)) continue;
    seen.add(text);
    const before = last.get(key) ?? "";
    if (text.slice(0, 8) < before.slice(0, 8)) problems.push(`out of order: ${text} after ${before}`);
    last.set(key, text);
  }
  return problems;
}

function leftOver(world: SpoolWorld): string[] {
  return world.disk.names.filter((name) => /\.(records|delivered)$/.test(name)).map((name) => `left over: ${name}`);
}
