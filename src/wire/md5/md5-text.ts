import { md5Block } from "./md5-block.js";

const BLOCK_BYTES = 64;
/** Longest text that fits one block beside the terminating bit and the length. */
const ONE_BLOCK_BYTES = 55;

/** Scratch, reused: hashing is synchronous and every call sets all it reads. */
const state = new Int32Array(4);
const block = new Int32Array(16);
const blockBytes = new Uint8Array(block.buffer);

function resetState(): void {
  state[0] = 0x67452301;
  state[1] = 0xefcdab89 | 0;
  state[2] = 0x98badcfe | 0;
  state[3] = 0x10325476;
}

/** The words of the digest as big-endian numbers: word 0 holds the first four bytes, most significant first. */
function writeWords(into: Uint32Array): void {
  for (let i = 0; i < 4; i++) {
    const word = state[i] as number;
    into[i] = (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
  }
}

/** Packs ASCII text of at most 55 characters into the block; false when a character is not ASCII. */
function packAscii(text: string): boolean {
  const length = text.length;
  const whole = length & ~3;
  let seen = 0;
  let word = 0;
  let i = 0;
  for (; i < whole; i += 4) {
    const c0 = text.charCodeAt(i);
    const c1 = text.charCodeAt(i + 1);
    const c2 = text.charCodeAt(i + 2);
    const c3 = text.charCodeAt(i + 3);
    seen |= c0 | c1 | c2 | c3;
    block[word++] = c0 | (c1 << 8) | (c2 << 16) | (c3 << 24);
  }
  let tail = 0;
  let shift = 0;
  for (; i < length; i++, shift += 8) {
    const c = text.charCodeAt(i);
    seen |= c;
    tail |= c << shift;
  }
  if (seen > 0x7f) return false;
  block[word++] = tail | (0x80 << shift);
  while (word < 14) block[word++] = 0;
  block[14] = length << 3;
  block[15] = 0;
  return true;
}

/** Any text, by its UTF-8 bytes; the rare path. */
function hashBytes(bytes: Uint8Array): void {
  const total = bytes.length;
  let offset = 0;
  for (; offset + BLOCK_BYTES <= total; offset += BLOCK_BYTES) {
    blockBytes.set(bytes.subarray(offset, offset + BLOCK_BYTES));
    md5Block(state, block);
  }
  const rest = total - offset;
  block.fill(0);
  blockBytes.set(bytes.subarray(offset));
  blockBytes[rest] = 0x80;
  if (rest > ONE_BLOCK_BYTES) {
    md5Block(state, block);
    block.fill(0);
  }
  // Keys are far below 2^29 bytes, so the upper word of the bit length stays 0.
  block[14] = total << 3;
  md5Block(state, block);
}

/**
 * MD5 of the text's UTF-8 bytes (lone surrogates as U+FFFD), as four big-endian words.
 *
 * @param text - any string below 2^29 bytes
 * @param into - receives four words, the most significant first
 */
export function md5Text(text: string, into: Uint32Array): void {
  if (md5ShortAscii(text, into)) return;
  resetState();
  hashBytes(Buffer.from(text, "utf8"));
  writeWords(into);
}

/**
 * The same for short ASCII keys, which are nearly all. Returns false, and writes nothing, when the text is longer than
 * 55 characters or not ASCII.
 */
export function md5ShortAscii(text: string, into: Uint32Array): boolean {
  if (text.length > ONE_BLOCK_BYTES || !packAscii(text)) return false;
  resetState();
  md5Block(state, block);
  writeWords(into);
  return true;
}
