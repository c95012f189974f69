import { hash } from "node:crypto";

import { DIGEST_BYTES, MAGIC } from "../aggregated-record.js";
import { Md5Lanes, type OnDigest } from "./md5-lanes.js";
import { LANES } from "./md5-lanes-module.js";

/** Digests that are cheapest together: collect this many before {@link writeDigests} or {@link checkDigests}. */
export const DIGEST_BATCH: number = LANES;

/**
 * From this many full lanes on, eight lanes are faster than node:crypto with one message after the other
 * (`npm run bench micro -- body-digest`: with all lanes full they take a quarter of the time, so two lanes are even).
 */
const WORTHWHILE_LANES = 2.5;

/** Compiled when several bodies come together for the first time; null where WebAssembly is not available. */
let lanes: Md5Lanes | null | undefined;

/**
 * Writes the MD5 of `bytes[start, end)` at `end`. The only use of node:crypto on the hot paths of producer and readers.
 * For one message of 50 KB its MD5 is as fast as one thread can be.
 */
export function writeDigest(bytes: Buffer, start: number, end: number): void {
  // 'binary' makes a 16-character string in place of a Buffer with its own backing store.
  bytes.write(hash("md5", bytes.subarray(start, end), "binary"), end, DIGEST_BYTES, "latin1");
}

/** Whether the 16 bytes at `end` are the MD5 of `bytes[start, end)`. */
export function digestMatches(bytes: Uint8Array, start: number, end: number): boolean {
  const digest = hash("md5", bytes.subarray(start, end), "binary");
  for (let i = 0; i < DIGEST_BYTES; i++) {
    if (digest.charCodeAt(i) !== bytes[end + i]) return false;
  }
  return true;
}

/**
 * Writes the digest of each aggregate to its end. The digest covers the bytes between magic and digest. Several
 * together take less time.
 */
export function writeDigests(aggregates: readonly Buffer[]): void {
  hashTogether(
    aggregates,
    (aggregate) => {
      writeDigest(aggregate, MAGIC.length, aggregate.length - DIGEST_BYTES);
    },
    (aggregate, a, b, c, d) => {
      const at = aggregate.length - DIGEST_BYTES;
      aggregate.writeInt32LE(a | 0, at);
      aggregate.writeInt32LE(b | 0, at + 4);
      aggregate.writeInt32LE(c | 0, at + 8);
      aggregate.writeInt32LE(d | 0, at + 12);
    },
  );
}

/** Reports for each aggregate, in any order, whether it ends with the digest of the bytes between magic and digest. */
export function checkDigests(
  aggregates: readonly Buffer[],
  onChecked: (aggregate: Buffer, isRight: boolean) => void,
): void {
  hashTogether(
    aggregates,
    (aggregate) => {
      onChecked(aggregate, digestMatches(aggregate, MAGIC.length, aggregate.length - DIGEST_BYTES));
    },
    (aggregate, a, b, c, d) => {
      const at = aggregate.length - DIGEST_BYTES;
      const isRight =
        aggregate.readInt32LE(at) === (a | 0) &&
        aggregate.readInt32LE(at + 4) === (b | 0) &&
        aggregate.readInt32LE(at + 8) === (c | 0) &&
        aggregate.readInt32LE(at + 12) === (d | 0);
      onChecked(aggregate, isRight);
    },
  );
}

type OnWords = (aggregate: Buffer, a: number, b: number, c: number, d: number) => void;

function hashTogether(aggregates: readonly Buffer[], alone: (aggregate: Buffer) => void, onWords: OnWords): void {
  if (aggregates.length < WORTHWHILE_LANES) {
    for (const aggregate of aggregates) alone(aggregate);
    return;
  }
  // Sorted by length, because eight lanes take as long as the longest message among them.
  const sorted = [...aggregates].sort((a, b) => b.length - a.length);
  lanes ??= Md5Lanes.make() ?? null;
  for (let from = 0; from < sorted.length; from += LANES) {
    const group = sorted.slice(from, from + LANES);
    if (lanes === null || !isWorthwhile(group)) {
      for (const aggregate of group) alone(aggregate);
      continue;
    }
    const onDigest: OnDigest = (index, a, b, c, d) => {
      onWords(group[index] as Buffer, a, b, c, d);
    };
    lanes.digest(group.map(bodyOf), onDigest);
  }
}

function isWorthwhile(longestFirst: readonly Buffer[]): boolean {
  let total = 0;
  for (const { length } of longestFirst) total += length;
  return total >= WORTHWHILE_LANES * (longestFirst[0] as Buffer).length;
}

function bodyOf(aggregate: Buffer): Buffer {
  return aggregate.subarray(MAGIC.length, aggregate.length - DIGEST_BYTES);
}
