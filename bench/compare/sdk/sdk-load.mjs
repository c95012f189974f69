/**
 * Puts records by PutRecords of the SDK in batches of 500, as fast as they are taken, and says when the measured time
 * begins and ends. Entries that were refused are sent again.
 *
 * Arguments: port, stream, bytes of a record, seconds of warm-up, seconds, count.
 */
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { Workload } from "../../end-to-end/workload.mjs";
import { NUMBER_DIGITS } from "../number-digits.mjs";

const BATCH = 500;
const REQUESTS = 8;

const [port, StreamName, size, warmUp, seconds, count] = process.argv.slice(2);
const most = Number(count) > 0 ? Number(count) : Number.POSITIVE_INFINITY;
const workload = new Workload("thousand", Number(size));
const client = new KinesisClient({
  region: "us-east-1",
  endpoint: `https://127.0.0.1:${port}`,
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
});
let isWanted = true;
let handedOver = 0;
let delivered = 0;

function nextEntry() {
  const { partitionKey, data } = workload.next();
  const number = String(handedOver++).padStart(NUMBER_DIGITS, "0");
  return { PartitionKey: partitionKey, Data: most === Number.POSITIVE_INFINITY ? data : numbered(data, number) };
}

/**
 * @param {Uint8Array} data
 * @param {string} number
 */
function numbered(data, number) {
  const own = Buffer.from(data);
  own.write(number, "latin1");
  return own;
}

async function drive() {
  while (isWanted && handedOver < most) {
    let entries = Array.from({ length: Math.min(BATCH, most - handedOver) }, nextEntry);
    while (entries.length > 0) {
      const { Records = [] } = await client.send(new PutRecordsCommand({ StreamName, Records: entries }));
      const refused = entries.filter((_, i) => Records[i]?.ErrorCode !== undefined);
      delivered += entries.length - refused.length;
      entries = refused;
    }
  }
}

const driving = Promise.all(Array.from({ length: REQUESTS }, drive));
if (most === Number.POSITIVE_INFINITY) {
  await sleep(Number(warmUp) * 1000);
  console.log(`begin ${delivered} ${process.hrtime.bigint()}`);
  await sleep(Number(seconds) * 1000);
  console.log(`end ${delivered} ${process.hrtime.bigint()}`);
  isWanted = false;
}
await driving;
client.destroy();
console.log(`closed ${handedOver} ${delivered} 0`);
