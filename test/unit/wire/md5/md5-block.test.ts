import { expect, test } from "vitest";

import { md5Block } from "../../../../src/wire/md5/md5-block.js";
import { md5 } from "../../../support/proto-bytes.js";

/** Pads and folds whole messages, so that only the block function is under test. */
function fold(message: Buffer): Buffer {
  const padded = Buffer.alloc(Math.ceil((message.length + 9) / 64) * 64);
  message.copy(padded);
  padded[message.length] = 0x80;
  padded.writeBigUInt64LE(BigInt(message.length) * 8n, padded.length - 8);
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  for (let at = 0; at < padded.length; at += 64) {
    md5Block(
      state,
      Int32Array.from({ length: 16 }, (_, i) => padded.readInt32LE(at + i * 4)),
    );
  }
  const digest = Buffer.alloc(16);
  for (const [i, word] of state.entries()) digest.writeInt32LE(word, i * 4);
  return digest;
}

// The test suite of RFC 1321, A.5.
test.each([
  ["", "d41d8cd98f00b204e9800998ecf8427e"],
  ["a", "0cc175b9c0f1b6a831c399e269772661"],
  ["abc", "900150983cd24fb0d6963f7d28e17f72"],
  ["message digest", "f96b697d7cb7938d525a2f31aaf161d0"],
  ["abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"],
  ["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"],
  ["1234567890".repeat(8), "57edf4a22be3c955ac49da2e2107b67a"],
])("folds %j to the digest of RFC 1321", (message, digest) => {
  expect(fold(Buffer.from(message)).toString("hex")).toBe(digest);
});

test("folds blocks of every byte value as node:crypto does", () => {
  for (let seed = 0; seed < 256; seed++) {
    const message = Buffer.from(Array.from({ length: 192 }, (_, i) => (i * 167 + seed) & 0xff));

    expect(fold(message)).toEqual(md5(message));
  }
});
