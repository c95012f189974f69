/**
 * The spool on this machine's disk: appends a second, what a sync costs, delivery beside the producer alone, recovery, and
 * memory during a backlog. Records of 100 bytes. The service is a transport in this process that takes everything. Fails
 * below the targets.
 *
 *     npm run bench spool -- [--only <regexp>] [--directory <folder>] [--seconds 4] [--megabytes 1000]
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { KinesisProducer } from "kinesis-producer";
import { SpooledProducer } from "kinesis-producer/spool";
import { acceptByRange, evenShards } from "kinesis-producer/testing";
import { machine, median, positive, show } from "../statistics.mjs";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    directory: { type: "string", default: tmpdir() },
    seconds: { type: "string", default: "4" },
    megabytes: { type: "string", default: "1000" },
  },
});
const runMs = positive("seconds", values.seconds) * 1_000;
const backlogBytes = positive("megabytes", values.megabytes) * 1_000_000;
const only = new RegExp(values.only, "i");
const GROUP = 500;
const ROUNDS = 7;
const SHARDS = evenShards(4);
const records = Array.from({ length: 20_000 }, (_, i) => ({
  partitionKey: `user-${i % 5_000}`,
  data: Buffer.alloc(100, 97 + (i % 20)),
}));
let hasMissed = false;

/** @returns {import("kinesis-producer").ProducerOptions} */
function producerOptions(isTaking = true) {
  const answer = acceptByRange(SHARDS);
  let index = 0;
  return {
    streamName: "bench",
    region: "us-east-1",
    shardLimits: { recordsPerSecond: 1e7, bytesPerSecond: 1e9, adaptive: false },
    transport: {
      readsAtOnce: true,
      putRecords: async (request) => {
        await pause(isTaking ? 5 : 3_600_000, undefined, { ref: isTaking });
        return answer(/** @type {any} */ ({ ...request, request, index: index++ }));
      },
    },
    directory: {
      listShards: async () => ({ kind: "shards", shards: SHARDS }),
      describeStream: async () => ({ kind: "summary", recordDistribution: "USER_PARTITION_KEY" }),
    },
  };
}

/**
 * @param {string} name
 * @param {(directory: string) => Promise<{ value: number, unit: string, least?: number, most?: number, more?: string }>} work
 */
async function measure(name, work) {
  if (!only.test(name)) return;
  const directory = mkdtempSync(join(values.directory, "kp-bench-spool-"));
  try {
    const { value, unit, least = 0, most = Number.POSITIVE_INFINITY, more = "" } = await work(directory);
    const isMissed = value < least || value > most;
    if (isMissed) hasMissed = true;
    const target =
      least > 0 ? `at least ${show(least)}` : most < Number.POSITIVE_INFINITY ? `at most ${show(most)}` : "";
    console.log(`| ${name} | ${show(value)} ${unit} | ${target}${isMissed ? " **missed**" : ""} | ${more} |`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Waits until the delivery has nothing to do, and collects garbage. */
async function settled() {
  await pause(1_000);
  setFlagsFromString("--expose-gc");
  /** @type {() => void} */ (runInNewContext("gc"))();
  await pause(200);
}

/** @param {Partial<import("kinesis-producer/spool").SpoolOptions>} options @param {string} directory */
function open(directory, options) {
  const { producer = producerOptions(), ...rest } = options;
  return SpooledProducer.open({ directory, maxBytes: 20e9, producer, ...rest });
}

/** Appends for some time: callers that each wait for their append. @param {"disk" | "os"} durability */
function appends(/** @type {"disk" | "os"} */ durability, /** @type {number} */ size, /** @type {number} */ callers) {
  return async (/** @type {string} */ directory) => {
    const spool = await open(directory, { durability, producer: producerOptions(false) });
    const groups = Array.from({ length: Math.floor(records.length / size) }, (_, i) =>
      records.slice(i * size, (i + 1) * size),
    );
    let done = 0;
    /** @type {number[]} */
    const waits = [];
    const began = performance.now();
    const caller = async (/** @type {number} */ number) => {
      for (let i = number; performance.now() - began < runMs; i += callers) {
        const at = performance.now();
        const group = groups[i % groups.length] ?? [];
        await spool.append(size === 1 ? /** @type {any} */ (group[0]) : group);
        done += size;
        if (waits.length < 100_000) waits.push(performance.now() - at);
      }
    };
    await Promise.all(Array.from({ length: callers }, (_, i) => caller(i)));
    const value = done / ((performance.now() - began) / 1_000);
    await spool.close({ timeoutMs: 0 });
    return { value, unit: "records/s", more: `an append waits ${show(median(waits))} ms (median)` };
  };
}

/** @param {(directory: string) => Promise<any>} work @param {number} least */
function atLeast(work, least) {
  return async (/** @type {string} */ directory) => ({ ...(await work(directory)), least });
}

async function fdatasyncCost(/** @type {string} */ directory) {
  const file = openSync(join(directory, "sync"), "w");
  const bytes = Buffer.alloc(65_536, 1);
  const times = Array.from({ length: 200 }, (_, i) => {
    writeSync(file, bytes, 0, bytes.length, i * bytes.length);
    const at = performance.now();
    fdatasyncSync(file);
    return performance.now() - at;
  });
  closeSync(file);
  times.sort((a, b) => a - b);
  return { value: median(times), unit: "ms", more: `99 of 100 within ${show(times[198] ?? 0)} ms` };
}

/** The producer sends this many records. @returns records a second */
async function sendAlone(/** @type {number} */ total) {
  let delivered = 0;
  const producer = new KinesisProducer({
    ...producerOptions(),
    recordIds: true,
    maxBufferedBytes: 16 * 1024 * 1024,
    onDelivery: (batch) => {
      for (const { error } of batch) if (error === undefined) delivered++;
    },
  });
  await producer.ready();
  const began = performance.now();
  for (let i = 0; i < total; i++) {
    const record = /** @type {any} */ (records[i % records.length]);
    while (!producer.enqueue(record, i)) await producer.ready();
  }
  await producer.flush();
  const rate = delivered / ((performance.now() - began) / 1_000);
  await producer.close();
  if (delivered !== total) throw new Error(`the producer delivered ${delivered} of ${total} records`);
  return rate;
}

/** Fills a spool that delivers nothing. @param {string} directory @param {number} bytes */
async function fill(directory, bytes) {
  const spool = await open(directory, { durability: "os", producer: producerOptions(false) });
  let total = 0;
  for (; spool.stats().bytes < bytes; total += records.length) {
    await Promise.all(
      Array.from({ length: records.length / GROUP }, (_, i) => spool.append(records.slice(i * GROUP, (i + 1) * GROUP))),
    );
  }
  return { spool, total };
}

/** A separate spool delivers a backlog of about `bytes`. @returns records, and records a second */
async function sendBacklog(/** @type {string} */ directory, /** @type {number} */ bytes) {
  const { spool: filled, total } = await fill(directory, bytes);
  await filled.close({ timeoutMs: 0 });
  const spool = await open(directory, { durability: "os" });
  const began = performance.now();
  await spool.flush();
  const rate = total / ((performance.now() - began) / 1_000);
  await spool.close();
  return { total, rate };
}

/**
 * The spool and the producer alone send the same number of records, in turns, so that other work on the machine meets
 * both. The ratio is the median of the rounds.
 */
async function delivery(/** @type {string} */ directory) {
  /** @type {{ spool: number, alone: number }[]} */
  const rounds = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const { total, rate: spool } = await sendBacklog(directory, Math.min(backlogBytes, 150e6));
    const alone = await sendAlone(total);
    // The first round compiles the code.
    if (round > 0) rounds.push({ spool, alone });
  }
  const value = median(rounds.map(({ spool, alone }) => (100 * spool) / alone));
  const [ofSpool, ofProducer] = [median(rounds.map(({ spool }) => spool)), median(rounds.map(({ alone }) => alone))];
  const more = `${show(ofSpool)} records/s; the producer alone ${show(ofProducer)}, ${ROUNDS} rounds in turns`;
  return { value, unit: "%", least: 80, more };
}

async function recovery(/** @type {string} */ directory) {
  const { spool: filled, total } = await fill(directory, backlogBytes);
  await filled.close({ timeoutMs: 0 });
  const began = performance.now();
  const spool = await open(directory, { durability: "os", producer: producerOptions(false) });
  const value = (performance.now() - began) / 1_000;
  const { records: found, bytes } = spool.stats();
  await spool.close({ timeoutMs: 0 });
  if (found !== total) throw new Error(`${found} of ${total} records were recovered`);
  return { value, unit: "s", most: (5 * backlogBytes) / 1e9, more: `${show(bytes / 1e6)} MB, ${show(total)} records` };
}

async function memory(/** @type {string} */ directory) {
  const spool = await open(directory, { durability: "os", producer: producerOptions(false) });
  await settled();
  const idle = process.memoryUsage.rss();
  await spool.close({ timeoutMs: 0 });
  const { spool: filled } = await fill(directory, 100e6);
  await settled();
  const value = (process.memoryUsage.rss() - idle) / 1_048_576;
  await filled.close({ timeoutMs: 0 });
  return { value, unit: "MiB", most: 64, more: "100 MB of backlog, against an idle spool" };
}

console.log(`${machine()}, load ${loadavg()[0]?.toFixed(1)}\n`);
console.log("| case | value | target | |\n| --- | ---: | ---: | --- |");
await measure("memory of a backlog", memory);
await measure("fdatasync after 64 KiB", fdatasyncCost);
await measure('appends, "os", groups of 500, 4 callers', atLeast(appends("os", GROUP, 4), 300_000));
await measure('appends, "disk", groups of 500, 4 callers', atLeast(appends("disk", GROUP, 4), 100_000));
await measure('appends, "os", one by one, 1,000 callers', appends("os", 1, 1_000));
await measure('appends, "disk", one by one, 1,000 callers', appends("disk", 1, 1_000));
await measure('appends, "disk", one by one, 1 caller', appends("disk", 1, 1));
await measure("delivery of a backlog, of the rate of the producer alone", delivery);
await measure(`recovery of ${show(backlogBytes / 1e6)} MB`, recovery);
console.log(`\nload ${loadavg()[0]?.toFixed(1)} at the end`);
process.exitCode = hasMissed ? 1 : 0;
