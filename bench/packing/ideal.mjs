/**
 * The cost of the same records for a packer that knows them all. It packs shard by shard, in order. Each aggregate is
 * filled until the next record does not fit, or until the linger of its first record ends. It uses the sizes of the
 * format, not the library.
 */

/** Bytes of an aggregate besides its tables and records: magic, MD5, and its one-byte partition key. */
const ENVELOPE_BYTES = 20;
const OUTER_KEY_BYTES = 1;
/** AWS bills one unit for each started 25 KB of a record's data. */
export const PAYLOAD_UNIT_BYTES = 25_600;

/** @typedef {{ kinesisRecords: number, bytes: number, units: number }} Cost */

/** @param {number} number */
function varintBytes(number) {
  let bytes = 1;
  for (let rest = number; rest >= 128; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

/** @param {number} length of a field's content */
function fieldBytes(length) {
  return 1 + varintBytes(length) + length;
}

/** The open aggregates of one shard, one after the other. */
export class IdealShard {
  #maxBytes;
  #lingerMs;
  #openedAt = 0;
  /** @type {Cost} */
  cost = { kinesisRecords: 0, bytes: 0, units: 0 };
  /** @type {Map<string, number>} */
  #keys = new Map();
  #count = 0;
  #size = ENVELOPE_BYTES;
  #loneBytes = 0;
  #loneKeyBytes = 0;

  /**
   * @param {number} maxBytes of an aggregate
   * @param {number} lingerMs may be Infinity
   */
  constructor(maxBytes, lingerMs) {
    this.#maxBytes = maxBytes;
    this.#lingerMs = lingerMs;
  }

  /**
   * @param {string} key of ASCII characters
   * @param {number} dataBytes
   * @param {number} now milliseconds
   */
  add(key, dataBytes, now) {
    const isFull = this.#size + this.#added(key, dataBytes) > this.#maxBytes;
    if (isFull || now - this.#openedAt > this.#lingerMs) this.end();
    if (this.#count === 0) this.#openedAt = now;
    this.#size += this.#added(key, dataBytes);
    if (!this.#keys.has(key)) this.#keys.set(key, this.#keys.size);
    this.#count++;
    this.#loneBytes = dataBytes;
    this.#loneKeyBytes = key.length;
  }

  /** Ends the open aggregate. */
  end() {
    if (this.#count === 0) return;
    const isLone = this.#count === 1;
    const data = isLone ? this.#loneBytes : this.#size;
    this.cost.kinesisRecords++;
    this.cost.bytes += data + (isLone ? this.#loneKeyBytes : OUTER_KEY_BYTES);
    this.cost.units += Math.ceil(data / PAYLOAD_UNIT_BYTES);
    this.#keys = new Map();
    this.#count = 0;
    this.#size = ENVELOPE_BYTES;
  }

  /**
   * @param {string} key
   * @param {number} dataBytes
   */
  #added(key, dataBytes) {
    const index = this.#keys.get(key) ?? this.#keys.size;
    const record = 1 + varintBytes(index) + fieldBytes(dataBytes);
    return fieldBytes(record) + (this.#keys.has(key) ? 0 : fieldBytes(key.length));
  }
}
