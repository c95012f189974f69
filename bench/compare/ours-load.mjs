/**
 * Hands over numbered records by this library, and tells how it ended.
 *
 * Arguments: put or enqueue, port, bytes of a record, count.
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { newProducer } from "../end-to-end/bench-producer.mjs";
import { Workload } from "../end-to-end/workload.mjs";
import { NUMBER_DIGITS } from "./number-digits.mjs";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));
const BURST = 500;

const [how, port, size, count] = process.argv.slice(2);
const most = Number(count);
const workload = new Workload("thousand", Number(size));
let delivered = 0;
let failed = 0;
const producer = await newProducer(DIST, {
  endpoint: `https://127.0.0.1:${port}`,
  onDelivery: (batch) => {
    for (const { error } of batch) {
      if (error === undefined) delivered++;
      else failed++;
    }
  },
});
const onPut = () => {
  delivered++;
};
await producer.ready();
for (let number = 0; number < most; number++) {
  const { partitionKey, data } = workload.next();
  const own = Buffer.from(data);
  own.write(String(number).padStart(NUMBER_DIGITS, "0"), "latin1");
  const record = { partitionKey, data: own };
  if (how === "put") producer.put(record).then(onPut);
  else while (!producer.enqueue(record)) await producer.ready();
  if (number % BURST === 0) await new Promise((resolve) => setImmediate(resolve));
}
await producer.close();
console.log(`closed ${most} ${delivered} ${failed}`);
