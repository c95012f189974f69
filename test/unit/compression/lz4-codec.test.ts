import { describe, expect, test } from "vitest";
import { newCompressor } from "../../../src/compression/compressors.js";
import { decoderOf } from "../../../src/compression/decoders.js";
import { loadLz4, openLz4 } from "../../../src/compression/lz4-codec.js";
import type { Compressor } from "../../../src/core/ports.js";
import { ManualClock } from "../../../src/testing/manual-clock.js";

const BYTES = Buffer.from("abcdefghij".repeat(30_000));
const lz4 = loadLz4() as NonNullable<ReturnType<typeof loadLz4>>;

function frameOf(bytes: Uint8Array): Buffer {
  return Buffer.from(lz4.compressFrameSync(bytes));
}

test("the codec makes the bytes smaller, and the decoder of its name opens them", async () => {
  const clock = new ManualClock();
  const compressor = newCompressor("lz4", clock) as Compressor;
  let result: Uint8Array | undefined;
  compressor.compress(BYTES, (compressed) => {
    result = compressed;
  });
  await clock.settle();

  const decode = decoderOf("lz4", []);

  expect(result?.length).toBeLessThan(2_000);
  if (typeof decode === "string" || result === undefined) throw new Error("no decoder");
  expect(Buffer.from(decode(result, BYTES.length)).equals(BYTES)).toBe(true);
});

describe("a frame is opened", () => {
  test.each([0, 1, 100, 5_000_000, 9_000_000])("with %s bytes", (length) => {
    const bytes = Buffer.alloc(length, "ab");

    expect(Buffer.from(openLz4(lz4, frameOf(bytes), length)).equals(bytes)).toBe(true);
  });
});

describe("a frame is not opened", () => {
  test("if it has more blocks than its bytes need: nothing of the bomb is made", () => {
    let opened = 0;
    const counting = { ...lz4, decompressFrameSync: () => Buffer.alloc(++opened) };

    expect(() => openLz4(counting, frameOf(Buffer.alloc(50_000_000)), 1_000)).toThrow("holds more than 1000 bytes");
    expect(opened).toBe(0);
  });

  test("if its header says more bytes", () => {
    const frame = frameOf(BYTES);
    const header = Buffer.concat([frame.subarray(0, 6), Buffer.from([0, 0, 0, 0, 0, 1, 0, 0]), frame.subarray(6)]);
    header[4] = (header[4] as number) | 0x08;

    expect(() => openLz4(lz4, header, BYTES.length)).toThrow("holds more than");
  });

  test.each<[string, (frame: Buffer) => Buffer]>([
    ["is cut", (frame) => frame.subarray(0, frame.length - 5)],
    ["has bytes behind it", (frame) => Buffer.concat([frame, Buffer.from("x")])],
    ["is followed by another frame", (frame) => Buffer.concat([frame, frame])],
    ["is no frame", () => Buffer.from("plain text, long enough")],
    ["is empty", () => Buffer.alloc(0)],
  ])("that %s", (_, damage) => {
    expect(() => openLz4(lz4, damage(frameOf(BYTES)), BYTES.length)).toThrow();
  });
});
