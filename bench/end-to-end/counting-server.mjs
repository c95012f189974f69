/**
 * A LocalKinesis in counting mode, in a process of its own. Forked by local-kinesis.mjs: the first message starts it, each
 * later one asks what it has used so far, by choice after a garbage collection.
 */
import process from "node:process";

/**
 * @typedef {{ tls?: { key: string, cert: string } | undefined, shards?: number, collect?: boolean }} Question
 * @typedef {{ port: number, importMs: number, startMs: number }} Ready
 * @typedef {{ cpuMs: number, rss: number, heap: number, external: number, records: number, bytes: number }} Usage
 */

/** @type {import("kinesis-producer/testing").LocalKinesis | undefined} */
let kinesis;

/** Without whoever asks there is nothing to do. */
process.on("disconnect", () => process.exit());

process.on("message", async (/** @type {Question} */ options) => {
  if (kinesis === undefined) {
    const before = performance.now();
    const { LocalKinesis } = await import("kinesis-producer/testing");
    const imported = performance.now();
    const { tls, shards = 1 } = options;
    const streams = { bench: { shards } };
    kinesis = await LocalKinesis.start({ records: "count", streams, ...(tls === undefined ? {} : { tls }) });
    const startMs = performance.now() - imported;
    process.send?.({ port: Number(new URL(kinesis.endpoint).port), importMs: imported - before, startMs });
    return;
  }
  const { user, system } = process.cpuUsage();
  if (options.collect === true) globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const counts = kinesis.oracle.shardCounts("bench");
  const records = counts.reduce((sum, shard) => sum + shard.records, 0);
  const bytes = counts.reduce((sum, shard) => sum + shard.bytes, 0);
  process.send?.({ cpuMs: (user + system) / 1000, rss, heap: heapUsed, external, records, bytes });
});
