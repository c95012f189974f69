/**
 * A LocalKinesis in counting mode, in a separate process. Forked by server-process.mjs: the first message starts it.
 * Each later message requests its usage so far, optionally after a garbage collection.
 */
import process from "node:process";

/**
 * @typedef {{ tls?: boolean, shards?: number, collect?: boolean }} Question
 * @typedef {{ port: number, certificate: string, importMs: number, startMs: number }} Ready
 * @typedef {{ cpuMs: number, rss: number, heap: number, external: number, records: number, bytes: number, requests: number, throttled: number }} Usage
 */

/** @type {import("kinesis-producer/testing").LocalKinesis | undefined} */
let kinesis;

/** Without its parent there is nothing to do. */
process.on("disconnect", () => process.exit());

process.on("message", async (/** @type {Question} */ options) => {
  if (kinesis === undefined) {
    const before = performance.now();
    const { LocalKinesis } = await import("kinesis-producer/testing");
    const imported = performance.now();
    const { tls = false, shards = 1 } = options;
    kinesis = await LocalKinesis.start({ records: "count", streams: { bench: { shards } }, limits: false, tls });
    const startMs = performance.now() - imported;
    const port = Number(new URL(kinesis.endpoint).port);
    process.send?.({ port, certificate: kinesis.certificate ?? "", importMs: imported - before, startMs });
    return;
  }
  const { user, system } = process.cpuUsage();
  if (options.collect === true) globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const counts = kinesis.oracle.shardCounts("bench");
  const records = counts.reduce((sum, shard) => sum + shard.records, 0);
  const bytes = counts.reduce((sum, shard) => sum + shard.bytes, 0);
  const requests = kinesis.requests("PutRecords");
  const throttled = kinesis.oracle.throttledRecords + kinesis.oracle.throttledCalls;
  process.send?.({ cpuMs: (user + system) / 1000, rss, heap: heapUsed, external, records, bytes, requests, throttled });
});
