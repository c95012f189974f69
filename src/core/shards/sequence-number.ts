/**
 * The layout of the service's sequence numbers. AWS documents them as opaque; the layout comes from kinesalite's
 * sources and from numbers in AWS's documentation. As a number of 47 hexadecimal digits, version 2:
 *
 * ```
 * 2 | second of the shard's creation, 9 | shard's number mod 16, 1 | index, 16 | 00 | second of arrival, 9 | shard's number, 8 | 2
 * ```
 *
 * So an answer shows which creation of a shard took the record. A number of another layout gives no information.
 *
 * @module
 */

/** Every number with 47 hexadecimal digits that begins with a 2 has this many decimal digits. */
const DIGITS = 56;
const VERSION = 2n;
/** Position of a field: bits from the right. */
const CREATED_AT = 148n;
const SHARD_AT = 4n;
const HEAD = 2n << 184n;

/** The shard that gave a sequence number, as read from it. */
export interface NumberedShard {
  /** Seconds since the Unix epoch. */
  readonly createdSecond: number;
  /** Number of the shard in its stream, from 0. */
  readonly shardNumber: number;
}

/** Reads a sequence number; undefined when it has another layout. Not for every record: parsing is slow. */
export function readSequenceNumber(text: string): NumberedShard | undefined {
  if (text.length !== DIGITS || !/^\d+$/.test(text)) return undefined;
  const number = BigInt(text);
  if (number >> 184n !== 2n || (number & 0xfn) !== VERSION) return undefined;
  return {
    createdSecond: Number((number >> CREATED_AT) & 0xf_ffff_ffffn),
    shardNumber: Number((number >> SHARD_AT) & 0xffff_ffffn),
  };
}

/** The number in a shard's id, `shardId-000000000007`; undefined for ids of another form. */
function shardNumberIn(shardId: string): number | undefined {
  const digits = /^shardId-(\d{12})$/.exec(shardId);
  return digits === null ? undefined : Number(digits[1]);
}

/**
 * Reads the sequence number of a shard. Undefined also when the number is another shard's: then a match of the layout
 * may be chance.
 */
export function readNumberOf(shardId: string, text: string): NumberedShard | undefined {
  const read = readSequenceNumber(text);
  return read !== undefined && read.shardNumber === shardNumberIn(shardId) ? read : undefined;
}

/** All sequence numbers of the shards that were created in one second. */
export class CreationSpan {
  readonly second: number;
  readonly #first: string;
  readonly #last: string;

  constructor(second: number) {
    this.second = second;
    const first = HEAD | (BigInt(second) << CREATED_AT);
    this.#first = String(first);
    this.#last = String(first + (1n << CREATED_AT) - 1n);
  }

  /**
   * Whether the number is one of them. Called for every accepted Kinesis record: numbers of one length compare as
   * texts, and parsing would cost ten times as much (`npm run bench micro -- sequence-number`).
   */
  covers(text: string): boolean {
    return text.length === DIGITS && text >= this.#first && text <= this.#last;
  }
}
