/**
 * The first record of a process: `first-put.mjs <endpoint> <ms between the construction and the put>`. Prints the
 * durations and the CPU time as JSON.
 */
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";

const [endpoint = "", laterMs = "0"] = process.argv.slice(2);
const before = process.cpuUsage();
const startedAt = performance.now();
const { KinesisProducer } = await import("kinesis-producer");
const importMs = performance.now() - startedAt;
const credentials = { accessKeyId: "local", secretAccessKey: "local" };
const producer = new KinesisProducer({
  ...{ streamName: "clicks", region: "us-east-1", endpoint, credentials },
  lingerMs: 0,
});
if (Number(laterMs) > 0) await wait(Number(laterMs));
const putAt = performance.now();
await producer.put({ partitionKey: "user-17", data: "{}" });
const putMs = performance.now() - putAt;
const { user, system } = process.cpuUsage(before);
await producer.close();
console.log(JSON.stringify({ importMs, putMs, cpuMs: (user + system) / 1000 }));
