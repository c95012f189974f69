import { describe, expect, it } from "vitest";
import { FieldReader, FrameReader, timeOfFrame } from "../../../../src/core/spool/frame-reader.js";
import { SEGMENT_HEADER_BYTES } from "../../../../src/core/spool/segment-header.js";
import type { UserRecord } from "../../../../src/record.js";
import { readTags } from "../../../../src/wire/record-tags.js";
import { NONCE, sealedFrames, TIME } from "./frames-under-test.js";

const RECORDS: readonly UserRecord[] = [
  { partitionKey: "first", data: "one" },
  { partitionKey: "ключ", data: Buffer.from([0, 255]), explicitHashKey: 17n, streamName: "other" },
  { partitionKey: "third", data: "", tags: { a: "b" }, recordId: "mine" },
  { data: "without a key" },
  { partitionKey: "k".repeat(256), data: "x".repeat(300) },
];

/** The records that a reader finds in the bytes of a segment, read in pieces. */
function readAll(bytes: Buffer, pieceBytes = bytes.length, nonce = NONCE) {
  const reader = new FrameReader(nonce, SEGMENT_HEADER_BYTES);
  const found: { readonly index: number; readonly text: string }[] = [];
  let end = Math.min(pieceBytes, bytes.length);
  for (let at = 0; ; ) {
    const chunk = bytes.subarray(0, end);
    const needed = reader.next(chunk, at, end === bytes.length);
    at = reader.end;
    if (needed === Number.POSITIVE_INFINITY) break;
    if (needed > 0) {
      end = Math.min(bytes.length, Math.max(end + pieceBytes, at + needed));
      continue;
    }
    found.push({ index: reader.index, text: textOf(chunk, reader) });
  }
  return { found, damagedBytes: reader.damagedBytes };
}

function indexes(bytes: Buffer): number[] {
  return readAll(bytes).found.map(({ index }) => index);
}

const ALL = sealedFrames(RECORDS);
/** Where each frame ends. */
const ENDS = RECORDS.map((_, i) => sealedFrames(RECORDS.slice(0, i + 1)).length);

function textOf(chunk: Buffer, { start, end }: FrameReader): string {
  return Buffer.from(new FieldReader().read(chunk, start, end).data).toString();
}

describe("FrameReader", () => {
  it("reads every field as it was written", () => {
    const reader = new FrameReader(NONCE, SEGMENT_HEADER_BYTES);
    const read = RECORDS.map((_, i) => {
      expect(reader.next(ALL, reader.end, true)).toBe(0);
      expect(timeOfFrame(ALL, reader.start)).toBe(TIME + i);
      const { tags, data, ...rest } = new FieldReader().read(ALL, reader.start, reader.end);
      return { ...rest, data: Buffer.from(data).toString("latin1"), ...(tags === undefined ? {} : readTags(tags)) };
    });

    const absent = { streamName: undefined, partitionKey: undefined, explicitHashKey: undefined };
    expect(read).toEqual([
      { ...absent, partitionKey: "first", data: "one" },
      { partitionKey: "ключ", data: "\u0000\u00ff", explicitHashKey: "17", streamName: "other" },
      { ...absent, partitionKey: "third", data: "", tags: { a: "b" }, recordId: "mine" },
      { ...absent, data: "without a key" },
      { ...absent, partitionKey: "k".repeat(256), data: "x".repeat(300) },
    ]);
    expect(reader.next(ALL, reader.end, true)).toBe(Number.POSITIVE_INFINITY);
  });

  it.each([1, 2, 13, 100])("reads the same from pieces of %i bytes", (pieceBytes) => {
    expect(readAll(ALL, pieceBytes)).toEqual(readAll(ALL));
    expect(readAll(ALL).damagedBytes).toBe(0);
  });

  it("reads the whole frames of a file that was cut at any byte, and nothing else", () => {
    for (let length = 0; length <= ALL.length; length++) {
      const whole = ENDS.filter((end) => end <= length).length;
      expect(indexes(ALL.subarray(0, length))).toEqual([0, 1, 2, 3, 4].slice(0, whole));
    }
  });

  it("leaves out a frame of which any byte was changed, and keeps the indexes of those behind it", () => {
    for (let at = 0; at < ALL.length; at++) {
      const changed = Buffer.from(ALL);
      changed[at] = (changed[at] as number) ^ 0x10;
      const hit = ENDS.findIndex((end) => at < end);
      expect(indexes(changed)).toEqual([0, 1, 2, 3, 4].filter((index) => index !== hit));
    }
  });

  it("goes on behind a block of zeros anywhere", () => {
    for (let from = 0; from < ALL.length; from += 7) {
      const changed = Buffer.from(ALL).fill(0, from, Math.min(ALL.length, from + 64));
      const isHit = (i: number): boolean => (ENDS[i - 1] ?? 0) < from + 64 && (ENDS[i] as number) > from;
      const found = indexes(changed);
      expect(found).toEqual([0, 1, 2, 3, 4].filter((i) => !isHit(i) || found.includes(i)));
      expect(found.length).toBeGreaterThan(0);
    }
  });

  it("takes no frame of another segment, or from another place", () => {
    expect(readAll(ALL, ALL.length, NONCE + 1).found).toEqual([]);
    const moved = Buffer.concat([Buffer.from([0]), ALL]);
    expect(readAll(moved).found).toEqual([]);
  });

  it("takes no frames that are the data of a record", () => {
    const inner = sealedFrames([{ partitionKey: "inner", data: "inner" }]);
    const outer = sealedFrames([{ partitionKey: "outer", data: inner }]);

    outer[0] = (outer[0] as number) ^ 1;

    expect(readAll(outer).found).toEqual([]);
  });
});
