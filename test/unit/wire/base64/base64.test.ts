import { describe, expect, it } from "vitest";

import { stringBase64, vectorBase64, type WriteBase64, writeBase64 } from "../../../../src/wire/base64/base64.js";
import { PIECE_BYTES, TURN_BYTES } from "../../../../src/wire/base64/base64-module.js";

const UNTOUCHED = 0xee;

/** Bytes in which every value follows every other value somewhere. */
function bytesOf(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 151 + (i >> 8) * 7 + (i >> 3)) & 0xff;
  return bytes;
}

/** The text written from index 3 on. Checks that nothing is written before and after it. */
function written(write: WriteBase64, bytes: Uint8Array): string {
  const into = Buffer.alloc(Math.ceil(bytes.length / 3) * 4 + 8, UNTOUCHED);
  const end = write(into, 3, bytes);
  expect([into[2], into[end]]).toEqual([UNTOUCHED, UNTOUCHED]);
  return into.toString("latin1", 3, end);
}

const WAYS: readonly [string, WriteBase64][] = [
  ["vectorBase64", vectorBase64() as WriteBase64],
  ["stringBase64", stringBase64],
  ["writeBase64", writeBase64],
];

describe.each(WAYS)("%s", (_, write) => {
  it("writes what Node makes of every length from 0 to 300", () => {
    for (let length = 0; length <= 300; length++) {
      const bytes = bytesOf(length);
      expect(written(write, bytes)).toBe(bytes.toString("base64"));
    }
  });

  it("writes every character, at every place of a step", () => {
    const all = Buffer.concat(Array.from({ length: 13 }, (_, shift) => bytesOf(64 * 3 + shift)));
    const text = written(write, all);
    expect(new Set(text.slice(0, -4)).size).toBe(64);
    expect(text).toBe(all.toString("base64"));
  });

  it.each(
    [-2, -1, 0, 1, 2, 3, TURN_BYTES].flatMap((d) => [PIECE_BYTES + d, 2 * PIECE_BYTES + d, 24_576 + d, 1_048_576 + d]),
  )("joins its pieces: %i bytes", (length) => {
    const bytes = bytesOf(length);
    expect(written(write, bytes) === bytes.toString("base64")).toBe(true);
  });

  it("reads bytes that begin anywhere in their memory, of any kind of view", () => {
    const whole = bytesOf(5_000);
    for (let from = 0; from < 17; from++) {
      const view = new Uint8Array(whole.buffer, whole.byteOffset + from, 4_000 + from);
      expect(written(write, view)).toBe(Buffer.from(view).toString("base64"));
    }
  });

  it("owes nothing to what it wrote before", () => {
    written(write, Buffer.alloc(300, 0xff));
    expect(written(write, Buffer.from([0xfb]))).toBe("+w==");
    expect(written(write, Buffer.from([0xff, 0xff]))).toBe("//8=");
  });
});
