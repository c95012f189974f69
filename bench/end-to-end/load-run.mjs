/** One run of a case: a sink and a producer in separate processes, and a comparison of their final counts. */
import { fork } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { ServerProcess } from "./server-process.mjs";
import { withTrust } from "./trust.mjs";

/**
 * @typedef {import("./cases.mjs").BenchCase} BenchCase
 * @typedef {import("./producer-process.mjs").Message} Message
 * @typedef {Extract<Message, { moment: "end" }>} End
 * @typedef {Extract<Message, { moment: "closed" }>} Closed
 * @typedef {{
 *   dist: string,
 *   tls: boolean,
 *   warmUp: number,
 *   seconds: number,
 *   window: number,
 *   nodeFlags: readonly string[],
 *   options: import("kinesis-producer").ProducerOptions,
 *   profile?: string,
 *   countsPending?: boolean,
 * }} LoadSettings
 * @typedef {{
 *   title: string,
 *   recordsPerSecond: number,
 *   cpuUs: number,
 *   mainCpuUs: number,
 *   gcShare: number,
 *   delayP99Ms: number,
 *   peakRssMb: number,
 *   sinkCpuUs: number,
 *   requestsPerSecond: number,
 *   kinesisRecordsPerSecond: number,
 *   recordsPerKinesisRecord: number,
 *   bytesPerKinesisRecord: number,
 *   mbPerRequest: number,
 *   pending: number,
 * }} Sample
 */

/** Above this delay a run is stuck. */
const SLACK_MS = 60_000;

/**
 * @param {BenchCase} benchCase
 * @param {LoadSettings} settings
 * @returns {Promise<Sample>}
 */
export async function runCase(benchCase, settings) {
  const server = await ServerProcess.start({ shards: benchCase.shards, tls: settings.tls });
  try {
    return await underLoad(benchCase, settings, server);
  } finally {
    await server.stop();
  }
}

/**
 * @param {BenchCase} benchCase
 * @param {LoadSettings} settings
 * @param {ServerProcess} server
 */
async function underLoad(benchCase, settings, server) {
  const { end, closed, sinkCpuMs } = await runProducer(benchCase, settings, server);
  const sink = await server.usage();
  const sent = { records: closed.kinesisRecords, requests: closed.requests };
  // The producer counts keys together with the data. The key of an aggregate is one byte; the key of a lone record is
  // eight or more.
  const isCounted =
    sink.records === sent.records && sink.requests === sent.requests && sink.bytes < closed.kinesisBytes;
  if (
    !isCounted ||
    sink.throttled > 0 ||
    closed.retries > 0 ||
    closed.failed > 0 ||
    closed.handedOver !== closed.records
  ) {
    throw new Error(`${benchCase.title}: what was sent is not what came: ${JSON.stringify({ closed, sink })}`);
  }
  return sampleOf(benchCase.title, end, sinkCpuMs);
}

/**
 * @param {string} title
 * @param {End} end
 * @param {number} sinkCpuMs
 * @returns {Sample}
 */
function sampleOf(title, end, sinkCpuMs) {
  if (end.records === 0) throw new Error(`${title}: nothing was delivered in the measured time`);
  return {
    title,
    recordsPerSecond: end.records / end.seconds,
    cpuUs: end.cpuUs / end.records,
    mainCpuUs: end.mainCpuUs / end.records,
    gcShare: end.gcShare,
    delayP99Ms: end.delayP99Ms,
    peakRssMb: end.peakRss / 1e6,
    sinkCpuUs: (sinkCpuMs * 1000) / end.records,
    requestsPerSecond: end.requests / end.seconds,
    kinesisRecordsPerSecond: end.kinesisRecords / end.seconds,
    recordsPerKinesisRecord: end.records / end.kinesisRecords,
    bytesPerKinesisRecord: end.kinesisBytes / end.kinesisRecords,
    mbPerRequest: end.kinesisBytes / end.requests / 1e6,
    // Counted if `countsPending` is set; otherwise NaN.
    pending: end.pending,
  };
}

/**
 * Runs the producer's process to its end, and takes the sink's CPU time at the same two moments.
 *
 * @param {BenchCase} benchCase
 * @param {LoadSettings} settings
 * @param {ServerProcess} server
 */
function runProducer({ title, size, keys, real, how, options }, settings, server) {
  const { dist, tls, warmUp, seconds, window, nodeFlags, profile, countsPending = false } = settings;
  return withTrust(server.ready, tls, ({ endpoint, environment }) => {
    /** @type {import("./producer-process.mjs").Run} */
    const run = {
      ...{ endpoint, dist, size, keys, how, window, warmUp, seconds, countsPending },
      options: { ...options, ...settings.options },
      ...(real === undefined ? {} : { real }),
      ...(profile === undefined ? {} : { profile }),
    };
    const child = fork(fileURLToPath(new URL("producer-process.mjs", import.meta.url)), [JSON.stringify(run)], {
      execArgv: [...nodeFlags],
      // The SDK warns of old versions of Node.js.
      env: { ...process.env, NODE_NO_WARNINGS: "1", ...environment },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    return endOf(child, { title, limitMs: (warmUp + seconds) * 1000 + SLACK_MS }, server);
  });
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {{ title: string, limitMs: number }} about
 * @param {ServerProcess} server
 * @returns {Promise<{ end: End, closed: Closed, sinkCpuMs: number }>}
 */
function endOf(child, { title, limitMs }, server) {
  const timeout = setTimeout(() => child.kill("SIGKILL"), limitMs);
  /** @type {Promise<number>[]} */
  const sinkCpuMs = [];
  /** @type {End | undefined} */
  let end;
  /** @type {Closed | undefined} */
  let closed;
  child.on("message", (/** @type {Message} */ message) => {
    if (message.moment === "closed") closed = message;
    else sinkCpuMs.push(server.usage().then(({ cpuMs }) => cpuMs));
    if (message.moment === "end") end = message;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", async (code, signal) => {
      clearTimeout(timeout);
      const [before = 0, after = 0] = await Promise.all(sinkCpuMs);
      if (code === 0 && end !== undefined && closed !== undefined) resolve({ end, closed, sinkCpuMs: after - before });
      else reject(new Error(`${title}: the producer's process ended with ${code ?? signal}`));
    });
  });
}
