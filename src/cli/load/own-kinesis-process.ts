/**
 * A local Kinesis that counts records, for a load. `own-kinesis` forks it, and it ends with its parent. It is a
 * separate process, so it takes no CPU time from the producer.
 *
 * @module
 */
import process from "node:process";
import { LocalKinesis } from "../../testing/index.js";
import type { LocalUse } from "./load-summary.js";
import type { OwnKinesisQuestion, OwnKinesisReady, OwnKinesisSettings } from "./own-kinesis.js";
import { act, openShards, type ScheduledEvent } from "./schedule/schedule.js";

const STREAM = "load";

let kinesis: LocalKinesis | undefined;
let schedule: readonly ScheduledEvent[] = [];
const failedEvents: string[] = [];

// A supervisor may send a signal to every process, but the producer still has to deliver after it.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
process.on("disconnect", () => process.exit());
process.on("message", async (question: OwnKinesisQuestion) => {
  process.send?.(question === "use" ? use() : question === "begin" ? begin() : await start(question));
});

async function start({ shards, tls, limits, schedule: events }: OwnKinesisSettings): Promise<OwnKinesisReady> {
  kinesis = await LocalKinesis.start({ records: "count", streams: { [STREAM]: { shards } }, tls, limits });
  schedule = events;
  const { endpoint, certificate } = kinesis;
  return certificate === undefined ? { endpoint } : { endpoint, certificate };
}

/** The load begins: its events happen from now on. */
function begin(): true {
  for (const event of schedule) {
    if (event.atMs === 0) happen(event);
    else setTimeout(happen, event.atMs, event);
  }
  return true;
}

function happen({ atMs, untilMs, action, text }: ScheduledEvent): void {
  if (kinesis === undefined) return;
  try {
    const end = act(kinesis, STREAM, action);
    if (untilMs !== undefined) setTimeout(end, untilMs - atMs);
  } catch (error) {
    failedEvents.push(`${text}: ${error instanceof Error ? error.message : error}`);
  }
}

function use(): LocalUse {
  const { user, system } = process.cpuUsage();
  const counts = kinesis?.oracle.shardCounts(STREAM) ?? [];
  return {
    kinesisRecords: counts.reduce((sum, { records }) => sum + records, 0),
    cpuMs: (user + system) / 1_000,
    openShards: kinesis === undefined ? 0 : openShards(kinesis, STREAM).length,
    failedEvents,
  };
}
