/**
 * Puts numbered user records at a steady rate, and prints their outcomes. The arguments are those of `KplSplit.java`.
 */
import process from "node:process";
import { setImmediate as turn } from "node:timers/promises";
import { KinesisProducer } from "kinesis-producer";

const [port, streamName, , rate, seconds, keyList = ""] = process.argv.slice(2);
const perSecond = Number(rate);
const count = perSecond * Number(seconds);
const keys = keyList.split(",");
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";

/** @type {number[]} */
const acknowledged = [];
let failed = 0;
const producer = new KinesisProducer({
  streamName: /** @type {string} */ (streamName),
  region: "us-east-1",
  endpoint: `https://127.0.0.1:${port}`,
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
  onDelivery: (batch) => {
    for (const { context, error } of batch) {
      if (error === undefined) acknowledged.push(/** @type {number} */ (context));
      else failed++;
    }
  },
});
await producer.put({ partitionKey: "first", data: "first" });
console.log("begin");
const startedAt = performance.now();
for (let number = 0; number < count; ) {
  const due = Math.min(count, ((performance.now() - startedAt) * perSecond) / 1000);
  for (; number < due; number++) {
    const record = {
      partitionKey: /** @type {string} */ (keys[number % keys.length]),
      data: `${number}:${"x".repeat(80)}`,
    };
    while (!producer.enqueue(record, number)) await producer.ready();
  }
  await turn();
}
await producer.close();
console.log(acknowledged.join("\n"));
console.log(`failed ${failed}`);
