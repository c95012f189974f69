/**
 * The account of one producer: it hands over a number of numbered records, and each stored record is read again, once
 * as the KCL reads it and once without its filter. Speed is not measured here.
 */
import { spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { deaggregate } from "kinesis-producer/deaggregate";
import { LocalKinesis } from "kinesis-producer/testing";
import { keysOf } from "../end-to-end/workload.mjs";
import { NUMBER_DIGITS } from "./number-digits.mjs";

/**
 * @typedef {import("./peer-run.mjs").PeerProgram} PeerProgram
 * @typedef {{
 *   handedOver: number,
 *   requests: number,
 *   kinesisRecords: number,
 *   units: number,
 *   duplicates: number,
 *   lost: number,
 *   unreadByKcl: number,
 *   underAnotherKey: number,
 * }} Account
 *   `units`: PUT payload units; `lost`: not stored; `unreadByKcl`: stored only where a reader with the KCL's filter drops
 *   them; `underAnotherKey`: read with a partition key that is not the one of the caller
 */

const STREAM = "bench";
/** A PUT payload unit, in bytes (Amazon Kinesis Data Streams pricing). */
const UNIT_BYTES = 25_600;
const KEYS = keysOf("thousand");

/**
 * @param {string} title
 * @param {PeerProgram} program
 * @param {number} firstKey - the index of the first record's key
 * @returns {Promise<Account>}
 */
export async function accountOf(title, program, firstKey) {
  const kinesis = await LocalKinesis.start({
    tls: true,
    streams: { [STREAM]: { shards: program.shards } },
    limits: false,
  });
  try {
    const handedOver = await runToItsEnd(title, program, Number(new URL(kinesis.endpoint).port));
    return { handedOver, requests: kinesis.requests("PutRecords"), ...stored(kinesis, handedOver, firstKey) };
  } finally {
    await kinesis.close();
  }
}

/**
 * @param {string} title
 * @param {PeerProgram} program
 * @param {number} port
 * @returns {Promise<number>} the number of records that it handed over
 */
function runToItsEnd(title, { command, args, environment = {}, limitMs }, port) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args(port), {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const timeout = setTimeout(() => child.kill("SIGKILL"), limitMs);
    let complaints = "";
    child.stderr.on("data", (chunk) => {
      complaints = (complaints + chunk).slice(-4000);
    });
    let handedOver = Number.NaN;
    createInterface(child.stdout).on("line", (line) => {
      const [moment, number] = line.split(" ");
      if (moment === "closed") handedOver = Number(number);
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timeout);
      if (code === 0 && !Number.isNaN(handedOver)) resolve(handedOver);
      else reject(new Error(`${title}: the program ended with ${code ?? signal}\n${complaints}`));
    });
  });
}

/**
 * @param {LocalKinesis} kinesis
 * @param {number} handedOver
 * @param {number} firstKey
 */
function stored(kinesis, handedOver, firstKey) {
  const ranges = new Map(kinesis.shards(STREAM).map((shard) => [shard.shardId, shard]));
  /** Copies of each record, and whether a reader with the filter of the KCL sees one of them. */
  const copies = new Uint32Array(handedOver);
  const isRead = new Uint8Array(handedOver);
  let underAnotherKey = 0;
  let kinesisRecords = 0;
  let units = 0;
  for (const record of kinesis.records(STREAM)) {
    kinesisRecords++;
    units += Math.ceil(record.data.length / UNIT_BYTES);
    const shardRange = ranges.get(record.shardId);
    if (shardRange === undefined) throw new Error(`no shard ${record.shardId}`);
    for (const { data, partitionKey } of deaggregate(record)) {
      const number = numberIn(data);
      if (!(number < handedOver)) continue;
      copies[number] = (copies[number] ?? 0) + 1;
      if (copies[number] === 1 && partitionKey !== KEYS[(number + firstKey) % KEYS.length]) underAnotherKey++;
    }
    for (const { data } of deaggregate(record, { shardRange, onDropped: () => undefined })) {
      const number = numberIn(data);
      if (number < handedOver) isRead[number] = 1;
    }
  }
  let lost = 0;
  let duplicates = 0;
  let unreadByKcl = 0;
  for (const [number, count] of copies.entries()) {
    if (count === 0) lost++;
    else if (isRead[number] === 0) unreadByKcl++;
    duplicates += Math.max(0, count - 1);
  }
  return { kinesisRecords, units, duplicates, lost, unreadByKcl, underAnotherKey };
}

/**
 * NaN for a record without a number.
 *
 * @param {Uint8Array} data
 */
function numberIn(data) {
  const text = Buffer.from(data.buffer, data.byteOffset, Math.min(data.length, NUMBER_DIGITS)).toString("latin1");
  return text.length === NUMBER_DIGITS ? Number(text) : Number.NaN;
}
