/**
 * User records as the stages behind the checks see them.
 *
 * @module
 */
import { NO_SHARD } from "../../../src/core/buffer-budget.js";
import type { KinesisRecord } from "../../../src/core/ports.js";
import { NEVER_SENT } from "../../../src/core/record/delivery-history.js";
import { PendingKinesisRecord } from "../../../src/core/record/pending-kinesis-record.js";
import { bufferedBytes, type PlacedRecord } from "../../../src/core/record/placed-record.js";
import { openAggregate } from "../../../src/wire/decode/aggregate-decoder.js";
import { hashKey } from "../../../src/wire/md5/key-hasher.js";
import { encodeTags, readTags } from "../../../src/wire/record-tags.js";

/** The fields of a record that a test sets; the others do not matter to it. */
export interface PlacedParts {
  readonly key?: string;
  readonly explicitHashKey?: string;
  readonly data?: string | Uint8Array;
  readonly tags?: Readonly<Record<string, string>>;
  readonly settler?: unknown;
  readonly acceptedAt?: number;
  readonly generation?: number;
}

/** A record that passed the checks. */
export function placed(parts: PlacedParts = {}): PlacedRecord {
  const { key = "key", explicitHashKey, data = "data", settler, acceptedAt = 0, generation = 0 } = parts;
  const dataBytes = Buffer.byteLength(data);
  const tags = parts.tags === undefined ? undefined : encodeTags(parts.tags);
  const sized = { key: hashKey(key), data, dataBytes, tags };
  const told = { settler, acceptedAt, generation, budget: NO_SHARD };
  return { ...sized, ...told, explicitHashKey, bufferedBytes: bufferedBytes(sized) };
}

/** A user record in words: its key, its explicit hash key and its tags when it has some, its data as text. */
export function inWords(
  record: Pick<PlacedRecord, "explicitHashKey" | "data" | "tags"> & { readonly key: { readonly text: string } },
): string {
  const hashKey = record.explicitHashKey === undefined ? "" : `#${record.explicitHashKey}`;
  const tags = record.tags === undefined ? "" : JSON.stringify(readTags(record.tags).tags);
  return `${record.key.text}${hashKey}${tags}=${Buffer.from(record.data as Uint8Array).toString()}`;
}

/** The user records of a pending Kinesis record, in words. */
export function contents(pending: PendingKinesisRecord | undefined): string[] {
  return pending === undefined ? [] : pending.records().map(inWords);
}

/** The user records of an entry as a reader finds them, in words; a raw one is its own. */
export function readEntry({ partitionKey = "", explicitHashKey, data }: KinesisRecord): string[] {
  const aggregate = openAggregate(data, true);
  if (aggregate === undefined)
    return [inWords({ key: { text: partitionKey }, explicitHashKey, data, tags: undefined })];
  return Array.from({ length: aggregate.readableCount }, (_, i) =>
    inWords({
      key: { text: aggregate.keyOf(i) },
      explicitHashKey: aggregate.explicitHashKeyOf(i),
      data: aggregate.dataOf(i),
      tags: aggregate.tagBytesOf(i),
    }),
  );
}

/** Starts an aggregate with room for 51,200 bytes and adds the rest to it. */
export function pendingOf(...parts: readonly PlacedParts[]): PendingKinesisRecord {
  const [first, ...rest] = parts.map(placed) as [PlacedRecord, ...PlacedRecord[]];
  const pending = PendingKinesisRecord.begin(first, 51_200, NEVER_SENT);
  for (const record of rest) {
    if (!pending.tryAdd(record, NEVER_SENT)) throw new Error(`no room for ${inWords(record)}`);
  }
  return pending;
}
