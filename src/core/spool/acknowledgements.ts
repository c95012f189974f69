import { varintLength, writeVarint } from "../../wire/aggregated-record.js";
import { crc32 } from "./crc32.js";
import type { IndexRange } from "./delivered-set.js";
import { seedAt } from "./frame-writer.js";

/**
 * The file of a segment's acknowledgements is a list of entries: CRC-32 (4 bytes, seeded with the segment's nonce and
 * the entry's place), bytes of the body (4), and the body, which is pairs of varints: the distance from the end of the
 * range before, and the length of the range.
 */
const ENTRY_HEADER_BYTES = 8;

/** One entry for some ranges in ascending order. */
export function encodeEntry(ranges: readonly IndexRange[], nonce: number, position: number): Buffer {
  let bytes = ENTRY_HEADER_BYTES;
  let end = 0;
  for (const { from, length } of ranges) {
    bytes += varintLength(from - end) + varintLength(length);
    end = from + length;
  }
  const entry = Buffer.allocUnsafe(bytes);
  entry.writeUInt32LE(bytes - ENTRY_HEADER_BYTES, 4);
  let at = ENTRY_HEADER_BYTES;
  end = 0;
  for (const { from, length } of ranges) {
    at = writeVarint(entry, at, from - end);
    at = writeVarint(entry, at, length);
    end = from + length;
  }
  entry.writeUInt32LE(crc32(entry, 4, bytes, seedAt(nonce, position)), 0);
  return entry;
}

/** The content of a file of acknowledgements. */
export interface ReadEntries {
  readonly ranges: readonly IndexRange[];
  /** Bytes of the whole entries. Bytes behind them are torn: their records count as not delivered. */
  readonly bytes: number;
}

/** Reads entries up to the first one that is torn. */
export function readEntries(file: Buffer, nonce: number): ReadEntries {
  const ranges: IndexRange[] = [];
  let at = 0;
  while (file.length - at >= ENTRY_HEADER_BYTES) {
    const end = at + ENTRY_HEADER_BYTES + file.readUInt32LE(at + 4);
    if (end > file.length || end === at + ENTRY_HEADER_BYTES) break;
    if (file.readUInt32LE(at) !== crc32(file, at + 4, end, seedAt(nonce, at))) break;
    readRanges(file, at + ENTRY_HEADER_BYTES, end, ranges);
    at = end;
  }
  return { ranges, bytes: at };
}

function readRanges(file: Buffer, start: number, end: number, into: IndexRange[]): void {
  let at = start;
  let before = 0;
  const next = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = file[at++] as number;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < end) {
    const from = before + next();
    const length = next();
    into.push({ from, length });
    before = from + length;
  }
}
