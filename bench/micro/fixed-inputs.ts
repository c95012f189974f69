/**
 * Inputs that are the same in every run.
 *
 * @module
 */

/** Random-looking numbers in [0, 1), always the same: mulberry32. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Different keys of this many ASCII characters. */
export function keysOf(count: number, length: number): string[] {
  const random = seededRandom(length);
  return Array.from({ length: count }, () =>
    Array.from({ length }, () => "0123456789abcdef-_"[Math.floor(random() * 18)]).join(""),
  );
}

/** A user record in the form of the compared libraries. */
export interface InputRecord {
  readonly partitionKey: string;
  readonly data: Buffer;
}

/** Records of this many bytes of data under 1,000 keys, in random order. */
export function recordsOf(count: number, dataBytes: number, keyLength: number): InputRecord[] {
  const random = seededRandom(dataBytes);
  const keys = keysOf(1_000, keyLength);
  return Array.from({ length: count }, () => ({
    partitionKey: keys[Math.floor(random() * keys.length)] as string,
    data: Buffer.alloc(dataBytes, Math.floor(random() * 256)),
  }));
}
