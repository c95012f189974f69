import type { UserRecord } from "../../src/record.js";

/** Explicit hash keys at the edges of shards, for the keys after the first six. */
export const EDGES: readonly bigint[] = [
  0n,
  2n ** 127n - 1n,
  2n ** 127n,
  2n ** 128n - 1n,
  (2n ** 128n - 1n) / 3n,
  2n ** 126n,
];
export const PLAIN_KEYS = 6;

/** The keys of a record, by the number that the schedule gives. */
export function keyOf(number: number): Pick<UserRecord, "partitionKey" | "explicitHashKey"> {
  const edge = EDGES[number - PLAIN_KEYS];
  return edge === undefined ? { partitionKey: `key-${number}` } : { partitionKey: "edge", explicitHashKey: edge };
}

/**
 * The caller's treatment of a record after the call that took it: none; overwrites its bytes and fields, as a pool of
 * buffers does; transfers its memory to another thread.
 */
export type Aftermath = "untouched" | "overwritten" | "detached";

/** A record with its own bytes, and the treatment of it after the call. */
export function changingRecord(
  record: UserRecord & { readonly data: string },
  aftermath: Aftermath,
): { readonly record: UserRecord; readonly change: () => void } {
  if (aftermath === "untouched") return { record, change: () => undefined };
  const data = Uint8Array.from(Buffer.from(record.data));
  const tags = record.tags === undefined ? undefined : { ...record.tags };
  const changing = { ...record, data, ...(tags === undefined ? {} : { tags }) };
  const change = (): void => {
    if (aftermath === "detached") structuredClone(data.buffer, { transfer: [data.buffer] });
    else data.fill("!".charCodeAt(0));
    changing.partitionKey = "changed";
    if (tags !== undefined) tags.id = "changed";
  };
  return { record: changing, change };
}
