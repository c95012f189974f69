import aggregator from "aws-kinesis-agg";
import { add } from "../checksum.mjs";

/**
 * The part that is measured; its own types need the SDK of version 2.
 *
 * @typedef {{ PartitionKey: string, Data: string }} SdkOut
 * @typedef {{ partitionKey: string, data: string }} LambdaOut
 * @typedef {(error: Error | undefined) => void} After
 */
const { deaggregate } = /** @type {{ deaggregate: Function }} */ (/** @type {unknown} */ (aggregator));

/**
 * A record of the SDK. The result is base64 nevertheless.
 *
 * @param {readonly Buffer[]} aggregates
 * @returns {import("../measure.mjs").Pass}
 */
export function sdk(aggregates) {
  const records = aggregates.map((Data) => ({ Data, PartitionKey: "a", SequenceNumber: "1" }));
  return passOver(records, (/** @type {SdkOut} */ { PartitionKey, Data }) => ({ key: PartitionKey, data: Data }));
}

/**
 * A record of a Lambda event.
 *
 * @param {readonly Buffer[]} aggregates
 * @returns {import("../measure.mjs").Pass}
 */
export function lambda(aggregates) {
  const records = aggregates.map((bytes) => ({
    data: bytes.toString("base64"),
    partitionKey: "a",
    sequenceNumber: "1",
  }));
  return passOver(records, (/** @type {LambdaOut} */ { partitionKey, data }) => ({ key: partitionKey, data }));
}

/**
 * @template Out
 * @param {readonly object[]} records
 * @param {(out: Out) => { key: string, data: string }} read
 * @returns {import("../measure.mjs").Pass}
 */
function passOver(records, read) {
  return () => {
    let sum = 0;
    let count = 0;
    for (const record of records) {
      deaggregate(
        record,
        true,
        (/** @type {Error | null} */ error, /** @type {Out} */ out) => {
          if (error) throw error;
          const { key, data } = read(out);
          sum = add(sum, key, Buffer.from(data, "base64"));
          count++;
        },
        (/** @type {Error | undefined} */ error) => {
          if (error) throw error;
        },
      );
    }
    return { sum, count };
  };
}
