import { RecordChecker } from "../../../../src/core/record/record-check.js";
import { FrameWriter, sealFrames } from "../../../../src/core/spool/frame-writer.js";
import { SEGMENT_HEADER_BYTES } from "../../../../src/core/spool/segment-header.js";
import type { UserRecord } from "../../../../src/record.js";

export const NONCE = 77;
export const TIME = Date.UTC(2026, 0, 1);

/** Frames of records, one millisecond after the other. */
export function framesOf(records: readonly UserRecord[]): FrameWriter {
  const checker = new RecordChecker();
  const writer = new FrameWriter();
  for (const [i, record] of records.entries()) {
    const problem = checker.check(record);
    if (problem !== undefined) throw new Error(problem.message);
    writer.add(checker.checked, record.streamName, TIME + i);
  }
  return writer;
}

/** The bytes of a segment behind its header. */
export function sealedFrames(records: readonly UserRecord[], firstIndex = 0, position = SEGMENT_HEADER_BYTES): Buffer {
  const { frames } = framesOf(records);
  sealFrames(frames, NONCE, position, firstIndex);
  return Buffer.from(frames);
}
