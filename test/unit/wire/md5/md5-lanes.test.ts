import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";

import { Md5Lanes } from "../../../../src/wire/md5/md5-lanes.js";
import { LANES, MAX_BLOCKS } from "../../../../src/wire/md5/md5-lanes-module.js";

const lanes = Md5Lanes.make() as Md5Lanes;

/** Bytes that are never the same in two messages. */
function message(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 131 + seed * 17 + (i >> 8)) & 0xff;
  return bytes;
}

function digestsOf(messages: readonly Uint8Array[]): string[] {
  const digests: string[] = [];
  lanes.digest(messages, (index, ...words) => {
    const bytes = Buffer.alloc(16);
    for (const [i, word] of words.entries()) bytes.writeUInt32LE(word, i * 4);
    digests[index] = bytes.toString("hex");
  });
  return digests;
}

function expected(messages: readonly Uint8Array[]): string[] {
  return messages.map((each) => createHash("md5").update(each).digest("hex"));
}

describe("Md5Lanes", () => {
  it("agrees with node:crypto for every length from 0 to 300, in every lane", () => {
    for (let length = 0; length <= 300; length++) {
      const messages = Array.from({ length: LANES }, (_, lane) => message(length, lane));

      expect(digestsOf(messages)).toEqual(expected(messages));
    }
  });

  it("agrees where the lanes have different lengths", () => {
    for (let shift = 0; shift <= 300; shift++) {
      const messages = Array.from({ length: LANES }, (_, lane) => message((shift * 37 + lane * lane * 61) % 301, lane));

      expect(digestsOf(messages)).toEqual(expected(messages));
    }
  });

  it.each([1, 2, 3, 5, 7])("hashes %i messages and tells of no other", (count) => {
    const messages = Array.from({ length: count }, (_, lane) => message(1_000 + lane, lane));

    expect(digestsOf(messages)).toEqual(expected(messages));
  });

  it("leads messages through its memory that are longer than it", () => {
    const chunk = MAX_BLOCKS * 64;
    const lengths = [chunk - 9, chunk - 8, chunk - 1, chunk, chunk + 1, chunk * 2 - 8, chunk * 3, 1_048_575];

    const messages = lengths.map((length, lane) => message(length, lane));

    expect(digestsOf(messages)).toEqual(expected(messages));
  });

  it("agrees for lengths nobody chose", () => {
    let state = 1;
    for (let round = 0; round < 40; round++) {
      const messages = Array.from({ length: LANES }, (_, lane) => {
        state = (state * 48_271) % 2_147_483_647;
        return message(state % 60_000, lane + round);
      });

      expect(digestsOf(messages)).toEqual(expected(messages));
    }
  });

  it("reads messages that begin anywhere in their memory", () => {
    const whole = message(5_000, 1);

    const messages = Array.from({ length: LANES }, (_, lane) => whole.subarray(lane, 4_000 + lane * 3));

    expect(digestsOf(messages)).toEqual(expected(messages));
  });
});
