import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../../src/core/ports.js";
import { type DeaggregatedRecord, deaggregateAll, dedupe } from "../../src/deaggregate/index.js";
import { SpooledProducer, type SpoolOptions } from "../../src/spool/index.js";
import type { LocalKinesis } from "../../src/testing/index.js";

/** A series of crashes. */
export interface CrashPlan {
  /** URL of the spool's entry point, as JavaScript: what the child processes load. */
  readonly entry: string;
  readonly kinesis: LocalKinesis;
  readonly stream: string;
  readonly directory: string;
  readonly crashes: number;
  readonly durability: NonNullable<SpoolOptions["durability"]>;
  /** `none`: records are delivered from two places of the log, and out of order. Default: `shard` */
  readonly ordering?: "shard" | "none";
  readonly random: Random;
  readonly onCrash?: (crashes: number) => void;
}

/** The result of a series. */
export interface CrashReport {
  readonly acknowledged: number;
  /** Acknowledged records that no reader handled, which must be empty. */
  readonly lost: readonly string[];
  /** Records that a reader with `dedupe` handled twice, which must be empty. */
  readonly repeated: readonly string[];
  /** Acknowledged records that a reader with `dedupe` handled after a later one of their key, which must be empty. */
  readonly outOfOrder: readonly string[];
  /** Copies in the stream beyond the first of each record. */
  readonly copies: number;
  readonly handled: number;
  /** Crashes before the child had opened the spool. */
  readonly early: number;
}

/** Longest time from the start of a child to its end, in milliseconds. A child is killed anywhere in it. */
const LONGEST_LIFE_MS = 900;

/** Appends records in groups of all sizes, and tells each acknowledgement. Runs until it is killed. */
const CHILD = `
  const { entry, options, life } = JSON.parse(process.argv[1]);
  const { SpooledProducer } = await import(entry);
  const spool = await SpooledProducer.open(options);
  process.stdout.write("open\\n");
  let next = 0;
  const appendGroups = async (lane) => {
    for (;;) {
      const first = next;
      const size = 1 + Math.floor(Math.random() * (lane === 0 ? 1 : 60));
      next += size;
      const records = Array.from({ length: size }, (_, i) => ({
        partitionKey: "key " + ((first + i) % 40),
        data: life + " " + (first + i) + " " + "x".repeat((first + i) % 200),
      }));
      await spool.append(records);
      process.stdout.write("ack " + first + " " + size + "\\n");
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  await Promise.all([0, 1, 2].map(appendGroups));
`;

/** Kills one process after the other, and then has everything delivered. */
export async function runCrashes(plan: CrashPlan): Promise<CrashReport> {
  const acknowledged = new Set<string>();
  let early = 0;
  for (let life = 0; life < plan.crashes; life++) {
    if (!(await runLife(plan, life, acknowledged))) early++;
    plan.onCrash?.(life + 1);
  }
  const spool = await SpooledProducer.open(optionsOf(plan));
  await spool.flush();
  await spool.close();
  return { ...(await readBack(plan, acknowledged)), early };
}

function optionsOf({ kinesis, stream, directory, durability, ordering = "shard" }: CrashPlan): SpoolOptions {
  const { endpoint } = kinesis;
  return {
    directory,
    durability,
    segmentBytes: 65_536,
    maxBytes: 16 * 1024 * 1024,
    producer: {
      streamName: stream,
      endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
      ordering,
      // So little room that shards without any are passed over.
      ...(ordering === "none" ? { maxBufferedBytes: 20_000 } : {}),
      lingerMs: 5,
    },
  };
}

/** @returns whether the child had opened the spool */
async function runLife(plan: CrashPlan, life: number, acknowledged: Set<string>): Promise<boolean> {
  const argument = JSON.stringify({ entry: plan.entry, options: optionsOf(plan), life });
  const child = spawn(process.execPath, ["--input-type=module", "-e", CHILD, argument], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, NODE_NO_WARNINGS: "1" },
  });
  let isOpen = false;
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    if (line === "open") isOpen = true;
    const ack = /^ack (\d+) (\d+)$/.exec(line);
    if (ack === null) return;
    const first = Number(ack[1]);
    for (let i = first; i < first + Number(ack[2]); i++) acknowledged.add(`${life} ${i}`);
  });
  const ended = once(child, "close");
  await Promise.race([ended, pause(plan.random() * LONGEST_LIFE_MS)]);
  // One process in three dies while it starts; the others have opened the spool.
  if (life % 3 !== 0 && !isOpen) await Promise.race([ended, once(lines, "line")]);
  if (life % 3 !== 0) await Promise.race([ended, pause(plan.random() * 100)]);
  child.kill("SIGKILL");
  await ended;
  return isOpen;
}

async function readBack(
  { kinesis, stream, ordering }: CrashPlan,
  acknowledged: ReadonlySet<string>,
): Promise<Omit<CrashReport, "early">> {
  const seen = dedupe({ window: 1_000_000 });
  const handled = new Map<string, number>();
  const latest = new Map<string | undefined, string>();
  const outOfOrder: string[] = [];
  let copies = 0;
  const handle = (record: DeaggregatedRecord, name: string): void => {
    handled.set(name, (handled.get(name) ?? 0) + 1);
    if (!acknowledged.has(name) || ordering === "none") return;
    if (isBefore(name, latest.get(record.partitionKey) ?? "0 -1")) outOfOrder.push(name);
    latest.set(record.partitionKey, name);
  };
  for (const record of kinesis.records(stream).flatMap((stored) => [...deaggregateAll([stored])])) {
    const name = Buffer.from(record.data).toString().split(" ").slice(0, 2).join(" ");
    if (!(await seen.once(record, () => handle(record, name)))) copies++;
  }
  return {
    acknowledged: acknowledged.size,
    lost: [...acknowledged].filter((name) => !handled.has(name)),
    repeated: [...handled].filter(([, times]) => times > 1).map(([name]) => name),
    outOfOrder,
    copies,
    handled: handled.size,
  };
}

/** Whether a record was appended before another one: by the number of its process, then its own. */
function isBefore(name: string, other: string): boolean {
  const [life = 0, number = 0] = name.split(" ").map(Number);
  const [otherLife = 0, otherNumber = 0] = other.split(" ").map(Number);
  return life === otherLife ? number < otherNumber : life < otherLife;
}
