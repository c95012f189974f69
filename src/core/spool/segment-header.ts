import { crc32 } from "./crc32.js";

/** The format of segments and of their acknowledgements. */
export const SPOOL_VERSION = 1;

/** Random bytes from which the ids of a segment's records are made: 72 bits, as in the producer's own ids. */
const ID_PREFIX_BYTES = 9;

/** Bytes of {@link encodeSegmentHeader}. */
export const SEGMENT_HEADER_BYTES = 32;

const MAGIC = Buffer.from("KPSPOOL\n", "latin1");
const AT = { version: 8, nonce: 12, idPrefix: 16, crc: 28 } as const;

/** The facts at the beginning of a segment. */
export interface SegmentHeader {
  /** Seeds the checksums: bytes of an earlier file in the same blocks do not pass. */
  readonly nonce: number;
  /** 12 characters of base64url. */
  readonly idPrefix: string;
}

/** A segment whose beginning was never written, or was lost. */
export const NO_HEADER = "none";

/** @param random - at least 13 random bytes */
export function newSegmentHeader(random: Buffer): SegmentHeader {
  return { nonce: random.readUInt32LE(0), idPrefix: random.toString("base64url", 4, 4 + ID_PREFIX_BYTES) };
}

export function encodeSegmentHeader({ nonce, idPrefix }: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  bytes.set(MAGIC);
  bytes.writeUInt16LE(SPOOL_VERSION, AT.version);
  bytes.writeUInt32LE(nonce, AT.nonce);
  bytes.write(idPrefix, AT.idPrefix, "base64url");
  bytes.writeUInt32LE(crc32(bytes, 0, AT.crc), AT.crc);
  return bytes;
}

/**
 * Reads the first bytes of a file.
 *
 * @returns the number of its version, when that is another one; {@link NO_HEADER} when there is no whole header
 */
export function readSegmentHeader(bytes: Buffer): SegmentHeader | number | typeof NO_HEADER {
  if (bytes.length < SEGMENT_HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return NO_HEADER;
  const version = bytes.readUInt16LE(AT.version);
  if (bytes.readUInt32LE(AT.crc) !== crc32(bytes, 0, AT.crc)) return version === SPOOL_VERSION ? NO_HEADER : version;
  if (version !== SPOOL_VERSION) return version;
  return {
    nonce: bytes.readUInt32LE(AT.nonce),
    idPrefix: bytes.toString("base64url", AT.idPrefix, AT.idPrefix + ID_PREFIX_BYTES),
  };
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** The id of a record: a function of its segment and its index, so it is the same after each restart. */
export function recordIdOf(idPrefix: string, index: number): string {
  let digits = "";
  let rest = index;
  do {
    digits = DIGITS.charAt(rest & 63) + digits;
    rest >>>= 6;
  } while (rest > 0);
  return idPrefix + digits;
}
