import { deaggregate, deaggregateAll } from "kinesis-producer/deaggregate";
import { add } from "../checksum.mjs";

/**
 * @typedef {import("../measure.mjs").Pass} Pass
 * @typedef {readonly Buffer[]} Aggregates
 */

/** @param {Aggregates} aggregates */
const sdkRecords = (aggregates) => aggregates.map((Data) => ({ Data, PartitionKey: "a", SequenceNumber: "1" }));

/**
 * One record after the other.
 *
 * @param {Aggregates} aggregates
 * @returns {Pass}
 */
export function each(aggregates) {
  return passOver(sdkRecords(aggregates));
}

/**
 * The same from the base64 of a Lambda event.
 *
 * @param {Aggregates} aggregates
 * @returns {Pass}
 */
export function lambda(aggregates) {
  return passOver(
    aggregates.map((bytes) => ({
      kinesis: { data: bytes.toString("base64"), partitionKey: "a", sequenceNumber: "1" },
    })),
  );
}

/**
 * @param {readonly import("../../../../src/deaggregate/index.js").KinesisRecordLike[]} records
 * @returns {Pass}
 */
function passOver(records) {
  return () => {
    let sum = 0;
    let count = 0;
    for (const record of records) {
      for (const { partitionKey = "", data } of deaggregate(record)) {
        sum = add(sum, partitionKey, data);
        count++;
      }
    }
    return { sum, count };
  };
}

/**
 * All records in one iteration.
 *
 * @param {Aggregates} aggregates
 * @returns {Pass}
 */
export function all(aggregates) {
  const records = sdkRecords(aggregates);
  return () => {
    let sum = 0;
    let count = 0;
    for (const { partitionKey = "", data } of deaggregateAll(records)) {
      sum = add(sum, partitionKey, data);
      count++;
    }
    return { sum, count };
  };
}
