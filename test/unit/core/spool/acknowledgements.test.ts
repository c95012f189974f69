import { describe, expect, it } from "vitest";
import { encodeEntry, readEntries } from "../../../../src/core/spool/acknowledgements.js";

const NONCE = 99;
const FIRST = [
  { from: 0, length: 1 },
  { from: 3, length: 100_000 },
];
const SECOND = [{ from: 2 ** 31, length: 7 }];

const one = encodeEntry(FIRST, NONCE, 0);
const two = encodeEntry(SECOND, NONCE, one.length);
const FILE = Buffer.concat([one, two]);

describe("a file of acknowledgements", () => {
  it("is read as it was written, entry by entry", () => {
    expect(readEntries(FILE, NONCE)).toEqual({ ranges: [...FIRST, ...SECOND], bytes: FILE.length });
  });

  it("of which any bytes are missing has its whole entries", () => {
    for (let length = 0; length < FILE.length; length++) {
      const whole = length < one.length ? { ranges: [], bytes: 0 } : { ranges: FIRST, bytes: one.length };
      expect(readEntries(FILE.subarray(0, length), NONCE)).toEqual(whole);
    }
  });

  it("never has a record that was not acknowledged, when a byte is changed", () => {
    for (let at = 0; at < FILE.length; at++) {
      const changed = Buffer.from(FILE);
      changed[at] = (changed[at] as number) ^ 0x40;
      expect(readEntries(changed, NONCE).ranges).toEqual(at < one.length ? [] : FIRST);
    }
  });

  it("of another segment, or of zeros, has none", () => {
    expect(readEntries(FILE, NONCE + 1)).toEqual({ ranges: [], bytes: 0 });
    expect(readEntries(Buffer.alloc(64), NONCE)).toEqual({ ranges: [], bytes: 0 });
  });
});
