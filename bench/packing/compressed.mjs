/**
 * How well compressed aggregates are packed: the bytes that are stored, compared with a packer that knows the compressed
 * size of any number of records in advance, and keeps no record longer than the linger. Real records, virtual time.
 */
import zlib from "node:zlib";
import { KinesisProducer } from "kinesis-producer";
import { ManualClock, seededRandom } from "kinesis-producer/testing";
import { realRecords } from "../end-to-end/real-records.mjs";
import { keysOf } from "../end-to-end/workload.mjs";
import { LINGER_MS, MAX_AGGREGATE_BYTES, SHARD_BYTES_PER_SECOND, SHARDS, scriptedStream, shardOf } from "./stream.mjs";

/**
 * @typedef {import("../end-to-end/real-records.mjs").RealSet} RealSet
 * @typedef {{ kinesisRecords: number, bytes: number }} Stored
 * @typedef {{ title: string, real: RealSet, codec: "gzip" | "zstd", share: number }} CompressedCase
 * @typedef {{ partitionKey: string, data: Uint8Array }} BenchRecord
 */

/** Level 1, as the producer's. Here on this thread: the time of a thread pool is not virtual. */
const COMPRESS = {
  gzip: (/** @type {Uint8Array} */ bytes) => zlib.gzipSync(bytes, { level: 1 }),
  zstd: (/** @type {Uint8Array} */ bytes) => /** @type {any} */ (zlib).zstdCompressSync(bytes, { params: { 100: 1 } }),
};
/** Bytes of the outer aggregate besides the compressed ones, with keys of eight characters: all but its tag of 20 to 30. */
const WRAPPER_BYTES = 48;
const CODECS = /** @type {("gzip" | "zstd")[]} */ ("zstdCompressSync" in zlib ? ["gzip", "zstd"] : ["gzip"]);

/** Allowed ratio to the ideal, and the least fill. */
export const COMPRESSED_TARGETS = { bytes: 1.05, fill: 0.9 };

/** @type {readonly CompressedCase[]} */
export const COMPRESSED_CASES = /** @type {RealSet[]} */ ([
  "flights",
  "movies",
  "earthquakes",
  "events of 30 fields",
]).flatMap((real) => CODECS.map((codec) => ({ title: `${real}, ${codec}, 90 % of a shard`, real, codec, share: 0.9 })));

/** One shard of the ideal packer. It fills each aggregate until one more record would make it too large. */
class IdealShard {
  /** @type {Stored} */
  cost = { kinesisRecords: 0, bytes: 0 };
  /** @type {{ record: BenchRecord, at: number }[]} */
  #records = [];
  #compress;

  /** @param {(bytes: Uint8Array) => Uint8Array} compress */
  constructor(compress) {
    this.#compress = compress;
  }

  /**
   * @param {BenchRecord} record
   * @param {number} at
   */
  add(record, at) {
    this.#records.push({ record, at });
  }

  pack() {
    const all = this.#records;
    let guess = 100;
    for (let from = 0; from < all.length; ) {
      const until = /** @type {{ at: number }} */ (all[from]).at + LINGER_MS;
      let most = from;
      while (most < all.length && /** @type {{ at: number }} */ (all[most]).at <= until) most++;
      const count = this.#largest(from, most - from, guess);
      this.cost.kinesisRecords++;
      this.cost.bytes += this.#stored(from, count);
      guess = count;
      from += count;
    }
    return this.cost;
  }

  /**
   * The largest number of records that fit, by bisection from a guess.
   *
   * @param {number} from
   * @param {number} most
   * @param {number} guess
   */
  #largest(from, most, guess) {
    let low = 1;
    let high = most + 1;
    for (let middle = Math.min(guess, most); high - low > 1; middle = (low + high) >> 1) {
      if (this.#stored(from, middle) <= MAX_AGGREGATE_BYTES) low = middle;
      else high = middle;
    }
    return low;
  }

  /**
   * @param {number} from
   * @param {number} count
   */
  #stored(from, count) {
    const records = this.#records.slice(from, from + count).map(({ record }) => record);
    return this.#compress(messageOf(records)).length + WRAPPER_BYTES;
  }
}

/**
 * The protobuf message of an aggregate: a table of keys, and records.
 *
 * @param {readonly BenchRecord[]} records
 */
function messageOf(records) {
  /** @type {Map<string, number>} */
  const keys = new Map();
  /** @type {Uint8Array[]} */
  const parts = [];
  for (const { partitionKey, data } of records) {
    const index = keys.get(partitionKey) ?? keys.size;
    keys.set(partitionKey, index);
    const head = [0x08, ...varint(index), 0x1a, ...varint(data.length)];
    parts.push(Uint8Array.from([0x1a, ...varint(head.length + data.length), ...head]), data);
  }
  const table = [...keys.keys()].map((key) => Buffer.from(`\n${String.fromCharCode(key.length)}${key}`));
  return Buffer.concat([...table, ...parts]);
}

/** @param {number} number */
function varint(number) {
  const bytes = [];
  let rest = number;
  for (; rest >= 128; rest >>>= 7) bytes.push((rest & 127) | 128);
  return [...bytes, rest];
}

/** Records of a draw: enough that every shard stores some full aggregates. */
const DRAWS = 40_000;

/**
 * How many records the stream gets while its busiest shard stores a byte.
 *
 * @param {(bytes: Uint8Array) => Uint8Array} compress
 * @param {(index: number) => BenchRecord} recordAt
 */
function recordsOfByte(compress, recordAt) {
  const shards = Array.from({ length: SHARDS }, () => new IdealShard(compress));
  for (let index = 0; index < DRAWS; index++) {
    const record = recordAt(index);
    shards[shardOf(record.partitionKey)]?.add(record, 0);
  }
  return DRAWS / Math.max(...shards.map((shard) => shard.pack().bytes));
}

/**
 * @param {CompressedCase} compressedCase
 * @param {number} seconds
 */
export async function measureCompressed({ title, real, codec, share }, seconds) {
  const compress = COMPRESS[codec];
  const data = realRecords(real);
  const meanBytes = data.reduce((sum, { length }) => sum + length, 0) / data.length;
  const keys = keysOf("thousand");
  const random = seededRandom(1);
  const recordAt = (/** @type {number} */ index) => ({
    partitionKey: /** @type {string} */ (keys[Math.floor(random() * keys.length)]),
    data: /** @type {Uint8Array} */ (data[index % data.length]),
  });
  const perSecond = share * SHARD_BYTES_PER_SECOND * recordsOfByte(compress, recordAt);
  const clock = new ManualClock();
  const stream = scriptedStream(clock);
  let failed = 0;
  const producer = new KinesisProducer({
    ...{ streamName: "bench", clock, random: seededRandom(1), ...stream.parts },
    compression: { name: codec, compress, decompress: (bytes) => bytes },
    maxBufferedBytes: 256 * 1024 * 1024,
    onFailed: () => {
      failed++;
    },
  });
  const ideal = Array.from({ length: SHARDS }, () => new IdealShard(compress));
  let put = 0;
  for (let ms = 1; ms <= seconds * 1000; ms++) {
    for (; put < (perSecond * ms) / 1000; put++) {
      const record = recordAt(put);
      ideal[shardOf(record.partitionKey)]?.add(record, ms);
      if (!producer.enqueue(record)) throw new Error(`${title}: the buffer is full, the load is not steady`);
    }
    await clock.advanceAsync(1);
  }
  const closing = producer.close();
  for (let ms = 0; ms < 5_000; ms++) await clock.advanceAsync(1);
  await closing;
  const { userRecordsDelivered } = producer.stats().streams.bench ?? {};
  if (failed > 0 || userRecordsDelivered !== put) throw new Error(`${put} put, ${userRecordsDelivered} delivered`);
  const best = { kinesisRecords: 0, bytes: 0 };
  for (const shard of ideal) {
    const { kinesisRecords, bytes } = shard.pack();
    best.kinesisRecords += kinesisRecords;
    best.bytes += bytes;
  }
  const { sent } = stream;
  return {
    perSecond,
    bytes: sent.bytes / best.bytes,
    fill: sent.bytes / sent.kinesisRecords / MAX_AGGREGATE_BYTES,
    idealFill: best.bytes / best.kinesisRecords / MAX_AGGREGATE_BYTES,
    units: sent.units,
    requests: stream.requests(),
    kinesisRecords: sent.kinesisRecords,
    rawBytes: put * meanBytes,
  };
}
