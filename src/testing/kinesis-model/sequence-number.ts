/**
 * Sequence numbers in the service's form, which AWS documents as opaque: 47 hexadecimal digits, 56 decimal ones.
 *
 * ```
 * 2 | second of the shard's creation, 9 | shard's number mod 16, 1 | index, 16 | 00 | second of arrival, 9 | shard's number, 8 | 2
 * ```
 *
 * The numbers of a shard increase with the index. Those of a child are above all of its parents, because it was created
 * later.
 *
 * @module
 */

const HEAD = 2n << 184n;
const CREATED_AT = 148n;
const INDEX_AT = 80n;
const ARRIVED_AT = 36n;
const VERSION = 2n;
/** The index of the number that ends a shard. */
const LAST_INDEX = 0x7fff_ffff_ffff_ffffn;

/**
 * The head of every number in older data directories. An ordinal of 16 digits follows, and the shard's number in 6
 * digits.
 */
const OLD_HEAD = `4957${"0".repeat(30)}`;
const OLD_ORDINAL_DIGITS = 16;

/** Whether the text has the form of a model's sequence numbers, or of the number after one. */
export function isSequenceNumber(text: string): boolean {
  return /^[4-7]\d{55}$/.test(text) && BigInt(text) >> 184n === 2n;
}

/** The ordinal in the sequence number of a record. Ordinals increase through all shards and streams of a model. */
export function ordinalOf(sequenceNumber: string): number {
  if (sequenceNumber.startsWith(OLD_HEAD))
    return Number(sequenceNumber.slice(OLD_HEAD.length, OLD_HEAD.length + OLD_ORDINAL_DIGITS));
  return Number((BigInt(sequenceNumber) >> INDEX_AT) & 0xffff_ffff_ffff_ffffn);
}

/** The facts about a shard that its sequence numbers contain. */
export interface NumberFacts {
  /** Number of the shard in its stream, from 0. */
  readonly shardNumber: number;
  /** When the shard was created, in seconds since the Unix epoch; undefined in numbers of older data directories. */
  readonly createdSecond: number | undefined;
}

/** Whether the number has the form of older data directories. */
export function isOldNumber(text: string): boolean {
  return text.startsWith(OLD_HEAD);
}

/** Reads a sequence number; undefined when it is none. */
export function readNumber(text: string): NumberFacts | undefined {
  if (!isSequenceNumber(text)) return undefined;
  if (isOldNumber(text)) {
    return { shardNumber: Number(text.slice(OLD_HEAD.length + OLD_ORDINAL_DIGITS)), createdSecond: undefined };
  }
  const number = BigInt(text);
  if ((number & 0xfn) !== VERSION || ((number >> INDEX_AT) & 0xffff_ffff_ffff_ffffn) > LAST_INDEX) return undefined;
  return {
    shardNumber: Number((number >> 4n) & 0xffff_ffffn),
    createdSecond: Number((number >> CREATED_AT) & 0xf_ffff_ffffn),
  };
}

/** The same number one second later: above it, and below every number with a higher index. */
export function numberBehind(sequenceNumber: string): string {
  return String(BigInt(sequenceNumber) + (1n << ARRIVED_AT));
}

/** The second of a time in milliseconds. */
function secondOf(now: number): bigint {
  return BigInt(Math.max(0, Math.floor(now / 1_000)));
}

/** Makes the sequence numbers of a shard. */
export class ShardNumbering {
  /** When the shard was created, in seconds since the Unix epoch. */
  readonly createdSecond: number;
  /** A number without index and arrival time. */
  readonly #base: bigint;
  /** The same with the arrival time of the latest number. */
  #atSecond: bigint;
  #second = -1n;

  /** @param index - number of the shard in its stream, from 0 */
  constructor(createdSecond: number, index: number) {
    this.createdSecond = createdSecond;
    const nibble = BigInt(index % 16) << 144n;
    this.#base = HEAD | (BigInt(createdSecond) << CREATED_AT) | nibble | (BigInt(index) << 4n) | VERSION;
    this.#atSecond = this.#base;
  }

  /** Continues above the first number of a shard, also when that number has the older form. */
  static of(startingSequenceNumber: string, index: number): ShardNumbering {
    const second = Number((BigInt(startingSequenceNumber) >> CREATED_AT) & 0xf_ffff_ffffn);
    const numbering = new ShardNumbering(second, index);
    return numbering.starting() === startingSequenceNumber ? numbering : new ShardNumbering(second + 1, index);
  }

  /** The number that the shard begins with. */
  starting(): string {
    return String(this.#base | (BigInt(this.createdSecond) << ARRIVED_AT));
  }

  /** The number of a record. @param ordinal - above those of the records before it */
  at(ordinal: number, now: number): string {
    const second = secondOf(now);
    if (second !== this.#second) {
      this.#second = second;
      this.#atSecond = this.#base | (second << ARRIVED_AT);
    }
    return String(this.#atSecond | (BigInt(ordinal) << INDEX_AT));
  }

  /** The number that the shard ends with. */
  ending(now: number): string {
    return String(this.#base | (LAST_INDEX << INDEX_AT) | (secondOf(now) << ARRIVED_AT));
  }
}
