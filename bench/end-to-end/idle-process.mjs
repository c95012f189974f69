/** A producer that has delivered its records and is idle. */
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { newProducer } from "./bench-producer.mjs";
import { Workload } from "./workload.mjs";

/**
 * @typedef {{ timers: number, cpuMs: number, seconds: number }} IdleUse
 */

const RECORDS = 1_000;
const SECONDS = 5;

/** @type {{ endpoint: string, dist: string, options: import("kinesis-producer").ProducerOptions }} */
const { endpoint, dist, options } = JSON.parse(process.argv[2] ?? "");
const producer = await newProducer(dist, { endpoint, ...options });
const workload = new Workload("thousand", 100);
await Promise.all(Array.from({ length: RECORDS }, () => producer.put(workload.next())));
// Time for the SDK's work after the last answer.
await sleep(1_000);
const timers = process.getActiveResourcesInfo().filter((name) => /timeout|timer|immediate/i.test(name)).length;
const before = process.cpuUsage();
await sleep(SECONDS * 1000);
const { user, system } = process.cpuUsage(before);
/** @type {IdleUse} */
const use = { timers, cpuMs: (user + system) / 1000, seconds: SECONDS };
process.send?.(use);
await producer.close();
process.disconnect();
