import { varintLength, writeVarint } from "../../wire/aggregated-record.js";
import { copyBytes } from "../../wire/caller-bytes.js";
import { NO_KEY } from "../../wire/md5/key-hasher.js";
import type { PlacedRecord } from "../record/placed-record.js";
import { crc32 } from "./crc32.js";

/**
 * A record on disk is a frame; all numbers are little-endian:
 *
 * ```
 * 4  CRC-32 of everything behind it, seeded with the segment's nonce and the frame's place in the file
 * 4  bytes of the body
 * 4  index of the record in its segment
 *    body:
 * 6    milliseconds since the Unix epoch, of the append
 * 1    flags: which of the following fields are there
 *      stream name, partition key, explicit hash key, tags: each a varint of its length, and its bytes
 *      the data, up to the end
 * ```
 */
export const FRAME_HEADER_BYTES = 12;

/** Bytes of the body before the fields. */
export const BODY_START_BYTES = 7;

/** A longer body is no frame: a record of Kinesis has at most 10 MiB of key and data. */
export const MAX_BODY_BYTES: number = 16 * 1024 * 1024;

/** Bits of the flags. */
export const FLAG: { readonly streamName: 1; readonly key: 2; readonly hashKey: 4; readonly tags: 8 } = {
  streamName: 1,
  key: 2,
  hashKey: 4,
  tags: 8,
};

const FIRST_BYTES = 4_096;
const TIME_BYTES = 6;
const MOST_SHORT_BYTES = 48;

/** Seed of a frame's CRC: a copy of the frame in another place, or in another segment, does not pass. */
export function seedAt(nonce: number, position: number): number {
  return (nonce + position) >>> 0;
}

/** Collects frames that are written together. Their places are not known before {@link sealFrames}. */
export class FrameWriter {
  #bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;
  #records = 0;

  /** Bytes of the frames. */
  get length(): number {
    return this.#length;
  }

  get records(): number {
    return this.#records;
  }

  /** The frames: a view, valid until the next change. */
  get frames(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /**
   * Adds a record that passed its check.
   *
   * @param hasKey - false for a record without partition key
   */
  add(record: PlacedRecord, streamName: string | undefined, epochMs: number): void {
    const { key, explicitHashKey, tags, data, dataBytes } = record;
    const hasKey = key !== NO_KEY;
    const nameBytes = streamName === undefined ? 0 : Buffer.byteLength(streamName);
    const bodyBytes =
      BODY_START_BYTES +
      (streamName === undefined ? 0 : fieldSize(nameBytes)) +
      (hasKey ? fieldSize(key.bytes) : 0) +
      (explicitHashKey === undefined ? 0 : fieldSize(explicitHashKey.length)) +
      (tags === undefined ? 0 : fieldSize(tags.length)) +
      dataBytes;
    const into = this.#reserve(FRAME_HEADER_BYTES + bodyBytes);
    let at = this.#length;
    into.writeUInt32LE(bodyBytes, at + 4);
    at += FRAME_HEADER_BYTES;
    into.writeUIntLE(epochMs, at, TIME_BYTES);
    let flags = 0;
    const flagsAt = at + TIME_BYTES;
    at += BODY_START_BYTES;
    if (streamName !== undefined) {
      flags |= FLAG.streamName;
      at = writeText(into, at, streamName, nameBytes);
    }
    if (hasKey) {
      flags |= FLAG.key;
      at = writeText(into, at, key.text, key.bytes);
    }
    if (explicitHashKey !== undefined) {
      flags |= FLAG.hashKey;
      at = writeText(into, at, explicitHashKey, explicitHashKey.length);
    }
    if (tags !== undefined) {
      flags |= FLAG.tags;
      at = writeVarint(into, at, tags.length);
      into.set(tags, at);
      at += tags.length;
    }
    into[flagsAt] = flags;
    if (typeof data === "string") into.write(data, at, dataBytes);
    else copyBytes(into, data, at, dataBytes);
    this.#length = at + dataBytes;
    this.#records++;
  }

  /** Adds frames of another writer. */
  addFrames(frames: Uint8Array, records: number): void {
    const into = this.#reserve(frames.length);
    into.set(frames, this.#length);
    this.#length += frames.length;
    this.#records += records;
  }

  /** Forgets the frames, and keeps the memory unless it is much. */
  clear(keptBytes: number): void {
    if (this.#bytes.length > keptBytes) this.#bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
    this.#length = 0;
    this.#records = 0;
  }

  #reserve(bytes: number): Buffer {
    const needed = this.#length + bytes;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
      grown.set(this.frames);
      this.#bytes = grown;
    }
    return this.#bytes;
  }
}

/**
 * Writes the index and the CRC of each frame, for its place in a segment.
 *
 * @param frames - whole frames of a {@link FrameWriter}
 * @param position - place of the first one in the file
 * @param firstIndex - its index in the segment
 */
export function sealFrames(frames: Buffer, nonce: number, position: number, firstIndex: number): void {
  let index = firstIndex;
  for (let at = 0; at < frames.length; ) {
    const end = at + FRAME_HEADER_BYTES + frames.readUInt32LE(at + 4);
    frames.writeUInt32LE(index++, at + 8);
    frames.writeUInt32LE(crc32(frames, at + 4, end, seedAt(nonce, position + at)), at);
    at = end;
  }
}

function fieldSize(bytes: number): number {
  return varintLength(bytes) + bytes;
}

/** Short ASCII without a call of native code, which would cost more than the bytes. */
function writeText(into: Buffer, at: number, text: string, bytes: number): number {
  const start = writeVarint(into, at, bytes);
  if (bytes > MOST_SHORT_BYTES || bytes !== text.length) into.write(text, start, bytes);
  else for (let i = 0; i < bytes; i++) into[start + i] = text.charCodeAt(i);
  return start + bytes;
}
