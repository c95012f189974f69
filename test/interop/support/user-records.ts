/**
 * Records for clients: keys of every script, hash keys, binary data; the same in every run.
 *
 * @module
 */
import fc from "fast-check";
import { MAX_HASH_KEY } from "../../../src/quotas.js";

/** A user record with its data in base64, as in JSON lines. */
export interface LineRecord {
  readonly partitionKey: string;
  readonly explicitHashKey?: string;
  readonly data: string;
}

const partitionKeys = fc.oneof(
  fc.nat({ max: 40 }).map((n) => `user ${n}`),
  fc.constantFrom("1", "10", "__proto__", "四", "𝒳", "é".repeat(200), "a"),
  fc.string({ minLength: 1, maxLength: 40 }),
);

const hashKeys = fc.oneof(
  fc.constantFrom(0n, 1n, MAX_HASH_KEY),
  fc.nat({ max: 20 }).map((n) => (MAX_HASH_KEY / 20n) * BigInt(n)),
);

/** This many records, from a seed. Each has different data, which identifies it. */
export function lineRecords(
  count: number,
  {
    seed = 1,
    hashKeyShare = 0.25,
    maxDataBytes = 300,
  }: { seed?: number; hashKeyShare?: number; maxDataBytes?: number } = {},
): LineRecord[] {
  const arbitrary = fc.tuple(
    partitionKeys,
    fc.double({ min: 0, max: 1, noNaN: true }),
    hashKeys,
    fc.uint8Array({ maxLength: maxDataBytes, size: "max" }),
  );
  return fc.sample(arbitrary, { numRuns: count, seed }).map(([partitionKey, share, hashKey, data], i) => ({
    partitionKey,
    ...(share < hashKeyShare ? { explicitHashKey: String(hashKey) } : {}),
    data: Buffer.concat([Buffer.from(`${i}:`), data]).toString("base64"),
  }));
}

/** As JSON lines. */
export function asLines(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

/** The values of JSON lines. */
export function fromLines<Line>(text: string): Line[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
}

/** Records sorted by their data, which is different for each. Streams keep no order over shards. */
export function sorted<Kind extends { readonly data: string }>(records: readonly Kind[]): Kind[] {
  return [...records].sort((a, b) => (a.data < b.data ? -1 : a.data > b.data ? 1 : 0));
}
