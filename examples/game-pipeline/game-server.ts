/**
 * A game server: one producing process of the fleet. It makes events at the rate that its parent sends, and keeps a
 * journal of them outside of its memory.
 */
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { type DeliveryBatch, KinesisProducer } from "kinesis-producer";
import { seededRandom } from "kinesis-producer/testing";
import type { ServerFigures, ServerOrder, ServerSetup } from "./fleet.js";
import type { GameEvent } from "./game-event.js";
import { Journal } from "./journal.js";
import { reasonOfCopies } from "./outcomes.js";
import { Players } from "./players.js";

const TICK_MS = 50;

const { name, seed, streamName, journalPath, client } = JSON.parse(process.argv[2] ?? "") as ServerSetup;
const journal = new Journal(journalPath);
const players = new Players(name, seededRandom(seed));
const producer = new KinesisProducer<number>({ streamName, ...client, onDelivery: takeOutcomes });
const figures: { -readonly [Name in keyof ServerFigures]: number } = { put: 0, delivered: 0, failed: 0 };
const ending = new AbortController();
let eventsPerSecond = 0;

// An auto-scaling group ends a server with SIGTERM: no new events, and the producer delivers the events that it holds.
process.once("SIGTERM", () => ending.abort());
process.on("message", (order: ServerOrder) => {
  eventsPerSecond = order.eventsPerSecond;
});
// The parent is gone.
process.on("disconnect", () => process.exit(1));

await serve();
await producer.close();
journal.close();
process.send?.(figures);
process.removeAllListeners("disconnect");
process.disconnect?.();

async function serve(): Promise<void> {
  let last = performance.now();
  let due = 0;
  while (!ending.signal.aborted) {
    await delay(TICK_MS, undefined, { signal: ending.signal }).catch(() => {});
    const now = performance.now();
    due += ((now - last) / 1000) * eventsPerSecond;
    last = now;
    const events = Array.from({ length: Math.floor(due) }, () => players.next(Date.now()));
    due -= events.length;
    if (events.length > 0) await put(events);
    process.send?.(figures);
  }
}

async function put(events: readonly GameEvent[]): Promise<void> {
  // First the account, then the put: a process that is killed between them has a line too much, never one too few.
  journal.write({ put: events });
  for (const event of events) {
    const record = { partitionKey: event.player, data: JSON.stringify(event) };
    const number = figures.put++;
    while (!producer.enqueue(record, number)) await producer.ready();
  }
}

function takeOutcomes(batch: DeliveryBatch<number>): void {
  const delivered: number[] = [];
  const again: Record<string, number[]> = {};
  for (const { context: number = -1, result, error } of batch) {
    if (error !== undefined) {
      const { code, delivery } = error;
      journal.write({ failed: { code, delivery, numbers: [number] } });
      continue;
    }
    delivered.push(number);
    const reason = reasonOfCopies(result);
    if (reason === undefined) continue;
    again[reason] ??= [];
    again[reason].push(number);
  }
  figures.delivered += delivered.length;
  figures.failed += batch.length - delivered.length;
  // The reasons of copies come before the acknowledgement.
  if (Object.keys(again).length > 0) journal.write({ again });
  if (delivered.length > 0) journal.write({ delivered });
}
