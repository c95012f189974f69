/**
 * A local Kinesis that counts records, for a load. `own-kinesis` forks it, and it ends with its parent. It is a
 * separate process, so it takes no CPU time from the producer.
 *
 * @module
 */
import process from "node:process";
import { LocalKinesis } from "../../testing/index.js";
import type { LocalUse } from "./load-summary.js";
import type { OwnKinesisReady, OwnKinesisSettings } from "./own-kinesis.js";

const STREAM = "load";

let kinesis: LocalKinesis | undefined;

// Ctrl-C reaches every process of the terminal, but the producer still has to deliver after it.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
process.on("disconnect", () => process.exit());
process.on("message", async (question: OwnKinesisSettings | "use") => {
  process.send?.(question === "use" ? use() : await start(question));
});

async function start({ shards, tls, limits }: OwnKinesisSettings): Promise<OwnKinesisReady> {
  kinesis = await LocalKinesis.start({ records: "count", streams: { [STREAM]: { shards } }, tls, limits });
  const { endpoint, certificate } = kinesis;
  return certificate === undefined ? { endpoint } : { endpoint, certificate };
}

function use(): LocalUse {
  const { user, system } = process.cpuUsage();
  const counts = kinesis?.oracle.shardCounts(STREAM) ?? [];
  return {
    kinesisRecords: counts.reduce((sum, { records }) => sum + records, 0),
    cpuMs: (user + system) / 1_000,
  };
}
